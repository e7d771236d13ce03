"""What went back of a spend uses up a limit no longer, in the period of its purchase (wallet.md 10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from directory.models import Organisation
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import LimitOn, LimitPeriod, Pocket
from wallet.models import Entry, PurchaseUse, Wallet
from wallet.services import holds, limits, returns, reversals, transfers
from wallet.services.limits import Limit
from wallet.services.spending import Wish

LIMIT, SPENT, TOTAL = 1_000, 800, 1_600
NEXT_DAY, NEXT_MONTH = NOW + timedelta(days=1), NOW + timedelta(days=14)
Undo = Callable[[PurchaseUse], object]


def keep(use: PurchaseUse) -> None:
    """Leave the spend as it is."""


def cancel(at: datetime = NOW) -> Undo:
    return lambda use: returns.cancel(use=use, key=money.key(), actor=TILL, at=at)


def give_back(*goods: int, at: datetime = NOW) -> Undo:
    """Return goods worth that much of 16.00, half of which the wallet paid."""
    return lambda use: [
        returns.take_back(use=use, minor=minor, key=money.key(), actor=TILL, at=at)
        for minor in goods
    ]


def limit(of: Organisation, period: LimitPeriod, minor: int | None = LIMIT, **more: int) -> None:
    limits.set_for_all(business=of, limit=Limit(LimitOn.DEBIT, period, minor, **more), at=NOW)


def spent(of: Wallet) -> PurchaseUse:
    """Pay 8.00 of a purchase of 16.00 from the wallet."""
    money.top_up(of, 50_000)
    return PurchaseUse.objects.get(pk=money.spend(of, SPENT, total=TOTAL).use_id)


def left(of: Wallet, at: datetime = NOW) -> int:
    """Return how much a purchase that asks for as much as possible still gets."""
    return money.spend(of, total=5_000, at=at).paid_minor


@pytest.mark.parametrize(
    ("period", "undo", "expected"),
    [
        ("DAILY", keep, LIMIT - SPENT),
        ("DAILY", cancel(), LIMIT),
        ("DAILY", give_back(400), LIMIT - SPENT + 200),
        ("DAILY", give_back(400, 1_200), LIMIT),
        ("MONTHLY", cancel(at=NEXT_DAY), LIMIT),
        ("MONTHLY", give_back(400, at=NEXT_DAY), LIMIT - SPENT + 200),
    ],
    ids=["kept", "cancelled", "a part", "all in parts", "the next day", "a part the next day"],
)
def test_what_went_back_of_a_spend_is_free_again(
    business: Organisation, ana: Wallet, period: str, undo: Undo, expected: int
) -> None:
    limit(business, LimitPeriod(period))
    undo(spent(ana))
    assert left(ana) == expected


@pytest.mark.parametrize(
    ("period", "later"),
    [(LimitPeriod.DAILY, NEXT_DAY), (LimitPeriod.MONTHLY, NEXT_MONTH)],
)
@pytest.mark.parametrize("undo", [cancel, lambda at: give_back(400, at=at)], ids=["all", "a part"])
def test_what_goes_back_later_leaves_the_later_period_as_it_is(
    business: Organisation,
    ana: Wallet,
    period: LimitPeriod,
    later: datetime,
    undo: Callable[[datetime], Undo],
) -> None:
    limit(business, period)
    undo(later)(spent(ana))
    assert left(ana, later) == LIMIT


def test_a_time_counts_until_all_of_it_went_back(business: Organisation, ana: Wallet) -> None:
    limit(business, LimitPeriod.DAILY, None, most_times=1)
    use = spent(ana)
    give_back(400)(use)
    with pytest.raises(errors.LimitExceeded):
        money.spend(ana, 100)
    cancel()(use)
    assert money.spend(ana, 100).paid_minor == 100


def test_a_captured_hold_that_is_cancelled_is_free_again(
    business: Organisation, ana: Wallet
) -> None:
    limit(business, LimitPeriod.DAILY)
    money.top_up(ana, 50_000)
    facts = money.purchase(ana, SPENT)
    quote = holds.place(
        wallet=ana, facts=facts, wish=Wish(SPENT), key=money.key(), actor=TILL, at=NOW
    )
    hold = holds.hold_by(wallet=ana, public_id=quote.hold)
    paid = holds.capture(hold=hold, facts=facts, key=money.key(), actor=TILL, at=NOW)
    with pytest.raises(errors.LimitExceeded, match=r"€2\.00 is left"):
        money.spend(ana, LIMIT)
    cancel()(PurchaseUse.objects.get(pk=paid.use_id))
    assert left(ana) == LIMIT


def test_a_transfer_that_was_reversed_is_free_for_spends_too(
    business: Organisation, ana: Wallet, ben: Wallet
) -> None:
    limit(business, LimitPeriod.DAILY)
    money.top_up(ana, 50_000)
    sent = transfers.Transfer(SPENT, Pocket.BUSINESS)
    transfers.send(origin=ana, target=ben, transfer=sent, key=money.key(), actor=TILL, at=NOW)
    with pytest.raises(errors.LimitExceeded, match=r"€2\.00 is left"):
        money.spend(ana, LIMIT)
    entry = Entry.objects.get(operation="TRANSFER")
    reversals.reverse(entry=entry, reason="mistake", key=money.key(), actor=TILL, at=NOW)
    assert left(ana) == LIMIT


def test_the_open_pocket_counts_like_the_others(business: Organisation, ana: Wallet) -> None:
    limit(business, LimitPeriod.DAILY)
    money.top_up(ana, 50_000, Pocket.OPEN)
    use = PurchaseUse.objects.get(pk=money.spend(ana, SPENT).use_id)
    assert use.open_minor == SPENT
    with pytest.raises(errors.LimitExceeded):
        money.spend(ana, LIMIT - SPENT + 1)
    cancel()(use)
    assert left(ana) == LIMIT


def test_spends_transfers_and_holds_are_counted_by_one_statement_a_rule(
    business: Organisation, ana: Wallet, django_assert_num_queries: Any
) -> None:
    limit(business, LimitPeriod.DAILY)
    limit(business, LimitPeriod.MONTHLY)
    spent(ana)
    with django_assert_num_queries(1 + 2):
        allowed = limits.allowance(wallet=ana, on=LimitOn.DEBIT, at=NOW)
    assert allowed is not None
    assert allowed.minor == LIMIT - SPENT
