"""What a purchase costs in queries: the same at any number of offers and lines."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.segments import kinds
from events.conditions import ConditionSet, SegmentCondition
from events.models import BusinessEvent
from events.models import ConditionSet as StoredConditions
from rewards.models import OfferVersion, RewardOffer
from rewards.selectors.snapshots import snapshot_of
from rewards.services import evaluating
from rewards.services.changes import lock_for_change
from tests.factories.floor import make_segment
from tests.factories.rewards import give_pass, make_offer
from tests.rewards import till
from tests.rewards.till import NOW, Club, buy, line

pytestmark = pytest.mark.django_db
MOST = 10


def add_offers(club: Club, count: int) -> None:
    """Add offers that ask for more than anybody spends: one by the service, the others its copies."""
    never = make_offer(club.s1, percentage="5", minimum="9000.00")
    version = OfferVersion.objects.get(offer=never, number=never.version)
    sets = StoredConditions.objects.bulk_create(
        copy_of(never.condition_set) for _ in range(count - 1)
    )
    amount = never.condition_set.amount
    type(amount).objects.bulk_create(copy_of(amount, conditions=one) for one in sets)
    copies = RewardOffer.objects.bulk_create(
        copy_of(never, name=f"{never.name} {n}", number=never.number * 1000 + n, condition_set=one)
        for n, one in enumerate(sets)
    )
    OfferVersion.objects.bulk_create(copy_of(version, offer=one) for one in copies)
    lock_for_change(business=club.business)


def copy_of(row: Any, **changes: Any) -> Any:
    """Return the row once more, unsaved, with something changed."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in {"public_id", *changes}
    }
    return type(row)(**values, **changes)


def of_lines(count: int) -> dict[str, Any]:
    """Return a basket of that many different lines."""
    lines = tuple(line(("ESP", "JUI", "CAKE")[n % 3], f"{n + 1}.00") for n in range(count))
    return {"total": till.euros(sum(one.total_minor for one in lines)), "lines": lines}


@pytest.mark.parametrize("offers", [10, 100, 1_000])
def test_evaluating_asks_the_same_at_any_number_of_offers_and_lines(
    club: Club, offers: int, django_assert_num_queries: Any
) -> None:
    locals_ = make_segment(club.business, kinds["town"].from_values({"towns": ["Nicosia"]}))
    asked = ConditionSet(segments=SegmentCondition(frozenset({locals_.pk})))
    make_offer(club.s1, percentage="20", rules=asked)
    make_offer(club.s1, percentage="10")
    give_pass(make_offer(club.s1, percentage="5", requires_pass=True), "SPRING", max_usage=100)
    add_offers(club, offers - 3)
    for count in (5, 50):
        bought = buy(club, **of_lines(count), pass_code="SPRING")
        assert (len(bought.traces), len(bought.awards)) == (offers, 2)
        assert bought.event is not None
        event = BusinessEvent.objects.get(pk=bought.event.pk)
        with django_assert_num_queries(MOST):
            evaluating.look_at_purchase(event=event, contact=club.ann, at=NOW)


def test_a_whole_purchase_costs_the_same_at_any_number_of_offers_and_lines(club: Club) -> None:
    make_offer(club.s1, percentage="10")
    buy(club)
    counts = set()
    for more in (10, 90):
        add_offers(club, more)
        snapshot_of(business=club.business)
        for count in (5, 50):
            with CaptureQueriesContext(connection) as seen:
                buy(club, **of_lines(count))
            counts.add(len(seen))
    assert len(counts) == 1
