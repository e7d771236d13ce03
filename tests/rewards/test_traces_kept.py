"""What is kept of an evaluation, and for how long (decision D16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory.segments import kinds
from events.conditions import ConditionSet, SegmentCondition
from rewards.models import EvaluationTrace
from rewards.services import tracing
from tests.factories.floor import make_segment
from tests.factories.rewards import make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy

pytestmark = pytest.mark.django_db


def test_every_offer_leaves_a_trace_with_what_was_needed_and_found(club: Club) -> None:
    vip = make_segment(club.business, kinds["tags"].from_values({"tags": ["vip"]}))
    granted = make_offer(club.s1, percentage="5", minimum="10.00")
    only_vip = make_offer(
        club.s1,
        percentage="5",
        rules=ConditionSet(segments=SegmentCondition(segment_ids=frozenset({vip.pk}))),
    )
    bought = buy(club)
    kept = {row.offer_id: row for row in EvaluationTrace.objects.filter(event=bought.event)}
    assert (kept[granted.pk].is_granted, kept[granted.pk].amount_minor) == (True, 100)
    assert (kept[only_vip.pk].is_granted, kept[only_vip.pk].reason) == (False, "SEGMENT")
    failed = [one for one in kept[only_vip.pk].verdicts or [] if not one["passed"]]
    assert [one["code"] for one in failed] == ["SEGMENT"]
    told = kept[granted.pk].verdicts or []
    assert all(one["passed"] for one in told)
    (membership,) = [one for one in told if one["code"] == "NOT_MEMBER"]
    assert membership["needed"] == "a member of S1 by then"
    assert {row.contact_id for row in kept.values()} == {club.ann.pk}


def test_lists_of_what_granted_nothing_go_after_90_days_and_reasons_stay(club: Club) -> None:
    granted = make_offer(club.s1, percentage="5")
    refused = make_offer(club.s1, percentage="5", minimum="500.00")
    bought = buy(club)
    assert tracing.forget(at=NOW + timedelta(days=89)) == 0
    assert tracing.forget(at=NOW + timedelta(days=91)) == 1
    assert tracing.forget(at=NOW + timedelta(days=91)) == 0
    kept = {row.offer_id: row for row in EvaluationTrace.objects.filter(event=bought.event)}
    assert kept[granted.pk].verdicts
    assert (kept[refused.pk].verdicts, kept[refused.pk].reason) == (None, "AMOUNT")
    assert till.given(bought) == ["1.00"]
