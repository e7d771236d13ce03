"""Who is given a code, in which order, and what a "no" leaves behind (vouchers.md 5.1 to 5.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.models import OutboxEvent
from directory.models import Organisation
from tests.factories.directory import make_contact
from tests.factories.vouchers import link_list, make_batch, make_campaign, make_codes, make_list
from tests.vouchers.campaigning import (
    DAY,
    NOW,
    ask,
    available,
    code_of,
    hold,
    outcomes,
    person,
    running,
    stocked,
)
from tests.vouchers.conservation import faults
from vouchers import happenings
from vouchers.choices import LeafKind, Outcome, Source
from vouchers.models import Attempt, Campaign, Issuance, VoucherCode
from vouchers.recipients import of_contact
from vouchers.selectors.numbers import numbers
from vouchers.services import campaign_rules
from vouchers.services.campaign_rules import GroupData, LeafData
from vouchers.services.issuing import KeyReused, ReasonRequired

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(db: None) -> Iterator[None]:
    yield
    assert faults() == []


def test_a_code_is_given_with_its_event_counters_and_line_in_the_log(acme: Organisation) -> None:
    sale = stocked(acme, 3)
    campaign = running(sale)
    given = ask(campaign, key="event:1")
    assert given.outcome == Outcome.ISSUED
    assert given.issuance is not None
    event = OutboxEvent.objects.get(topic=happenings.REWARDED)
    assert event.payload["issuance_id"] == given.issuance.pk
    assert code_of(given) not in str(event.payload)
    assert (numbers(sale, at=NOW).issued, numbers(sale, at=NOW).available) == (1, 2)
    line = Attempt.objects.get(campaign=campaign)
    assert (line.outcome, line.issuance_id) == (Outcome.ISSUED, given.issuance.pk)


def test_the_same_key_is_answered_by_the_same_code(acme: Organisation) -> None:
    campaign = running(stocked(acme, 3), max_per_recipient=5)
    first, again = ask(campaign, key="event:1"), ask(campaign, key="event:1")
    assert outcomes(first, again) == [Outcome.ISSUED, Outcome.ALREADY_ISSUED]
    assert code_of(first) == code_of(again)
    assert OutboxEvent.objects.filter(topic=happenings.REWARDED).count() == 1


def test_a_key_of_somebody_else_is_refused(acme: Organisation) -> None:
    campaign = running(stocked(acme, 3))
    ask(campaign, person("ana"), key="event:1")
    with pytest.raises(KeyReused):
        ask(campaign, person("ben"), key="event:1")


@pytest.mark.scenario("VCH-39")
def test_limits_of_a_person_hold_in_all_and_by_the_day(acme: Organisation) -> None:
    sale = stocked(acme, 9)
    once = running(sale)
    assert outcomes(ask(once), ask(once)) == [Outcome.ISSUED, Outcome.LIMIT_REACHED]
    assert available(sale) == 8
    daily = running(sale, max_per_recipient=3, max_per_day=1)
    assert outcomes(ask(daily), ask(daily)) == [Outcome.ISSUED, Outcome.LIMIT_REACHED]
    tomorrow = [ask(daily, at=NOW + DAY), ask(daily, at=NOW + DAY)]
    assert outcomes(*tomorrow) == [Outcome.ISSUED, Outcome.LIMIT_REACHED]
    assert tomorrow[1].reason == "has 1 of 1 today"


@pytest.mark.scenario("VCH-46")
def test_a_quota_leaves_the_rest_to_the_other_campaign(acme: Organisation) -> None:
    sale = stocked(acme, 100)
    first = make_campaign(sale, quota=30, on_exhaustion="stop")
    second = make_campaign(sale, on_exhaustion="stop")
    theirs = [ask(first, person(n)).outcome for n in range(31)]
    assert theirs == [Outcome.ISSUED] * 30 + [Outcome.EXHAUSTED]
    ours = [ask(second, person(n)).outcome for n in range(71)]
    assert ours == [Outcome.ISSUED] * 70 + [Outcome.EXHAUSTED]


@pytest.mark.scenario("VCH-47")
def test_lists_are_used_by_priority_and_again_as_soon_as_they_can_be(acme: Organisation) -> None:
    first, second = stocked(acme, 0, tag="first"), stocked(acme, 5, tag="second")
    campaign = running(first)
    link_list(campaign, second)
    assert code_of(ask(campaign, person(1))).startswith("SECOND")
    make_codes(first, 1)
    assert code_of(ask(campaign, person(2))).startswith("FIRST")
    assert code_of(ask(campaign, person(3))).startswith("SECOND")


@pytest.mark.scenario("VCH-48")
def test_a_sequential_list_gives_its_codes_in_the_order_of_upload(acme: Organisation) -> None:
    sale = stocked(acme, 0)
    make_codes(sale, codes=["B", "A", "C"])
    make_codes(sale, codes=["E", "D"])
    campaign = running(sale)
    assert [code_of(ask(campaign, person(n))) for n in range(5)] == ["B", "A", "C", "E", "D"]


@pytest.mark.scenario("VCH-49")
def test_a_list_that_expired_a_second_ago_gives_nothing_though_no_job_has_run(
    acme: Organisation,
) -> None:
    noon = NOW.replace(hour=12, minute=0)
    sale = stocked(acme, 5, expires_at=noon)
    campaign = running(sale, min_validity_days=0, on_exhaustion="stop")
    assert ask(campaign, person(1), at=noon - timedelta(seconds=1)).outcome == Outcome.ISSUED
    late = ask(campaign, person(2), at=noon + timedelta(seconds=1))
    assert late.outcome == Outcome.LIST_UNAVAILABLE
    assert late.reason == f"list {sale.name} is expired"
    assert available(sale) == 4


@pytest.mark.scenario("VCH-51")
def test_codes_that_end_too_soon_are_passed_over_and_the_log_says_so(acme: Organisation) -> None:
    ends = NOW + 2 * DAY
    sale = stocked(acme, 5, redeem_rule="fixed_date", redeem_until=ends)
    campaign = running(sale, min_validity_days=3, on_exhaustion="stop")
    assert ask(campaign).outcome == Outcome.LIST_UNAVAILABLE
    assert available(sale) == 5
    line = Attempt.objects.get(campaign=campaign)
    assert line.reason == f"codes of list {sale.name} are good for too short a time"


def test_an_upload_with_an_end_of_its_own_is_good_for_as_long_as_it_says(
    acme: Organisation,
) -> None:
    sale = stocked(acme, 0, redeem_rule="fixed_date", redeem_until=NOW + 2 * DAY)
    longer = NOW + 30 * DAY
    make_codes(sale, codes=["SHORT"])
    (long,) = make_codes(sale, codes=["LONG"], batch=make_batch(sale, redeem_until=longer))
    VoucherCode.objects.filter(pk=long.pk).update(redeem_until=longer)
    given = ask(running(sale, min_validity_days=3))
    assert code_of(given) == "LONG"
    assert given.issuance is not None
    assert given.issuance.redeem_until == longer


def test_the_end_of_validity_counts_from_the_day_of_issue(acme: Organisation) -> None:
    sale = stocked(acme, 1, redeem_rule="days_after_issue", redeem_days=10)
    given = ask(running(sale)).issuance
    assert given is not None
    assert given.redeem_until == NOW + 10 * DAY


@pytest.mark.scenario("VCH-54")
def test_when_nothing_is_left_everybody_gets_the_fallback_or_the_campaign_stops(
    acme: Organisation,
) -> None:
    sale = stocked(acme, 1)
    kind = running(sale, on_exhaustion="fallback_code", fallback_code="EVERYBODY")
    ask(kind, person(1))
    before = numbers(sale, at=NOW)
    given = ask(kind, person(2))
    assert given.outcome == Outcome.FALLBACK
    assert given.issuance is not None
    assert (given.issuance.is_fallback, given.issuance.fallback_code) == (True, "EVERYBODY")
    assert numbers(sale, at=NOW) == before
    assert ask(kind, person(2)).outcome == Outcome.LIMIT_REACHED
    strict = running(sale, on_exhaustion="stop")
    assert ask(strict, person(3)).outcome == Outcome.EXHAUSTED
    strict.refresh_from_db()
    assert strict.status == "exhausted"
    assert ask(strict, person(4)).outcome == Outcome.EXHAUSTED


def test_the_cap_counts_what_is_put_aside_and_ends_the_giving(acme: Organisation) -> None:
    sale = stocked(acme, 9)
    campaign = running(sale, max_total=2)
    assert outcomes(ask(campaign, person(1)), hold(campaign, person(2))) == [
        Outcome.ISSUED,
        Outcome.RESERVED,
    ]
    assert ask(campaign, person(3)).outcome == Outcome.CAP_REACHED
    campaign.refresh_from_db()
    assert campaign.status == "exhausted"
    assert ask(campaign, person(4)).outcome == Outcome.CAP_REACHED
    assert available(sale) == 7


@pytest.mark.scenario("VCH-58")
def test_only_the_list_that_a_code_comes_from_loses_one(acme: Organisation) -> None:
    """Both branches of the condition speak of a list; asking them takes nothing."""
    one, other, chosen = stocked(acme, 3), stocked(acme, 3), stocked(acme, 3)
    campaign = running(chosen, status="draft")
    campaign_rules.replace(
        campaign=campaign,
        join="any",
        groups=[
            GroupData("all", [LeafData(kind=LeafKind.HAS_VOUCHER, voucher_list_id=one.pk)]),
            GroupData(
                "all",
                [LeafData(kind=LeafKind.HAS_VOUCHER, voucher_list_id=other.pk, is_negated=True)],
            ),
        ],
        version=campaign.version,
        at=NOW,
    )
    Campaign.objects.filter(pk=campaign.pk).update(status="running")
    ana = of_contact(make_contact(acme, "Ana"))
    assert ask(campaign, ana).outcome == Outcome.ISSUED
    assert [available(one), available(other), available(chosen)] == [3, 3, 2]


@pytest.mark.parametrize("status", ["draft", "scheduled", "paused", "ended", "archived"])
def test_a_campaign_that_does_not_run_gives_nothing_and_writes_down_who_came(
    acme: Organisation, status: str
) -> None:
    sale = stocked(acme, 3)
    campaign = running(sale, status=status)
    refused = ask(campaign)
    assert (refused.outcome, refused.reason) == (Outcome.NOT_RUNNING, f"campaign {status}")
    assert available(sale) == 3
    assert Attempt.objects.get(campaign=campaign).reason == f"campaign {status}"


def test_a_campaign_past_its_end_gives_nothing_though_no_job_has_run(acme: Organisation) -> None:
    campaign = running(stocked(acme, 3), ends_at=NOW)
    assert ask(campaign).outcome == Outcome.NOT_RUNNING
    assert ask(campaign, at=NOW - timedelta(seconds=1)).outcome == Outcome.ISSUED


def test_a_code_by_hand_needs_a_reason_and_leaves_limits_alone(acme: Organisation) -> None:
    campaign = running(stocked(acme, 3))
    with pytest.raises(ReasonRequired):
        ask(campaign, source=Source.MANUAL)
    assert ask(campaign, source=Source.MANUAL, reason="Lost hers").outcome == Outcome.ISSUED
    again = ask(campaign, source=Source.MANUAL, reason="Lost hers")
    assert again.outcome == Outcome.LIMIT_REACHED


def test_an_exposed_code_is_named_nowhere_but_in_its_row(acme: Organisation) -> None:
    campaign = running(stocked(acme, 1))
    given = ask(campaign)
    texts = [str(vars(row)) for row in (*OutboxEvent.objects.all(), *Attempt.objects.all())]
    texts += [repr(row) for row in Issuance.objects.all()]
    assert not any(code_of(given) in text for text in texts)


def test_an_archived_list_gives_nothing(acme: Organisation) -> None:
    campaign = running(make_list(stocked(acme, 0).partner, status="archived"), on_exhaustion="stop")
    assert ask(campaign).outcome == Outcome.LIST_UNAVAILABLE
