"""Purchases at the till: what they earn, what is left to pay, and what is kept (rewards.md 11)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import OutboxEvent
from directory.services import contacts
from events.choices import EvaluationState
from events.models import BusinessEvent
from rewards.choices import Frequency, LogType, PeriodUnit, RedeemMethod, ResolutionMode
from rewards.configuration import FrequencyTerms
from rewards.models import RewardEvent
from rewards.services import memberships, schemes
from tests.factories.rewards import give_pass, join, make_offer
from tests.rewards import till
from tests.rewards.till import NOW, SINCE, Club, buy, given, why
from tests.wallet import money
from wallet.errors import InsufficientFunds
from wallet.selectors import pockets, wallet_of
from wallet.services.spending import Wish

pytestmark = pytest.mark.django_db


def test_a_purchase_earns_cashback_and_an_instant_discount_at_once(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    bought = buy(club, "100.00")
    assert given(bought) == ["20.00", "5.00"]
    assert (bought.instant_minor, bought.due_minor) == (2000, 8000)
    assert till.commerce(club.ann) == "5.00"
    assert bought.event is not None
    assert bought.event.evaluation_state == EvaluationState.DONE


def test_everything_about_a_purchase_is_logged_once(club: Club) -> None:
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    bought = buy(club, "100.00")
    rows = RewardEvent.objects.filter(event=bought.event).order_by("pk")
    assert [(row.type, row.amount_minor) for row in rows] == [
        (LogType.AWARD, 2000),
        (LogType.REDEEM, 2000),
        (LogType.SPEND, 2000),
    ]
    assert OutboxEvent.objects.filter(topic="rewards.event_evaluated").count() == 1


@pytest.mark.scenario("RWD-54")
def test_a_merchant_with_blocked_terms_awards_nothing(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5")
    till.block_terms(club)
    bought = buy(club, "100.00")
    assert bought.event is not None
    assert (given(bought), why(bought, offer)) == ([], "TERMS_BLOCKED")
    assert bought.event.is_posted
    assert (bought.due_minor, till.commerce(club.ann)) == (10_000, "0.00")


@pytest.mark.scenario("RWD-55")
def test_who_is_blocked_from_spending_gets_cashback_alone(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    instant = make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    type(club.ann).objects.filter(pk=club.ann.pk).update(spend_blocked=True)
    bought = buy(club, "100.00")
    assert (given(bought), why(bought, instant)) == (["5.00"], "SPEND_BLOCKED")
    assert bought.due_minor == 10_000


@pytest.mark.scenario("RWD-56")
def test_an_offer_awards_purchases_of_its_own_currency(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5")
    bought = buy(club, "100.00", currency="USD")
    assert (given(bought), why(bought, offer)) == ([], "CURRENCY_MISMATCH")


def test_an_award_in_another_currency_than_the_wallet_is_not_granted(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5", currency="USD")
    bought = buy(club, "100.00", currency="USD")
    assert (given(bought), why(bought, offer)) == ([], "CURRENCY_MISMATCH")


@pytest.mark.scenario("RWD-57")
def test_once_in_seven_days_means_seven_whole_days_later(club: Club) -> None:
    offer = make_offer(
        club.s1,
        percentage="5",
        frequency=FrequencyTerms(Frequency.ONCE_PER_PERIOD, 7, PeriodUnit.DAYS),
    )
    assert given(buy(club)) == ["1.00"]
    early = buy(club, at=till.local("2026-05-11 15:09:59"))
    assert (given(early), why(early, offer)) == ([], "FREQUENCY")
    assert given(buy(club, at=till.local("2026-05-11 15:10"))) == ["1.00"]


@pytest.mark.scenario("RWD-58")
def test_a_pass_is_used_up_by_an_award_and_comes_back_with_a_cancel(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5", requires_pass=True)
    code = give_pass(offer, "SPRING").code
    first = buy(club, pass_code=" spring ")
    second = buy(club, pass_code=code)
    assert (given(first), given(second), why(second, offer)) == (["1.00"], [], "PASS")
    till.cancel(first, at=NOW + timedelta(hours=1))
    assert given(buy(club, pass_code=code)) == ["1.00"]


@pytest.mark.scenario("RWD-59")
def test_a_beaten_offer_leaves_its_pass_unused(club: Club) -> None:
    till.choose(club, mode=ResolutionMode.BEST)
    offer = make_offer(club.s1, percentage="5", requires_pass=True)
    make_offer(club.s1, amount="3.00")
    row = give_pass(offer, "SPRING")
    bought = buy(club, pass_code="SPRING")
    assert (given(bought), why(bought, offer)) == (["3.00"], "BEATEN")
    row.refresh_from_db()
    assert row.used == 0


@pytest.mark.scenario("RWD-19")
def test_an_offer_of_an_inactive_scheme_awards_nothing(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5")
    schemes.deactivate(scheme=club.s1, actor=None, at=NOW)
    bought = buy(club, "20.00")
    assert (given(bought), why(bought, offer)) == ([], "SCHEME_INACTIVE")


@pytest.mark.scenario("RWD-52")
def test_an_offer_awards_members_from_their_joining_on(club: Club) -> None:
    offer = make_offer(club.s2, percentage="5")
    before = buy(club, "20.00")
    assert (given(before), why(before, offer)) == ([], "NOT_MEMBER")
    join(club.s2, club.ann, at=NOW + timedelta(hours=1))
    assert given(buy(club, "20.00", at=NOW + timedelta(hours=2))) == ["1.00"]
    assert till.awards_of(club.ann) == [("1.00", "POSTED")]


def test_a_wish_to_spend_is_met_in_the_same_call_and_never_with_its_own_award(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    assert buy(club, "100.00", wish=Wish()).due_minor == 10_000
    paid = buy(club, "20.00", at=NOW + timedelta(hours=1), wish=Wish(300))
    assert (paid.due_minor, till.commerce(club.ann)) == (1700, "3.00")


def test_an_exact_wish_that_cannot_be_met_refuses_the_whole_purchase(club: Club) -> None:
    make_offer(club.s1, percentage="5")
    with pytest.raises(InsufficientFunds):
        buy(club, "20.00", wish=Wish(300, exact=True))
    assert not BusinessEvent.objects.exists()
    assert till.awards_of(club.ann) == []


def test_a_till_that_charges_first_gets_the_discount_into_the_pocket(club: Club) -> None:
    money.choose(club.business, reduction="BACK_END")
    make_offer(club.s1, percentage="20", redeem_method=RedeemMethod.INSTANT)
    bought = buy(club, "100.00")
    assert (bought.instant_minor, bought.due_minor) == (2000, 10_000)
    wallet = wallet_of(contact=club.ann)
    assert wallet is not None
    assert pockets(wallet=wallet).business_minor == 2000


def test_an_offer_whose_pool_has_lapsed_does_not_stop_the_till(club: Club) -> None:
    lapsed = money.pool(club.business, end_rule="FIXED", ends_on=(NOW - timedelta(days=1)).date())
    offer = make_offer(club.s1, percentage="5", commerce_pool_id=lapsed.pool_id)
    make_offer(club.s1, amount="1.00")
    bought = buy(club, "100.00")
    assert (given(bought), why(bought, offer)) == (["1.00"], "POOL_CLOSED")


def test_a_late_purchase_is_not_paid_from_the_wallet_by_itself(club: Club) -> None:
    """The till that lowers prices did not lower this one: it comes two days after it was paid."""
    make_offer(club.s1, percentage="5")
    buy(club, "100.00")
    money.choose(club.business, redemption_mode="AUTOMATIC")
    late = buy(club, "20.00", at=NOW + timedelta(hours=1), received=NOW + timedelta(days=2))
    assert (late.is_late, late.due_minor, given(late)) == (True, 2_000, ["1.00"])
    assert till.commerce(club.ann) == "6.00"


def test_a_late_purchase_counts_as_a_members_though_the_contact_left_since(club: Club) -> None:
    offer, other = make_offer(club.s1, percentage="5"), make_offer(club.s2, percentage="10")
    join(club.s2, club.ann, at=SINCE)
    left = NOW + timedelta(hours=1)
    for scheme in (club.s1, club.s2):
        memberships.leave(scheme=scheme, contact=club.ann, at=left)
    join(club.s2, club.ann, at=left + timedelta(hours=1))
    received = NOW + timedelta(days=2)
    assert given(buy(club, "20.00", received=received)) == ["2.00", "1.00"]
    after = buy(club, "20.00", at=left, received=received)
    assert (why(after, offer), why(after, other)) == ("NOT_MEMBER", "NOT_MEMBER")


def test_a_terminated_contact_earns_nothing_until_reactivated(club: Club) -> None:
    offer = make_offer(club.s1, percentage="5")
    contacts.terminate(contact=club.ann, at=NOW)
    assert why(buy(club), offer) == "NOT_MEMBER"
    contacts.restore(contact=club.ann, at=NOW)
    assert given(buy(club)) == ["1.00"]
