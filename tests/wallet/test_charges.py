"""Limits and fees (wallet.md 10)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from directory.models import Organisation
from tests.kit import concurrency
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import AccountKind, ChargedOn, LimitOn, LimitPeriod, Pocket
from wallet.commands import Outcome
from wallet.models import Entry, LimitRule, Wallet
from wallet.services import fees, holds, limits, reversals, transfers
from wallet.services.fees import Fee
from wallet.services.limits import Limit
from wallet.services.spending import Wish


def send(origin: Wallet, target: Wallet, minor: int, *, after: timedelta = timedelta()) -> Outcome:
    return transfers.send(
        origin=origin,
        target=target,
        transfer=transfers.Transfer(minor, Pocket.BUSINESS),
        key=money.key("transfer"),
        actor=TILL,
        at=NOW + after,
    )


def limit(business: Organisation, on: LimitOn, minor: int, period: LimitPeriod) -> LimitRule:
    return limits.set_for_all(business=business, limit=Limit(on, period, minor), at=NOW)


@pytest.fixture
def daily_hundred(business: Organisation, ana: Wallet, ben: Wallet) -> None:
    """Let Ana have sent 80.00 of a daily 100.00."""
    limit(business, LimitOn.TRANSFER, 10_000, LimitPeriod.DAILY)
    money.top_up(ana, 50_000)
    send(ana, ben, 8_000)


@pytest.mark.usefixtures("daily_hundred")
class TestADailyLimit:
    def test_more_than_is_left_is_refused_and_said(self, ana: Wallet, ben: Wallet) -> None:
        with pytest.raises(errors.LimitExceeded, match=r"€20\.00 is left"):
            send(ana, ben, 3_000)
        send(ana, ben, 2_000)
        with pytest.raises(errors.LimitExceeded):
            send(ana, ben, 1)

    def test_the_next_day_begins_anew(self, ana: Wallet, ben: Wallet) -> None:
        send(ana, ben, 10_000, after=timedelta(days=1))

    def test_a_reversed_transfer_does_not_count(self, ana: Wallet, ben: Wallet) -> None:
        entry = Entry.objects.get(operation="TRANSFER")
        reversals.reverse(entry=entry, reason="mistake", key=money.key(), actor=TILL, at=NOW)
        send(ana, ben, 10_000)

    def test_what_others_send_does_not_count(self, ana: Wallet, ben: Wallet) -> None:
        send(ben, ana, 8_000)


@pytest.mark.scenario("WAL-112")
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_only_one_fits_into_a_limit() -> None:
    business = money.business()
    ana, ben = money.wallet(business, "Ana"), money.wallet(business, "Ben")
    limit(business, LimitOn.TRANSFER, 10_000, LimitPeriod.DAILY)
    money.top_up(ana, 50_000)
    send(ana, ben, 8_000)
    with pytest.raises(errors.LimitExceeded):
        send(ana, ben, 3_000)
    outcomes = concurrency.together(*[lambda: send(ana, ben, 1_500)] * 2)
    refused = [one for one in outcomes if isinstance(one, errors.LimitExceeded)]
    assert len(refused) == 1
    assert money.balance(ben, AccountKind.BUSINESS) == 9_500


@pytest.mark.scenario("WAL-113")
def test_an_own_limit_is_only_lower(business: Organisation, ana: Wallet, ben: Wallet) -> None:
    limit(business, LimitOn.TRANSFER, 10_000, LimitPeriod.DAILY)
    money.top_up(ana, 50_000)
    own = Limit(LimitOn.TRANSFER, LimitPeriod.DAILY, 10_001)
    with pytest.raises(errors.LimitTooHigh):
        limits.set_own(wallet=ana, limit=own, at=NOW)
    with pytest.raises(errors.LimitTooHigh):
        limits.set_own(
            wallet=ana, limit=Limit(LimitOn.TRANSFER, LimitPeriod.DAILY, most_times=1), at=NOW
        )
    assert not LimitRule.objects.filter(wallet=ana).exists()
    limits.set_own(wallet=ana, limit=Limit(LimitOn.TRANSFER, LimitPeriod.DAILY, 1_000), at=NOW)
    with pytest.raises(errors.LimitExceeded, match="your own limit"):
        send(ana, ben, 1_001)
    send(ana, ben, 1_000)


def test_as_much_as_possible_ends_at_the_limit(business: Organisation, ana: Wallet) -> None:
    limit(business, LimitOn.DEBIT, 700, LimitPeriod.WEEKLY)
    money.top_up(ana, 5_000)
    with pytest.raises(errors.LimitExceeded):
        money.spend(ana, 800)
    assert money.spend(ana, total=2_000).paid_minor == 700
    with pytest.raises(errors.LimitExceeded):
        money.spend(ana, 1)


def test_money_on_hold_counts_as_spent(business: Organisation, ana: Wallet) -> None:
    limit(business, LimitOn.DEBIT, 1_000, LimitPeriod.MONTHLY)
    money.top_up(ana, 5_000)
    holds.place(
        wallet=ana,
        facts=money.purchase(ana, 800),
        wish=Wish(800),
        key=money.key(),
        actor=TILL,
        at=NOW,
    )
    with pytest.raises(errors.LimitExceeded):
        money.spend(ana, 300)


def test_a_number_of_times_is_a_limit_too(business: Organisation, ana: Wallet, ben: Wallet) -> None:
    once = Limit(LimitOn.TRANSFER, LimitPeriod.DAILY, most_times=1)
    limits.set_for_all(business=business, limit=once, at=NOW)
    money.top_up(ana, 5_000)
    send(ana, ben, 100)
    with pytest.raises(errors.LimitExceeded, match="1 times a day"):
        send(ana, ben, 100)


class TestFees:
    @pytest.fixture(autouse=True)
    def _one_percent(self, business: Organisation) -> None:
        fees.add(business=business, fee=Fee("Service", ChargedOn.DEBIT, percent=Decimal(1)), at=NOW)

    @pytest.mark.scenario("WAL-118")
    def test_a_spend_whose_fee_is_not_covered_is_refused(
        self, ana: Wallet, business: Organisation
    ) -> None:
        money.top_up(ana, 1_005)
        with pytest.raises(errors.InsufficientFunds):
            money.spend(ana, 1_000, exact=True)
        assert money.balance(ana, AccountKind.BUSINESS) == 1_005
        money.top_up(ana, 5)
        paid = money.spend(ana, 1_000, exact=True)
        assert (paid.paid_minor, paid.fee_minor) == (1_000, 10)
        assert money.balance(ana, AccountKind.BUSINESS) == 0
        assert money.books(business, AccountKind.FEE_INCOME) == 10

    def test_sending_costs_it_too(self, ana: Wallet, ben: Wallet) -> None:
        money.top_up(ana, 1_005)
        with pytest.raises(errors.InsufficientFunds):
            send(ana, ben, 1_000)
        assert send(ana, ben, 500).response["fee"] == 5
        assert money.balance(ana, AccountKind.BUSINESS) == 500

    def test_a_captured_hold_pays_it(self, ana: Wallet, business: Organisation) -> None:
        money.top_up(ana, 1_010)
        facts = money.purchase(ana, 1_000)
        quote = holds.place(
            wallet=ana, facts=facts, wish=Wish(1_000), key=money.key(), actor=TILL, at=NOW
        )
        hold = holds.hold_by(wallet=ana, public_id=quote.hold)
        paid = holds.capture(hold=hold, facts=facts, key=money.key(), actor=TILL, at=NOW)
        assert (paid.paid_minor, paid.fee_minor) == (1_000, 10)
        assert money.books(business, AccountKind.FEE_INCOME) == 10

    def test_a_hold_leaves_room_for_it(self, ana: Wallet) -> None:
        money.top_up(ana, 1_009)
        with pytest.raises(errors.InsufficientFunds):
            holds.place(
                wallet=ana,
                facts=money.purchase(ana, 1_000),
                wish=Wish(1_000),
                key=money.key(),
                actor=TILL,
                at=NOW,
            )

    def test_half_a_cent_is_rounded_up(self, ana: Wallet) -> None:
        money.top_up(ana, 1_000)
        assert money.spend(ana, 50).fee_minor == 1
        assert money.spend(ana, 49).fee_minor == 0


def test_a_sender_is_not_told_how_much_the_receiver_may_take(
    business: Organisation, ana: Wallet, ben: Wallet
) -> None:
    limit(business, LimitOn.CREDIT, 10_000, LimitPeriod.DAILY)
    money.top_up(ana, 9_000)
    send(ana, ben, 3_000)
    money.top_up(ben, 6_500)
    with pytest.raises(errors.LimitExceeded) as refused:
        send(ana, ben, 1_000)
    assert "receiver" in refused.value.message
    assert not any(digit.isdigit() for digit in refused.value.message)
