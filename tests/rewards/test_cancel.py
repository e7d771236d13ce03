"""Cancelling a purchase: everything it led to is taken back, once (rewards.md 11.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import OutboxEvent
from rewards.choices import LogType, Occasion, RedeemMethod
from rewards.configuration import OccasionTerms
from rewards.models import RewardEvent
from rewards.services import following
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy, given, why
from tests.wallet import money
from wallet.models import Lot
from wallet.services import awards as wallet_awards
from wallet.services import expiry
from wallet.services.spending import Wish

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_a_cancelled_purchase_takes_its_award_back_and_says_the_same_again(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00")
    assert till.commerce(club.ann) == "5.00"
    first = till.cancel(bought, at=LATER)
    assert (first.reverted_minor, first.unrecovered_minor, first.replayed) == (500, 0, False)
    assert till.awards_of(club.ann) == [("5.00", "CANCELLED")]
    assert till.commerce(club.ann) == "0.00"
    second = till.cancel(bought, at=LATER + timedelta(days=1))
    assert (second.reverted_minor, second.till_minor, second.replayed) == (500, 10_000, True)
    assert not second.event.is_posted


@pytest.mark.scenario("RWD-150")
def test_the_reversal_is_one_negative_row_that_points_to_the_award(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00")
    till.cancel(bought, at=LATER)
    (row,) = RewardEvent.objects.filter(type=LogType.REVERSAL, contact=club.ann)
    assert (row.amount_minor, row.award_id) == (-500, bought.awards[0].award_id)


def test_instant_discounts_come_back_too(club: Club) -> None:
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    bought = buy(club, "100.00")
    back = till.cancel(bought, at=LATER)
    assert (back.reverted_minor, back.reverted_instant_minor) == (2000, 2000)
    assert (back.unrecovered_minor, till.commerce(club.ann)) == (0, "0.00")


@pytest.mark.parametrize(("policy", "owed"), [("LIMIT", "0.00"), ("OWE", "5.00")])
def test_what_was_spent_meanwhile_is_borne_or_owed_by_policy(
    club: Club, policy: str, owed: str
) -> None:
    money.choose(club.business, clawback_policy=policy)
    make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00")
    buy(club, "5.00", at=LATER, wish=Wish())
    back = till.cancel(bought, at=LATER + timedelta(hours=1))
    assert (back.reverted_minor, back.unrecovered_minor) == (500, 500)
    assert till.debt(club.ann) == owed


def test_money_that_was_spent_on_the_purchase_goes_back_to_its_lot(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    buy(club, "100.00")
    paid = buy(club, "20.00", at=LATER, wish=Wish())
    assert paid.due_minor == 1500
    back = till.cancel(paid, at=LATER + timedelta(hours=1))
    assert (back.wallet_minor, back.till_minor) == (500, 1500)
    assert till.commerce(club.ann) == "5.00"


@pytest.mark.scenario("RWD-63")
def test_a_cancelled_birthday_award_frees_the_day_for_a_later_purchase(club: Club) -> None:
    birthday = make_offer(
        club.s1,
        percentage="20",
        redeem_method=RedeemMethod.INSTANT,
        occasion=OccasionTerms(Occasion.BIRTHDAY),
    )
    first = buy(club, "50.00", at=till.local("2026-06-15 09:00"))
    second = buy(club, "80.00", at=till.local("2026-06-15 10:00"))
    assert (given(first), given(second), why(second, birthday)) == (["10.00"], [], "FREQUENCY")
    till.cancel(first, at=till.local("2026-06-15 12:00"))
    assert given(buy(club, "30.00", at=till.local("2026-06-15 18:00"))) == ["6.00"]
    assert [status for _, status in till.awards_of(club.ann)] == ["CANCELLED", "POSTED"]


def test_a_purchase_without_contact_is_cancelled_as_well(club: Club) -> None:
    back = till.cancel(buy(club, "20.00", nobody=True), at=LATER)
    assert (back.event.is_posted, back.reverted_minor, back.till_minor) == (False, 0, 2000)


def test_an_instant_discount_never_repays_a_debt(club: Club) -> None:
    money.choose(club.business, clawback_policy="OWE")
    make_offer(club.s1, percentage="5", available_to=LATER)
    bought = buy(club, "100.00")
    buy(club, "5.00", at=LATER, wish=Wish())
    till.cancel(bought, at=LATER + timedelta(hours=1))
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    later = buy(club, "10.00", at=LATER + timedelta(hours=2))
    assert (later.instant_minor, later.due_minor, till.debt(club.ann)) == (200, 800, "5.00")


def test_an_award_that_finance_takes_back_is_cancelled_in_the_log_too(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    buy(club, "100.00")
    lot = Lot.objects.get()
    wallet_awards.cancel(lot=lot, reason="By mistake", key="k", actor=money.TILL, at=LATER)
    told = OutboxEvent.objects.get(topic="wallet.award_cancelled")
    assert [following.follow(outbox_id=told.pk, at=LATER) for _ in range(2)] == [1, 0]
    assert till.awards_of(club.ann) == [("5.00", "CANCELLED")]
    (row,) = RewardEvent.objects.filter(type=LogType.REVERSAL)
    assert row.amount_minor == -500


def test_what_finance_took_back_is_logged_though_the_purchase_was_cancelled_first(
    club: Club,
) -> None:
    make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00")
    lot = Lot.objects.get()
    wallet_awards.cancel(lot=lot, reason="By mistake", key="k", actor=money.TILL, at=LATER)
    till.cancel(bought, at=LATER)
    told = OutboxEvent.objects.get(topic="wallet.award_cancelled")
    assert [following.follow(outbox_id=told.pk, at=LATER) for _ in range(2)] == [1, 0]
    (row,) = RewardEvent.objects.filter(type=LogType.REVERSAL)
    assert row.amount_minor == -500
    assert row.award is not None
    assert (row.award.reversed_minor, row.award.status) == (500, "CANCELLED")


def test_nobody_owes_what_lapsed_before_money_came_back(club: Club) -> None:
    """5.00 earned, 3.00 spent and 2.00 lapsed; then both purchases are cancelled."""
    money.choose(club.business, clawback_policy="OWE")
    pool = money.pool(club.business, end_rule="RELATIVE", end_after=1, end_unit="DAY")
    make_offer(club.s1, percentage="5", commerce_pool_id=pool.pool_id, available_to=LATER)
    earned = buy(club, "100.00")
    used = buy(club, "3.00", at=LATER, wish=Wish())
    tomorrow = NOW + timedelta(days=1)
    assert expiry.expire_due(at=tomorrow) == 1
    till.cancel(used, at=tomorrow)
    assert till.commerce(club.ann) == "3.00"
    back = till.cancel(earned, at=tomorrow)
    assert (back.reverted_minor, back.unrecovered_minor) == (300, 0)
    assert (till.commerce(club.ann), till.debt(club.ann)) == ("0.00", "0.00")
