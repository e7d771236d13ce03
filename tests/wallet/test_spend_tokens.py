"""Spend tokens: shown by the contact, used once by a till (wallet.md 2.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from directory.models import Organisation
from events.facts import PurchaseFacts
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import AccountKind
from wallet.models import SpendToken, Wallet
from wallet.rules import codes
from wallet.services import blocks, spend_tokens
from wallet.services.spend_tokens import Issued
from wallet.services.spending import Paid


@pytest.fixture
def rich(ana: Wallet) -> Wallet:
    money.top_up(ana, 5_000)
    return ana


def issue(wallet: Wallet, minor: int | None = 1_000) -> Issued:
    return spend_tokens.issue(wallet=wallet, minor=minor, at=NOW)


def pay(
    business: Organisation,
    shown: str,
    facts: PurchaseFacts,
    *,
    at: datetime = NOW,
    with_key: str = "",
) -> Paid:
    return spend_tokens.pay(
        business=business,
        shown=shown,
        facts=facts,
        key=with_key or money.key("token"),
        actor=TILL,
        at=at,
    )


@pytest.mark.scenario("WAL-120")
def test_a_token_pays_once_and_for_five_minutes(rich: Wallet, business: Organisation) -> None:
    issued = issue(rich)
    assert pay(business, issued.value, money.purchase(rich, 2_000)).paid_minor == 1_000
    with pytest.raises(errors.TokenInvalid):
        pay(business, issued.value, money.purchase(rich, 2_000))
    late = issue(rich)
    end = NOW + timedelta(minutes=5)
    with pytest.raises(errors.TokenExpired):
        pay(business, late.value, money.purchase(rich, 2_000, at=end), at=end)
    assert money.balance(rich, AccountKind.BUSINESS) == 4_000


def test_its_number_pays_as_well(rich: Wallet, business: Organisation) -> None:
    issued = issue(rich)
    assert codes.is_number(issued.number)
    typed = " ".join(issued.number[i : i + 4] for i in range(0, 16, 4))
    assert pay(business, typed, money.purchase(rich, 800)).paid_minor == 800


def test_without_an_amount_it_pays_as_much_as_possible(
    rich: Wallet, business: Organisation
) -> None:
    assert pay(business, issue(rich, None).value, money.purchase(rich, 6_000)).paid_minor == 5_000


def test_a_till_that_lost_the_answer_gets_it_again(rich: Wallet, business: Organisation) -> None:
    issued, facts = issue(rich), money.purchase(rich, 2_000)
    first = pay(business, issued.value, facts, with_key="k")
    again = pay(business, issued.value, facts, with_key="k")
    assert (again.paid_minor, again.replayed) == (first.paid_minor, True)
    assert money.balance(rich, AccountKind.BUSINESS) == 4_000


def test_a_refused_payment_leaves_the_token(rich: Wallet, business: Organisation) -> None:
    issued = issue(rich)
    with pytest.raises(errors.CurrencyMismatch):
        pay(business, issued.value, money.purchase(rich, 2_000, currency="USD"))
    assert pay(business, issued.value, money.purchase(rich, 2_000)).paid_minor == 1_000


def test_only_the_newest_token_pays(rich: Wallet, business: Organisation) -> None:
    older, newer = issue(rich), issue(rich)
    with pytest.raises(errors.TokenExpired):
        pay(business, older.value, money.purchase(rich, 100))
    assert pay(business, newer.value, money.purchase(rich, 100)).paid_minor == 100


def test_another_business_cannot_use_it(rich: Wallet) -> None:
    issued = issue(rich)
    with pytest.raises(errors.TokenInvalid):
        pay(money.business(), issued.value, money.purchase(rich, 100))


def test_nothing_that_pays_is_stored(rich: Wallet) -> None:
    issued = issue(rich)
    stored = SpendToken.objects.values().get()
    assert issued.value not in str(stored)
    assert issued.number not in str(stored)


def test_a_blocked_contact_gets_none(rich: Wallet) -> None:
    blocks.block(wallet=rich, reason="lost phone", by=None, at=NOW)
    rich.contact.refresh_from_db()
    with pytest.raises(errors.SpendBlocked):
        issue(rich)


def test_old_tokens_are_forgotten(rich: Wallet) -> None:
    issue(rich)
    assert spend_tokens.forget(at=NOW + timedelta(days=2)) == 0
    assert spend_tokens.forget(at=NOW + timedelta(days=2, minutes=6)) == 1
