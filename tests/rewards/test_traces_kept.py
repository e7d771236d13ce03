"""What is kept of an evaluation, and for how long (decision D16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.money import Money
from directory.segments import kinds
from events.choices import EventType
from events.conditions import ConditionSet, SegmentCondition
from events.models import BusinessEvent
from rewards.choices import ReferralMoment
from rewards.configuration import ReferralTerms
from rewards.selectors.traces import OfferTrace, shown_traces, traces_of
from rewards.services import referrals, tracing
from rewards.services.results import PurchaseResult
from tests.factories.floor import make_segment
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy

pytestmark = pytest.mark.django_db


def kept_of(bought: PurchaseResult) -> dict[int, OfferTrace]:
    assert bought.event is not None
    return {one.offer_id: one for one in traces_of(event=bought.event)}


def test_every_offer_leaves_a_trace_with_what_was_needed_and_found(club: Club) -> None:
    vip = make_segment(club.business, kinds["tags"].from_values({"tags": ["vip"]}))
    granted = make_offer(club.s1, percentage="5", minimum="10.00")
    only_vip = make_offer(
        club.s1,
        percentage="5",
        rules=ConditionSet(segments=SegmentCondition(segment_ids=frozenset({vip.pk}))),
    )
    bought = buy(club)
    kept = kept_of(bought)
    assert (kept[granted.pk].is_granted, kept[granted.pk].amount) == (True, Money(100, "EUR"))
    assert (kept[only_vip.pk].is_granted, kept[only_vip.pk].reason) == (False, "SEGMENT")
    failed = [one for one in kept[only_vip.pk].verdicts if not one.passed]
    assert [one.code for one in failed] == ["SEGMENT"]
    told = kept[granted.pk].verdicts
    assert told
    assert all(one.passed for one in told)
    (membership,) = [one for one in told if one.code == "NOT_MEMBER"]
    assert membership.needed == "a member of S1 by then"
    assert {row.contact_id for row in kept.values()} == {club.ann.pk}


def test_lists_of_what_granted_nothing_go_after_90_days_and_reasons_stay(club: Club) -> None:
    granted = make_offer(club.s1, percentage="5")
    refused = make_offer(club.s1, percentage="5", minimum="500.00")
    bought = buy(club)
    assert tracing.forget(at=NOW + timedelta(days=89)) == 0
    assert tracing.forget(at=NOW + timedelta(days=91)) == 1
    assert tracing.forget(at=NOW + timedelta(days=91)) == 0
    kept = kept_of(bought)
    assert kept[granted.pk].verdicts
    assert (kept[refused.pk].verdicts, kept[refused.pk].reason) == ((), "AMOUNT")
    assert till.given(bought) == ["1.00"]


def test_of_many_offers_the_nearest_are_told_and_of_all_the_reason_stays(club: Club) -> None:
    granted = make_offer(club.s1, percentage="5")
    far = [make_offer(club.s1, percentage="5", currency="USD") for _ in range(4)]
    near = [make_offer(club.s1, percentage="5", minimum="500.00") for _ in range(12)]
    kept = kept_of(buy(club))
    told = [pk for pk, one in kept.items() if one.verdicts]
    assert len(told) == tracing.MOST_VERDICTS
    assert set(told) <= {granted.pk, *(offer.pk for offer in near)}
    assert told[0] == granted.pk
    assert {kept[offer.pk].reason for offer in near} == {"AMOUNT"}
    assert {kept[offer.pk].reason for offer in far} == {"CURRENCY_MISMATCH"}
    assert {one.version for one in kept.values()} == {granted.version}
    assert {one.contact_id for one in kept.values()} == {club.ann.pk}


def test_both_sides_of_a_referral_keep_their_own_reason(club: Club) -> None:
    make_offer(
        club.s1,
        type="REFER",
        amount="3.00",
        terms=ReferralTerms(moment=ReferralMoment.REGISTRATION),
    )
    bob = till.person(club.business, "Bob Example", at=NOW - timedelta(hours=1))
    result = referrals.refer(
        business=club.business, code=club.ann.referral_code, contact=bob, performed_at=NOW, at=NOW
    )
    (event,) = BusinessEvent.objects.filter(type=EventType.REFERRAL)
    sides = {one.contact_id: one for one in traces_of(event=event)}
    assert len(result.awards) == sum(one.is_granted for one in sides.values())
    assert sides[club.ann.pk].amount == Money(300, "EUR")


def test_an_offer_that_was_deleted_is_passed_over(club: Club) -> None:
    stays = make_offer(club.s1, percentage="5")
    gone = make_offer(club.s1, percentage="5", minimum="500.00")
    event = buy(club).event
    assert event is not None
    gone.delete()
    shown, total = shown_traces(event=event, acting=club.business, most=10)
    assert ([one.offer for one in shown], total) == ([stays], 1)


def test_a_list_is_cut_and_its_rest_is_counted(club: Club) -> None:
    granted = make_offer(club.s1, percentage="5")
    for _ in range(3):
        make_offer(club.s1, percentage="5", minimum="500.00")
    event = buy(club).event
    assert event is not None
    shown, total = shown_traces(event=event, acting=club.business, most=2)
    assert (shown[0].offer, len(shown), total) == (granted, 2, 4)
