"""One basket under one number, paid apart from the purchase or with it (wallet.md 3.8, 5.8)."""

from __future__ import annotations

from typing import Any

import pytest

from directory.services import network
from directory.services.network import PlaceData
from rewards.choices import RedeemMethod
from tests.api.client import Till, error_of
from tests.api.shop import Shop, basket, of
from tests.factories.floor import AFTERNOON
from tests.factories.rewards import make_offer
from tests.wallet import money
from wallet.choices import AccountKind
from wallet.models import PurchaseUse, Wallet
from wallet.services import wallets


@pytest.fixture
def ann(shop: Shop) -> Wallet:
    """Ann's wallet with 10.00 in the business pocket."""
    wallet = wallets.register(contact=shop.ann, at=AFTERNOON)
    money.top_up(wallet, 1_000, at=AFTERNOON)
    return wallet


def pocket(wallet: Wallet) -> int:
    return money.balance(wallet, AccountKind.BUSINESS)


def quoted(shop: Shop, body: dict[str, Any]) -> str:
    answer = shop.till.post("/wallet/quotes", body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["hold"])


def capture(shop: Shop, hold: str, body: dict[str, Any]) -> Any:
    final = {name: value for name, value in body.items() if name not in {"contact", "spend"}}
    return shop.till.post(f"/wallet/holds/{hold}/capture", final)


def test_cancelling_the_purchase_gives_back_what_was_captured_for_it(
    shop: Shop, ann: Wallet
) -> None:
    body = of(shop.ann, "20.00")
    assert capture(shop, quoted(shop, body), body).json()["paid"] == "10.00"
    posted = shop.till.post("/events/purchases", body)
    told = posted.json()
    assert (told["wallet"]["paid"], told["amount_due"]) == ("10.00", "10.00")
    assert pocket(ann) == 0
    back = shop.till.post(f"/events/purchases/{told['id']}/cancel").json()
    assert (back["wallet_refund"], back["till_refund"]) == ("10.00", "10.00")
    assert pocket(ann) == 1_000


def test_goods_that_come_back_bring_their_share_of_the_capture(shop: Shop, ann: Wallet) -> None:
    body = of(shop.ann, "20.00")
    capture(shop, quoted(shop, body), body)
    event = shop.till.post("/events/purchases", body).json()["id"]
    back = shop.till.post(
        f"/events/purchases/{event}/returns", {"reference_number": "B-1", "amount": "5.00"}
    ).json()
    assert (back["wallet_refund"], back["till_refund"]) == ("2.50", "2.50")
    assert pocket(ann) == 250
    rest = shop.till.post(f"/events/purchases/{event}/cancel").json()
    assert (rest["wallet_refund"], rest["till_refund"]) == ("7.50", "7.50")
    assert pocket(ann) == 1_000


def test_a_wish_with_the_purchase_pays_nothing_that_the_hold_has_paid(
    shop: Shop, ann: Wallet
) -> None:
    body = of(shop.ann, "8.00")
    capture(shop, quoted(shop, body), body)
    told = shop.till.post("/events/purchases", {**body, "spend": {}}).json()
    assert (told["wallet"]["paid"], told["amount_due"]) == ("8.00", "0.00")
    assert pocket(ann) == 200


def test_an_automatic_redemption_leaves_a_captured_basket_alone(shop: Shop, ann: Wallet) -> None:
    body = of(shop.ann, "8.00")
    capture(shop, quoted(shop, body), body)
    money.choose(shop.cafe.business, redemption_mode="AUTOMATIC", reduction="FRONT_END")
    lot = money.award(ann, 400, at=AFTERNOON)
    told = shop.till.post("/events/purchases", body).json()
    assert (told["wallet"]["paid"], told["amount_due"]) == ("8.00", "0.00")
    assert money.left_in(lot) == 400


def test_a_discount_that_comes_after_the_capture_stays_in_the_wallet(
    shop: Shop, ann: Wallet
) -> None:
    money.choose(shop.cafe.business, reduction="FRONT_END")
    make_offer(shop.scheme, "Tenth", percentage="10", redeem_method=RedeemMethod.INSTANT)
    body = of(shop.ann, "8.00")
    capture(shop, quoted(shop, body), body)
    told = shop.till.post("/events/purchases", body).json()
    assert told["amount_due"] == "0.00"
    assert pocket(ann) == 200 + 80
    shop.till.post(f"/events/purchases/{told['id']}/cancel")
    assert pocket(ann) == 1_000


@pytest.mark.parametrize("path", ["/wallet/spends", "/wallet/quotes"])
def test_a_purchase_that_was_paid_with_its_own_wish_is_not_paid_again(
    shop: Shop, ann: Wallet, path: str
) -> None:
    body = of(shop.ann, "8.00", spend={"amount": "5.00"})
    shop.till.post("/events/purchases", body)
    again = shop.till.post(path, body)
    if path == "/wallet/spends":
        assert again.json()["paid"] == "5.00"
    else:
        error_of(again, 409, "ALREADY_PAID")
    assert pocket(ann) == 500


def test_money_spent_after_the_purchase_goes_back_with_it(shop: Shop, ann: Wallet) -> None:
    body = of(shop.ann, "8.00")
    event = shop.till.post("/events/purchases", body).json()["id"]
    assert shop.till.post("/wallet/spends", body).json()["paid"] == "8.00"
    back = shop.till.post(f"/events/purchases/{event}/cancel").json()
    assert (back["wallet_refund"], back["till_refund"]) == ("8.00", "0.00")
    assert pocket(ann) == 1_000


def test_two_holds_for_one_basket_are_captured_once(shop: Shop, ann: Wallet) -> None:
    body = of(shop.ann, "4.00", spend={"amount": "4.00"})
    first, second = quoted(shop, body), quoted(shop, body)
    assert capture(shop, first, body).status_code == 201
    error_of(capture(shop, second, body), 409, "ALREADY_PAID")
    assert shop.till.post(f"/wallet/holds/{second}/release").status_code == 200
    assert pocket(ann) == 600
    assert PurchaseUse.objects.count() == 1


def test_nothing_is_paid_for_a_cancelled_purchase(shop: Shop, ann: Wallet) -> None:
    body = of(shop.ann, "8.00")
    event = shop.till.post("/events/purchases", body).json()["id"]
    shop.till.post(f"/events/purchases/{event}/cancel")
    error_of(shop.till.post("/wallet/spends", body), 409, "EVENT_CANCELLED")
    assert pocket(ann) == 1_000


def test_a_quote_asks_for_the_moment_as_a_purchase_does(shop: Shop, ann: Wallet) -> None:
    old = of(shop.ann, "8.00", performed_at="2026-04-20T12:00:00+03:00")
    error_of(shop.till.post("/wallet/quotes", old), 422, "EVENT_TOO_OLD")
    error_of(shop.till.post("/wallet/quotes", {**old, "hold": False}), 422, "EVENT_TOO_OLD")


def test_a_wish_without_a_contact_is_told_so(shop: Shop) -> None:
    answer = shop.till.post("/events/purchases", basket("8.00", spend={}))
    error = error_of(answer, 422, "VALIDATION")
    assert "contact" in str(error["fields"])


def test_an_exact_wish_for_the_whole_price_allows_for_its_discount(shop: Shop, ann: Wallet) -> None:
    money.choose(shop.cafe.business, reduction="FRONT_END")
    make_offer(shop.scheme, "Tenth", percentage="10", redeem_method=RedeemMethod.INSTANT)
    body = of(shop.ann, "8.00", spend={"amount": "8.00", "exact": True})
    told = shop.till.post("/events/purchases", body).json()
    assert (told["instant_discount_total"], told["amount_due"]) == ("0.80", "0.00")
    assert pocket(ann) == 1_000 - 720


def test_a_merchants_till_touches_no_hold_of_another_one(shop: Shop, ann: Wallet) -> None:
    rival = network.add_merchant(
        business=shop.cafe.business, data=PlaceData(name="Rival"), at=AFTERNOON
    )
    body = of(shop.ann, "8.00")
    hold = quoted(shop, body)
    foreign, own = Till(rival), Till(shop.cafe.merchant)
    error_of(foreign.post(f"/wallet/holds/{hold}/release"), 410, "HOLD_CLOSED")
    final = basket("8.00", tap=None)
    error_of(foreign.post(f"/wallet/holds/{hold}/capture", final), 410, "HOLD_CLOSED")
    assert own.post(f"/wallet/holds/{hold}/release").status_code == 200
    assert pocket(ann) == 1_000
