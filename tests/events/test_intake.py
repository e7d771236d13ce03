"""Recording events, and reading them back as facts (rewards.md 2.9, 11.2, 11.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.errors import NotFound
from core.models import OutboxEvent
from directory.models import Product
from directory.services import terms
from directory.services.terms import TermsData
from events import drafts
from events.choices import ClassificationType, EvaluationState, EventStatus
from events.conditions import TimeCondition, TimeRow
from events.models import BusinessEvent, PurchaseLine
from events.selectors.events import events_of, first_purchase, subscriptions_of
from events.selectors.facts import draft_facts, event_facts, purchase_facts
from events.services import classifications, intake
from events.services.intake import Occurrence, SubscriptionData
from tests.factories import floor
from tests.factories.directory import MORNING
from tests.factories.floor import AFTERNOON, Cafe, basket, buy, line

pytestmark = pytest.mark.django_db
WEEKDAYS_15_TO_18 = TimeCondition(
    (TimeRow(weekdays=frozenset(range(5)), start_minute=900, end_minute=1080),)
)


@pytest.fixture
def cafe(db: None) -> Cafe:
    return floor.make_cafe()


def test_a_purchase_is_stored_with_its_place_and_lines_and_evaluates_nothing(cafe: Cafe) -> None:
    ann = floor.make_person(cafe.business)
    event = buy(cafe.v1, ann, line("ESP", 500, "2"), line("CAKE", 420), tap=cafe.till)
    assert (event.merchant, event.venue, event.organisation) == (cafe.merchant, cafe.v1, cafe.v1)
    assert event.time_zone == "Asia/Nicosia"
    assert event.evaluation_state == EvaluationState.PENDING
    assert [(row.product.sku, row.quantity) for row in event.purchase.lines.all()] == [
        ("ESP", Decimal(2)),
        ("CAKE", Decimal(1)),
    ]
    entry = OutboxEvent.objects.get(topic="events.purchase")
    assert entry.payload == {"event_id": event.pk}


def test_lines_of_one_sku_and_unit_price_are_merged(cafe: Cafe) -> None:
    event = buy(
        cafe.v1, None, line("ESP", 250), line("ESP", 500, "2"), line("ESP", 200), line("CAKE", 420)
    )
    rows = PurchaseLine.objects.filter(purchase__event=event).order_by("position")
    assert [(row.product.sku, row.quantity, row.total_minor) for row in rows] == [
        ("ESP", Decimal(3), 750),
        ("ESP", Decimal(1), 200),
        ("CAKE", Decimal(1), 420),
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"total_minor": 2001}, drafts.AmountsMismatch),
        ({"lines": (line("ESP", 1998),)}, drafts.AmountsMismatch),
        ({"lines": ()}, drafts.UnusableLines),
        ({"lines": (line("ESP", 2000, "-1"),)}, drafts.UnusableLines),
        ({"lines": (line("ESP", 2000, "0.0001"),)}, drafts.UnusableLines),
        ({"lines": (line("", 2000),)}, drafts.UnusableLines),
        ({"currency": "XXQ"}, drafts.CurrencyUnknown),
        ({"performed_at": AFTERNOON + timedelta(minutes=6)}, drafts.FutureEvent),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    cafe: Cafe, changes: dict[str, object], refusal: type[Exception]
) -> None:
    data = replace(basket(line("ESP", 2000)), net_minor=1681, tax_minor=319, total_minor=2000)
    with pytest.raises(refusal):
        intake.record_purchase(
            business=cafe.business,
            place=cafe.v1,
            data=replace(data, **changes),
            contact=None,
            at=AFTERNOON,
        )
    assert not BusinessEvent.objects.exists()


def test_lines_may_miss_the_total_by_a_minor_unit_each(cafe: Cafe) -> None:
    lines = (line("ESP", 999), line("CAKE", 999))
    data = replace(basket(*lines), net_minor=2000, total_minor=2000)
    drafts.check_purchase(data, at=AFTERNOON)
    with pytest.raises(drafts.AmountsMismatch):
        drafts.check_purchase(replace(data, net_minor=2001, total_minor=2001), at=AFTERNOON)


def test_an_unknown_sku_makes_a_product_for_review(cafe: Cafe) -> None:
    buy(cafe.v1, None, line("NEW", 300, name="Chai", family="Teas"), line("ESP", 250))
    made = Product.objects.get(sku="NEW")
    assert (made.name, made.family and made.family.name, made.needs_review) == (
        "Chai",
        "Teas",
        True,
    )
    assert not made.categories.exists()
    assert not Product.objects.get(sku="ESP").needs_review


def test_a_number_is_reported_once_by_a_place_and_a_cancelled_one_still_blocks_it(
    cafe: Cafe,
) -> None:
    data = replace(basket(line("ESP", 250)), reference_number="R-1001")
    first = intake.record_purchase(
        business=cafe.business, place=cafe.v1, data=data, contact=None, at=AFTERNOON
    )
    intake.cancel(event=first, by="till", reason="void", at=AFTERNOON)
    with pytest.raises(intake.DuplicateReference) as refused:
        intake.record_purchase(
            business=cafe.business, place=cafe.v1, data=data, contact=None, at=AFTERNOON
        )
    assert refused.value.existing == first
    elsewhere = intake.record_purchase(
        business=cafe.business, place=cafe.v2, data=data, contact=None, at=AFTERNOON
    )
    assert elsewhere.pk != first.pk


def test_a_purchase_without_contact_waits_and_is_claimed_once(cafe: Cafe) -> None:
    ann, bob = floor.make_person(cafe.business), floor.make_person(cafe.business)
    event = buy(cafe.v1, None)
    assert (event.evaluation_state, event.evaluation_reason) == ("skipped", "NO_CONTACT")
    intake.claim(event=event, contact=ann, at=AFTERNOON)
    assert (event.contact, event.evaluation_state) == (ann, "pending")
    with pytest.raises(intake.AlreadyClaimed):
        intake.claim(event=event, contact=bob, at=AFTERNOON)


def test_an_event_is_cancelled_once_and_never_deleted(cafe: Cafe) -> None:
    event = buy(cafe.v1, None)
    intake.cancel(event=event, by="staff", reason="typing error", at=AFTERNOON)
    assert event.status == EventStatus.CANCELLED
    with pytest.raises(intake.EventCancelled):
        intake.cancel(event=event, by="till", reason="again", at=AFTERNOON)
    bare = BusinessEvent.objects.filter(pk=event.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        bare._raw_delete(bare.db)
    assert BusinessEvent.objects.filter(pk=event.pk).exists()


def test_a_classification_of_another_kind_or_business_is_not_found(cafe: Cafe) -> None:
    like = classifications.create(
        business=cafe.business, kind=ClassificationType.ACHIEVEMENT, name="Like", at=MORNING
    )
    with pytest.raises(intake.WrongClassification):
        buy(cafe.v1, None, classification=like)
    there = Occurrence(business=cafe.business, place=cafe.v1, performed_at=AFTERNOON)
    with pytest.raises(intake.WrongClassification):
        intake.record_achievement(occurrence=there, at=AFTERNOON)


@pytest.mark.scenario("RWD-44")
def test_hours_are_judged_on_the_clock_of_the_venue(cafe: Cafe) -> None:
    """12:30 UTC on Monday 4 May 2026 is 15:30 in Nicosia."""
    event = buy(cafe.v1, None, at=AFTERNOON.replace(minute=30))
    facts = purchase_facts(event=event, at=event.received_at)
    assert f"{facts.local_at:%H:%M}" == "15:30"
    assert WEEKDAYS_15_TO_18.check(facts) is None


@pytest.mark.scenario("RWD-45")
def test_the_moment_of_the_purchase_counts_and_not_its_arrival(cafe: Cafe) -> None:
    bought = AFTERNOON.replace(hour=14, minute=59)
    event = buy(cafe.v1, None, at=bought, received=bought + timedelta(minutes=31))
    facts = purchase_facts(event=event, at=event.received_at)
    assert f"{facts.local_at:%H:%M}" == "17:59"
    assert WEEKDAYS_15_TO_18.check(facts) is None
    assert not facts.late
    assert not event.is_late


def test_facts_carry_place_products_and_categories_closed_upwards(cafe: Cafe) -> None:
    ann = floor.make_person(cafe.business, born=(1990, 5, 17))
    event = buy(cafe.v1, ann, line("ESP", 500, "2"), line("CAKE", 420))
    facts = purchase_facts(event=event, at=AFTERNOON)
    espresso, cake = facts.lines
    assert espresso.product.category_ids == {cafe.coffee.pk, cafe.hot.pk, cafe.drinks.pk}
    assert cake.product.brand_id == cafe.cake.brand_id
    place = facts.place
    assert (place.business_id, place.merchant_id, place.venue_id) == (
        cafe.business.pk,
        cafe.merchant.pk,
        cafe.v1.pk,
    )
    # The venue has neither country nor town of its own and takes its merchant's.
    assert (place.country, place.town, place.tags, place.name) == (
        "CY",
        "Nicosia",
        {"harbour"},
        "V1",
    )
    assert facts.contact is not None
    assert (facts.contact.birth, facts.contact.birth_year) == ((5, 17), 1990)


def test_a_venue_of_the_business_itself_has_no_merchant(cafe: Cafe) -> None:
    facts = purchase_facts(event=buy(cafe.v2, None), at=AFTERNOON)
    assert (facts.place.merchant_id, facts.place.country) == (None, "GR")
    assert f"{facts.local_at:%Z}" == "EEST"


def test_blocked_terms_of_the_merchant_mark_its_events(cafe: Cafe) -> None:
    event = buy(cafe.v1, None)
    assert not purchase_facts(event=event, at=AFTERNOON).terms_blocked
    terms.agree(
        business=cafe.business,
        organisation=cafe.merchant,
        data=TermsData(method="on_award", blocked=True),
        actor=None,
        at=MORNING,
    )
    assert purchase_facts(event=event, at=AFTERNOON).terms_blocked
    assert not purchase_facts(event=buy(cafe.v2, None), at=AFTERNOON).terms_blocked


def test_an_estimate_has_the_facts_of_the_real_purchase_and_stores_nothing(cafe: Cafe) -> None:
    ann = floor.make_person(cafe.business)
    data = basket(line("ESP", 250), line("ESP", 250), line("CAKE", 420))
    draft = draft_facts(business=cafe.business, place=cafe.v1, data=data, contact=ann, at=AFTERNOON)
    assert not BusinessEvent.objects.exists()
    event = intake.record_purchase(
        business=cafe.business, place=cafe.v1, data=data, contact=ann, at=AFTERNOON
    )
    real = purchase_facts(event=event, at=AFTERNOON)
    assert replace(draft, reference=real.reference) == real
    unknown = draft_facts(
        business=cafe.business,
        place=cafe.v1,
        data=basket(line("NEW", 100)),
        contact=None,
        at=AFTERNOON,
    )
    assert unknown.lines[0].product.id == 0
    assert not Product.objects.filter(sku="NEW").exists()


def test_facts_of_many_events_take_as_many_queries_as_of_one(
    cafe: Cafe, django_assert_num_queries: object
) -> None:
    ann = floor.make_person(cafe.business)
    events = [buy(cafe.v1, ann).pk, *(buy(cafe.v2, None, line("CAKE", 420)).pk for _ in range(4))]
    for ids in (events[:1], events):
        with django_assert_num_queries(5):  # type: ignore[operator]
            found = event_facts(business=cafe.business, event_ids=ids, at=AFTERNOON)
        assert set(found) == set(ids)


def test_events_of_another_business_are_not_read(cafe: Cafe) -> None:
    other = floor.make_cafe()
    event = buy(other.v1, None)
    assert event_facts(business=cafe.business, event_ids=[event.pk], at=AFTERNOON) == {}
    assert not events_of(business=cafe.business).exists()
    with pytest.raises(NotFound):
        intake.record_purchase(
            business=cafe.business,
            place=other.v1,
            data=basket(line("ESP", 250)),
            contact=None,
            at=AFTERNOON,
        )


def test_the_first_purchase_is_the_earliest_that_stands(cafe: Cafe) -> None:
    ann = floor.make_person(cafe.business)
    later = buy(cafe.v1, ann)
    earlier = buy(cafe.v1, ann, at=AFTERNOON - timedelta(days=1), received=AFTERNOON)
    assert first_purchase(contact=ann) == earlier
    intake.cancel(event=earlier, by="till", reason="void", at=AFTERNOON)
    assert first_purchase(contact=ann) == later


def test_the_newest_report_of_a_subscription_is_its_mirror(cafe: Cafe) -> None:
    ann = floor.make_person(cafe.business)
    for days, estimate in ((3, 5000), (1, 4000)):
        intake.record_subscription(
            occurrence=Occurrence(
                business=cafe.business,
                place=cafe.business,
                contact=ann,
                performed_at=AFTERNOON - timedelta(days=days),
            ),
            data=SubscriptionData(
                subscription_ref="S-1",
                is_active=True,
                is_termed=True,
                is_billable=True,
                estimate_minor=estimate,
                currency="EUR",
            ),
            at=AFTERNOON,
        )
    assert [row.estimate_minor for row in subscriptions_of(business=cafe.business)] == [4000]
