"""The wallet at the till: balance, quote, capture, release, spend, activation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.client import error_of
from tests.api.shop import Shop, basket
from tests.factories.floor import AFTERNOON
from tests.wallet import money
from wallet.choices import AccountKind
from wallet.models import Wallet
from wallet.services import blocks, spend_tokens, wallets


@pytest.fixture
def ann(shop: Shop) -> Wallet:
    """Ann's wallet: 10.00 in the business pocket and 4.00 of the default pool."""
    wallet = wallets.register(contact=shop.ann, at=AFTERNOON)
    money.top_up(wallet, 1_000, at=AFTERNOON)
    money.award(wallet, 400, at=AFTERNOON)
    return wallet


def named(wallet: Wallet, total: str = "20.00", **changes: Any) -> dict[str, Any]:
    return basket(total, contact={"wallet_code": wallet.holder.code}, **changes)


def test_a_balance_tells_pockets_and_lots(shop: Shop, ann: Wallet) -> None:
    told = shop.till.get("/wallet/balance", {"wallet_code": ann.holder.code}).json()
    (lot,) = told.pop("lots")
    assert told == {
        "contact_id": str(shop.ann.public_id),
        "wallet_code": ann.holder.code,
        "currency": "EUR",
        "commerce": "4.00",
        "business": "10.00",
        "open": "0.00",
        "on_hold": "0.00",
        "owed": "0.00",
        "is_blocked_from_spending": False,
    }
    assert (lot["amount"], lot["pool"]["name"]) == ("4.00", "Spend Anywhere within a year")
    assert lot["expires_at"] == "2027-05-03T21:00:00Z"


def test_reading_opens_no_wallet(shop: Shop) -> None:
    told = shop.till.get("/wallet/balance", {"contact_id": str(shop.ann.public_id)}).json()
    assert (told["wallet_code"], told["business"], told["lots"]) == (None, "0.00", [])
    assert told["currency"] == "EUR"
    assert not Wallet.objects.filter(contact=shop.ann).exists()


def test_a_mistyped_wallet_code_is_nobodys(shop: Shop, ann: Wallet) -> None:
    wrong = ann.holder.code[:-1] + str((int(ann.holder.code[-1]) + 1) % 10)
    error_of(shop.till.get("/wallet/balance", {"wallet_code": wrong}), 404, "CONTACT_NOT_FOUND")
    error_of(shop.till.get("/wallet/balance"), 422, "VALIDATION")


def test_a_quote_holds_what_its_capture_pays(shop: Shop, ann: Wallet) -> None:
    quoted = shop.till.post("/wallet/quotes", named(ann, spend={"amount": "7.00"}))
    assert quoted.status_code == 201, quoted.content
    told = quoted.json()
    assert (told["commerce"], told["business"]) == ("4.00", "3.00")
    assert (told["reduction"], told["amount_due"]) == ("7.00", "13.00")
    second = shop.till.post("/wallet/quotes", named(ann, spend={"amount": "8.00", "exact": True}))
    error_of(second, 409, "INSUFFICIENT_FUNDS")
    path = f"/wallet/holds/{told['hold']}/capture"
    body = basket("6.00")
    paid = shop.till.post(path, body, key="k1")
    assert paid.status_code == 201, paid.content
    assert (paid.json()["paid"], paid.json()["amount_due"]) == ("6.00", "0.00")
    assert shop.till.post(path, body, key="k1").headers["Idempotent-Replayed"] == "true"
    error_of(shop.till.post(path, body, key="k2"), 410, "HOLD_CLOSED")
    assert money.balance(ann, AccountKind.BUSINESS) == 800


def test_a_released_hold_gives_everything_back(shop: Shop, ann: Wallet) -> None:
    hold = shop.till.post("/wallet/quotes", named(ann)).json()["hold"]
    assert money.balance(ann, AccountKind.HOLD) == 1_400
    released = shop.till.post(f"/wallet/holds/{hold}/release")
    assert (released.status_code, released.json()["state"]) == (200, "RELEASED")
    assert money.balance(ann, AccountKind.BUSINESS) == 1_000


def test_a_quote_without_a_hold_writes_nothing(shop: Shop, ann: Wallet) -> None:
    quoted = shop.till.post("/wallet/quotes", named(ann, hold=False))
    assert quoted.status_code == 200, quoted.content
    assert quoted.json()["hold"] is None
    assert quoted.json()["reduction"] == "14.00"
    assert money.balance(ann, AccountKind.BUSINESS) == 1_000


def test_a_spend_pays_once_whatever_the_key(shop: Shop, ann: Wallet) -> None:
    body = named(ann, spend={"amount": "5.00"})
    first = shop.till.post("/wallet/spends", body)
    again = shop.till.post("/wallet/spends", body)
    assert (first.status_code, again.status_code) == (201, 201), first.content
    assert first.json() == again.json()
    assert (first.json()["commerce"], first.json()["business"]) == ("4.00", "1.00")
    assert money.balance(ann, AccountKind.BUSINESS) == 900


def test_a_token_that_the_contact_shows_pays_once(shop: Shop, ann: Wallet) -> None:
    shown = spend_tokens.issue(wallet=ann, minor=300, at=AFTERNOON).number
    paid = shop.till.post("/wallet/spends/by-token", basket(token=shown))
    assert paid.status_code == 201, paid.content
    assert paid.json()["paid"] == "3.00"
    again = shop.till.post("/wallet/spends/by-token", basket(token=shown))
    error_of(again, 404, "TOKEN_INVALID")


def test_a_blocked_contact_is_told_so(shop: Shop, ann: Wallet) -> None:
    blocks.block(wallet=ann, reason="Lost card", by=None, at=AFTERNOON)
    error_of(shop.till.post("/wallet/spends", named(ann)), 403, "SPEND_BLOCKED")
    assert money.balance(ann, AccountKind.BUSINESS) == 1_000


def test_another_currency_is_refused(shop: Shop, ann: Wallet) -> None:
    error_of(shop.till.post("/wallet/spends", named(ann, currency="USD")), 422, "CURRENCY_MISMATCH")


def test_a_pool_is_activated_for_an_hour(shop: Shop, ann: Wallet) -> None:
    pool = shop.cashback.commerce_pool
    body = {"contact": {"code": shop.ann.code}, "pool": {"id": str(pool.public_id)}}
    made = shop.till.post("/wallet/activations", body)
    assert made.status_code == 201, made.content
    ends = AFTERNOON + timedelta(minutes=60)
    assert made.json()["expires_at"] == ends.isoformat().replace("+00:00", "Z")
    unknown = {**body, "pool": {"id": "00000000-0000-4000-8000-000000000000"}}
    error_of(shop.till.post("/wallet/activations", unknown), 404, "POOL_NOT_FOUND")
