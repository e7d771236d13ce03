"""Thank-you gifts: runs that reach everybody once, whatever happens in the middle (rewards.md 3.3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from core.errors import DomainError
from directory.people import YearDay
from directory.segments import kinds
from events.conditions import ConditionSet, SegmentCondition
from rewards.choices import GiftRunKind, GiftRunStatus, PeriodUnit
from rewards.configuration import GiftTerms
from rewards.models import Award, GiftRun, RewardOffer
from rewards.rules.gift_schedule import due
from rewards.services import gifts, offers
from tests.factories.directory import make_business
from tests.factories.floor import make_segment
from tests.factories.rewards import make_offer, make_scheme
from tests.rewards import till
from tests.rewards.till import NOW, SINCE, Club, local
from wallet.models import LedgerFreeze
from wallet.services import pools

pytestmark = pytest.mark.django_db


def gift(club: Club, amount: str = "2.00", **changes: Any) -> RewardOffer:
    return make_offer(club.s1, type="GIFT", amount=amount, **changes)


def three_members(club: Club) -> None:
    for name in ("Bob Example", "Cy Example"):
        till.person(club.business, name)


def test_a_run_that_stopped_goes_on_and_pays_nobody_twice(club: Club) -> None:
    three_members(club)
    run = gifts.grant_now(offer=gift(club), actor=None, at=NOW)
    assert [gifts._next_page(run.pk, 1, NOW) for _ in range(2)] == [1, 1]
    assert gifts.carry_out(run=run, at=NOW, page=1) == 1
    assert gifts.carry_out(run=run, at=NOW, page=1) == 0
    run.refresh_from_db()
    assert (run.status, run.contact_count, run.awarded_count) == (GiftRunStatus.DONE, 3, 3)
    assert run.awarded_minor == 600
    assert Award.objects.filter(gift_run=run).values("contact").distinct().count() == 3


def test_a_preview_counts_whom_the_run_will_reach(club: Club) -> None:
    three_members(club)
    tagged = till.person(club.business, "Dan Example", tags=["vip"])
    segment = make_segment(club.business, kinds["tags"].from_values({"tags": ["vip"]}))
    everybody, few = (
        gift(club),
        gift(
            club,
            rules=ConditionSet(segments=SegmentCondition(segment_ids=frozenset({segment.pk}))),
        ),
    )
    assert gifts.preview(offer=everybody, at=NOW).total_minor == 800
    assert gifts.preview(offer=few, at=NOW).contact_count == 1
    gifts.carry_out(run=gifts.grant_now(offer=few, actor=None, at=NOW), at=NOW)
    assert till.commerce(tagged) == "2.00"
    assert till.commerce(club.ann) == "0.00"


def test_pressing_twice_in_a_second_is_one_run_and_later_another(club: Club) -> None:
    offer = gift(club)
    first = gifts.grant_now(offer=offer, actor=None, at=NOW)
    assert gifts.grant_now(offer=offer, actor=None, at=NOW) == first
    gifts.grant_now(offer=offer, actor=None, at=NOW + timedelta(seconds=1))
    assert gifts.carry_out_due(at=NOW + timedelta(minutes=1)) == 2
    assert till.commerce(club.ann) == "4.00"


def test_only_an_active_gift_is_given(club: Club) -> None:
    offer = gift(club, active=False)
    with pytest.raises(DomainError) as refused:
        gifts.grant_now(offer=offer, actor=None, at=NOW)
    assert refused.value.code == "GIFT_NOT_GIVEN"
    with pytest.raises(DomainError):
        gifts.grant_now(offer=make_offer(club.s1, percentage="5"), actor=None, at=NOW)


def test_a_gift_that_is_switched_off_ends_its_run(club: Club) -> None:
    three_members(club)
    offer = gift(club)
    run = gifts.grant_now(offer=offer, actor=None, at=NOW)
    gifts._next_page(run.pk, 1, NOW)
    offers.deactivate(offer=offer, actor=None, at=NOW)
    assert gifts.carry_out(run=run, at=NOW) == 0
    assert Award.objects.count() == 1


def test_birthdays_are_given_on_their_day_and_caught_up_for_a_week(club: Club) -> None:
    till.person(club.business, "Bob Example", born=YearDay(6, 14))
    offer = gift(club, terms=GiftTerms(schedule=GiftRunKind.ON_OCCASION, time_of_day=time(9)))
    noon = local("2026-06-15 12:00")
    gifts.schedule_due(at=noon)
    gifts.carry_out_due(at=noon)
    assert gifts.schedule_due(at=noon) == 0
    given = {award.contact.first_name: award.performed_at for award in Award.objects.all()}
    assert given == {"Bob": local("2026-06-14 09:00"), "Ann": local("2026-06-15 09:00")}
    assert GiftRun.objects.filter(offer=offer).count() == 8


def test_a_moment_and_a_series_become_runs_once(club: Club) -> None:
    gift(club, terms=GiftTerms(schedule=GiftRunKind.AT, at=NOW))
    assert gifts.schedule_due(at=NOW - timedelta(seconds=1)) == 0
    assert [gifts.schedule_due(at=NOW) for _ in range(2)] == [1, 0]
    gift(
        club,
        terms=GiftTerms(
            schedule=GiftRunKind.RECURRING,
            every=1,
            unit=PeriodUnit.WEEKS,
            first_on=date(2026, 4, 1),
        ),
    )
    assert [gifts.schedule_due(at=NOW) for _ in range(2)] == [1, 0]
    assert gifts.carry_out_due(at=NOW) == 2


@pytest.mark.parametrize(
    ("unit", "now", "expected"),
    [
        (PeriodUnit.MONTHS, "2026-03-01 00:00", "2026-02-28 09:00"),
        (PeriodUnit.MONTHS, "2026-04-01 00:00", "2026-03-31 09:00"),
        (PeriodUnit.DAYS, "2026-03-29 09:00", "2026-03-29 09:00"),
        (PeriodUnit.WEEKS, "2026-02-14 08:59", "2026-02-07 09:00"),
    ],
)
def test_a_series_keeps_its_day_and_its_hour(unit: PeriodUnit, now: str, expected: str) -> None:
    terms = GiftTerms(schedule=GiftRunKind.RECURRING, unit=unit, first_on=date(2026, 1, 31))
    found: tuple[datetime, ...] = due(terms, since=SINCE, now=local(now), zone="Asia/Nicosia")
    assert found == (local(expected),)


def test_frozen_books_of_one_business_hold_up_no_gift_of_another(club: Club) -> None:
    stuck = gifts.grant_now(offer=gift(club), actor=None, at=NOW)
    there = make_business("Bright Bikes", at=SINCE)
    pools.ensure_default(business=there, at=SINCE)
    till.person(there, "Cy Example")
    offer = make_offer(make_scheme(there), type="GIFT", amount="2.00")
    gifts.grant_now(offer=offer, actor=None, at=NOW + timedelta(seconds=5))
    frozen = LedgerFreeze.objects.create(business=club.business, frozen_at=NOW)
    later = NOW + timedelta(minutes=1)
    assert gifts.carry_out_due(at=later) == 1
    LedgerFreeze.objects.filter(pk=frozen.pk).update(released_at=later)
    assert gifts.carry_out_due(at=later) == 1
    stuck.refresh_from_db()
    assert stuck.status == GiftRunStatus.DONE
