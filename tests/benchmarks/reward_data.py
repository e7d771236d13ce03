"""Active reward offers of a busy chain and purchases to put to them, and two references by hand.

The references answer the questions that these offers ask and no other: the closures one offer after the
other, the bit sets all at once. Both know beforehand that every offer is active, available and in euros,
and that Ann is a member everywhere; the product is not told.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from events.conditions import (
    AmountCondition,
    ClassificationCondition,
    ConditionSet,
    LocationCondition,
    ProductCondition,
    SegmentCondition,
    TimeCondition,
    TimeRow,
)
from events.facts import ContactFacts, LineFacts, PlaceFacts, ProductFacts, PurchaseFacts
from rewards import offer_types
from rewards.choices import AwardForm, RedeemMethod
from rewards.configuration import AwardTerms, Offer

ZONE = ZoneInfo("Asia/Nicosia")
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
VENUES, CATEGORIES, CLASSES, SCHEMES, SEGMENTS = 40, 60, 3, 4, 8  # segments stand for the tiers too
PRODUCTS = [
    ProductFacts(
        id=number, sku=f"P{number}", category_ids=frozenset({number % CATEGORIES, CATEGORIES})
    )
    for number in range(400)
]


def offers(count: int) -> list[Offer]:
    """Return that many offers, the same ones every time."""
    chance = random.Random(42)
    return [_offer(chance, number) for number in range(1, count + 1)]


def _offer(chance: random.Random, number: int) -> Offer:
    of_products = chance.random() < 0.5
    percentage = AwardTerms(form=AwardForm.PERCENTAGE, percentage=Decimal(chance.randint(1, 20)))
    amount = AwardTerms(form=AwardForm.AMOUNT, amount_minor=chance.randint(50, 500))
    return Offer(
        id=number,
        type=offer_types.get("BUNDLE" if of_products else "DISCOUNT"),
        currency="EUR",
        award=percentage if chance.random() < 0.5 else amount,
        scheme_id=chance.randint(1, SCHEMES),
        activated_at=SINCE + timedelta(minutes=number),
        pool_version_id=1,
        redeem_method=RedeemMethod.INSTANT if chance.random() < 0.3 else RedeemMethod.DEFERRED,
        conditions=_conditions(chance, of_products=of_products),
    )


def _conditions(chance: random.Random, *, of_products: bool) -> ConditionSet:
    parts: dict[str, Any] = {}
    if chance.random() < 0.9:
        parts["location"] = LocationCondition(venue_ids=_some(chance, VENUES, 3))
    if chance.random() < 0.7:
        first = chance.randint(6, 20)
        days = frozenset(chance.sample(range(7), chance.randint(1, 5)))
        row = TimeRow(weekdays=days, start_minute=first * 60, end_minute=(first + 3) * 60)
        parts["time"] = TimeCondition((row,))
    if chance.random() < 0.3:
        parts["segments"] = SegmentCondition(_some(chance, SEGMENTS, 2))
    if chance.random() < 0.2:
        parts["classification"] = ClassificationCondition(_some(chance, CLASSES, 1))
    if chance.random() < 0.5:
        least = chance.choice([500, 1000, 2000, 5000])
        parts["amount"] = AmountCondition(currency="EUR", min_minor=least)
    if of_products:
        parts["products"] = ProductCondition(category_ids=_some(chance, CATEGORIES, 2))
    return ConditionSet(**parts)


def _some(chance: random.Random, highest: int, most: int) -> frozenset[int]:
    return frozenset(chance.sample(range(1, highest), chance.randint(1, most)))


def purchases(count: int, lines: int = 5) -> list[PurchaseFacts]:
    """Return that many purchases of Ann's, in all hours of some weeks, the same ones every time."""
    chance = random.Random(7)
    return [_purchase(chance, number, lines) for number in range(count)]


def _purchase(chance: random.Random, number: int, lines: int) -> PurchaseFacts:
    performed_at = datetime(2026, 5, 4, 3, tzinfo=UTC) + timedelta(
        minutes=chance.randint(0, 30_000)
    )
    bought = tuple(
        LineFacts(
            product=product,
            quantity=Decimal(chance.randint(1, 3)),
            total_minor=(total := chance.randint(100, 2000)),
            net_minor=total,
        )
        for product in chance.sample(PRODUCTS, lines)
    )
    total_minor = sum(line.total_minor for line in bought)
    return PurchaseFacts(
        reference=f"events.event:{number}",
        contact=ContactFacts(
            id=1,
            registered_at=SINCE,
            segment_ids=_some(chance, SEGMENTS, 3),
            memberships=dict.fromkeys(range(1, SCHEMES + 1), SINCE),
        ),
        place=PlaceFacts(business_id=1, merchant_id=2, venue_id=chance.randint(1, VENUES - 1)),
        performed_at=performed_at,
        local_at=performed_at.astimezone(ZONE),
        received_at=performed_at,
        classification_id=chance.choice([None, 1, 2]),
        currency="EUR",
        total_minor=total_minor,
        net_minor=total_minor,
        lines=bought,
    )


Ask = Callable[[PurchaseFacts], bool]


def closures(offers: Sequence[Offer]) -> Callable[[PurchaseFacts], list[int]]:
    """Return the plain loop: each offer is a list of small functions, the first refusal ends it."""
    compiled = [(offer.id, _asks(offer.conditions)) for offer in offers]

    def matching(facts: PurchaseFacts) -> list[int]:
        found = []
        for number, asks in compiled:
            for ask in asks:
                if not ask(facts):
                    break
            else:
                found.append(number)
        return found

    return matching


def _asks(conditions: ConditionSet) -> list[Ask]:
    asks: list[Ask] = []
    if venues := conditions.location.venue_ids:
        asks.append(lambda facts: facts.place.venue_id in venues)
    if rows := conditions.time.rows:
        (row,) = rows
        days, first, end = row.weekdays, row.start_minute // 60, row.end_minute // 60
        asks.append(
            lambda facts: facts.local_at.weekday() in days and first <= facts.local_at.hour < end
        )
    if segments := conditions.segments.segment_ids:
        asks.append(
            lambda facts: (
                facts.contact is not None and not segments.isdisjoint(facts.contact.segment_ids)
            )
        )
    if classes := conditions.classification.classification_ids:
        asks.append(lambda facts: facts.classification_id in classes)
    if conditions.amount is not None:
        least = conditions.amount.min_minor or 0
        asks.append(lambda facts: facts.total_minor >= least)
    if categories := conditions.products.category_ids:
        asks.append(
            lambda facts: any(
                not categories.isdisjoint(line.product.category_ids) for line in facts.lines
            )
        )
    return asks


def bitsets(offers: Sequence[Offer]) -> Callable[[PurchaseFacts], list[int]]:
    """Return the limit: an integer for each value, one intersection, the matches read off bit by bit.

    Offers that do not ask a question stand in every value of it.
    """
    numbers = [offer.id for offer in offers]
    asked = [offer.conditions for offer in offers]
    venues = _table(range(1, VENUES), [one.location.venue_ids for one in asked])
    segments = _table(range(1, SEGMENTS), [one.segments.segment_ids for one in asked])
    classes = _table([None, 1, 2], [one.classification.classification_ids for one in asked])
    hours = _table(range(168), [_hours(one) for one in asked])
    categories = _table(range(CATEGORIES + 1), [one.products.category_ids for one in asked])
    least = [one.amount.min_minor or 0 if one.amount else 0 for one in asked]
    steps = sorted(set(least))
    totals = [sum(1 << place for place, one in enumerate(least) if one <= step) for step in steps]

    def matching(facts: PurchaseFacts) -> list[int]:
        at = facts.local_at
        assert facts.contact is not None
        alive = venues[facts.place.venue_id] & hours[at.weekday() * 24 + at.hour]
        alive &= classes[facts.classification_id]
        bits = 0
        for segment in facts.contact.segment_ids:
            bits |= segments[segment]
        alive &= bits
        bits = 0
        for line in facts.lines:
            for category in line.product.category_ids:
                bits |= categories[category]
        alive &= bits
        total = facts.total_minor
        alive &= totals[max(place for place, step in enumerate(steps) if step <= total)]
        found = []
        while alive:
            lowest = alive & -alive
            found.append(numbers[lowest.bit_length() - 1])
            alive ^= lowest
        return found

    return matching


def _hours(conditions: ConditionSet) -> frozenset[int]:
    return frozenset(
        day * 24 + hour
        for row in conditions.time.rows
        for day in row.weekdays
        for hour in range(row.start_minute // 60, row.end_minute // 60)
    )


def _table(values: Any, wanted: Sequence[frozenset[int]]) -> dict[Any, int]:
    return {
        value: sum(1 << place for place, ones in enumerate(wanted) if not ones or value in ones)
        for value in values
    }
