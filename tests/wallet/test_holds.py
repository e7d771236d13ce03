"""Holds: set aside, captured, released, timed out (wallet.md 5.8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from directory.models import Organisation
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import AccountKind, HoldState
from wallet.models import Hold, LedgerFreeze, Wallet
from wallet.services import blocks, expiry, holds
from wallet.services.spending import Paid, Wish


def place(of: Wallet, minor: int, *, at: datetime = NOW, **fields: Any) -> Hold:
    quote = holds.place(
        wallet=of,
        facts=money.purchase(of, minor, at=at, **fields),
        wish=Wish(minor),
        key=money.key("hold"),
        actor=TILL,
        at=at,
    )
    return holds.hold_by(wallet=of, public_id=quote.hold)


def capture(hold: Hold, total: int, *, at: datetime = NOW) -> Paid:
    facts = money.purchase(hold.wallet, total, at=at)
    return holds.capture(hold=hold, facts=facts, key=money.key("capture"), actor=TILL, at=at)


@pytest.mark.scenario("WAL-67")
def test_held_money_is_not_promised_twice(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    place(ana, 700)
    assert money.balance(ana, AccountKind.BUSINESS) == 300
    with pytest.raises(errors.InsufficientFunds):
        money.spend(ana, 500, exact=True)


@pytest.mark.scenario("WAL-68")
def test_a_smaller_basket_gives_the_surplus_back(ana: Wallet, business: Organisation) -> None:
    money.top_up(ana, 1000)
    hold = place(ana, 700)
    paid = capture(hold, 600)
    assert paid.paid_minor == 600
    assert money.balance(ana, AccountKind.BUSINESS) == 400
    assert money.balance(ana, AccountKind.HOLD) == 0
    assert money.books(business, AccountKind.SALES) == 600


def test_a_larger_basket_gets_what_was_held(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    paid = capture(place(ana, 700), 900)
    assert (paid.paid_minor, paid.due_minor) == (700, 200)


@pytest.mark.scenario("WAL-69")
def test_a_hold_ends_after_15_minutes(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    hold = place(ana, 700)
    assert holds.time_out(at=NOW + timedelta(minutes=14, seconds=59), limit=10) == 0
    end = NOW + timedelta(minutes=15)
    assert holds.time_out(at=end, limit=10) == 1
    assert holds.time_out(at=end, limit=10) == 0
    assert money.balance(ana, AccountKind.BUSINESS) == 1000
    with pytest.raises(errors.HoldClosed):
        capture(hold, 700, at=end)
    hold.refresh_from_db()
    assert hold.state == HoldState.TIMED_OUT


def test_a_hold_whose_time_is_over_is_closed_before_the_job_comes(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    hold = place(ana, 700)
    with pytest.raises(errors.HoldClosed):
        capture(hold, 700, at=NOW + timedelta(minutes=15))


@pytest.mark.scenario("WAL-70")
def test_a_hold_is_captured_once(ana: Wallet, business: Organisation) -> None:
    money.top_up(ana, 1000)
    hold = place(ana, 700)
    capture(hold, 700)
    with pytest.raises(errors.HoldClosed):
        capture(hold, 700)
    assert money.books(business, AccountKind.SALES) == 700


def expiring_hold(ana: Wallet, business: Organisation) -> Hold:
    """Hold a lot of 5.00 five minutes before its expiry."""
    money.choose(business, hold_minutes=15)
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    lot = money.lot_until(ana, 500, midnight)
    assert lot.expires_at == midnight
    return place(ana, 500, at=midnight - timedelta(minutes=5))


@pytest.mark.scenario("WAL-71")
def test_what_was_held_in_time_is_captured_after_its_expiry(
    ana: Wallet, business: Organisation
) -> None:
    hold = expiring_hold(ana, business)
    later = hold.created_at + timedelta(minutes=10)
    expiry.expire_due(at=later)
    paid = capture(hold, 500, at=later)
    assert (paid.redeemed_minor, paid.commerce_minor) == (500, 500)
    assert money.books(business, AccountKind.SALES) == 500


@pytest.mark.scenario("WAL-72")
def test_what_is_released_after_its_expiry_lapses(ana: Wallet, business: Organisation) -> None:
    hold = expiring_hold(ana, business)
    later = hold.created_at + timedelta(minutes=10)
    assert expiry.expire_due(at=later) == 0
    holds.release(hold=hold, key=money.key(), actor=TILL, at=later)
    assert money.balance(ana, AccountKind.COMMERCE_LOT) == 500
    with pytest.raises(errors.InsufficientFunds):
        money.spend(ana, 100, exact=True, at=later)
    assert expiry.expire_due(at=later) == 1
    assert money.balance(ana, AccountKind.COMMERCE_LOT) == 0
    assert money.books(business, AccountKind.EXPIRED) == 500


def test_a_hold_takes_from_every_pocket_and_gives_back_to_each(ana: Wallet) -> None:
    lot = money.award(ana, 300)
    money.top_up(ana, 400)
    hold = place(ana, 600)
    assert (money.left_in(lot), money.balance(ana, AccountKind.BUSINESS)) == (0, 100)
    paid = capture(hold, 500)
    assert (paid.commerce_minor, paid.business_minor) == (300, 200)
    assert (money.left_in(lot), money.balance(ana, AccountKind.BUSINESS)) == (0, 200)


def test_a_block_after_the_quote_does_not_stop_the_till(ana: Wallet) -> None:
    money.top_up(ana, 1000)
    hold = place(ana, 700)
    blocks.block(wallet=ana, reason="lost phone", by=None, at=NOW)
    assert capture(hold, 700).paid_minor == 700
    with pytest.raises(errors.SpendBlocked):
        place(ana, 100)


def test_frozen_books_of_one_business_hold_up_no_other(ana: Wallet, business: Organisation) -> None:
    money.top_up(ana, 1_000)
    stuck = place(ana, 700)
    other = money.wallet(money.business(), "Cy")
    money.top_up(other, 1_000)
    free = place(other, 700, at=NOW + timedelta(minutes=1))
    frozen = LedgerFreeze.objects.create(business=business, frozen_at=NOW)
    later = NOW + timedelta(hours=1)
    assert holds.time_out(at=later, limit=1) == 1
    free.refresh_from_db()
    assert free.state == HoldState.TIMED_OUT
    LedgerFreeze.objects.filter(pk=frozen.pk).update(released_at=later)
    assert holds.time_out(at=later, limit=1) == 1
    stuck.refresh_from_db()
    assert stuck.state == HoldState.TIMED_OUT
