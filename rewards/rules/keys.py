"""What the index looks an offer up by: one entry for each question that can be put to all at once.

A flag is a yes or no of the offer, a dimension a list of values, an interval a pair of bounds. Hours are
those of the week, 0 to 167, and stand for "somewhere in this hour": an offer whose times are finer
than that is flagged as rough and asked again by itself, and so is one that counts quantities.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from events.conditions import TimeRow
from rewards.choices import Occasion
from rewards.configuration import Offer
from rewards.rules import frequency
from rewards.rules.bits import Bounds

DAY, WEEK = 24, 168
NOWHERE = (0, 0)


def hours(offer: Offer) -> frozenset[int]:
    """Return the hours of the week that the offer's times touch; none when they touch every hour."""
    touched = frozenset(hour for row in offer.conditions.time.rows for hour in _hours_of(row))
    return frozenset() if len(touched) == WEEK else touched


def _hours_of(row: TimeRow) -> Iterator[int]:
    first, last = row.start_minute // 60, -(-row.end_minute // 60)
    if row.crosses_midnight:
        last += DAY
    for weekday in row.weekdays or range(7):
        for hour in range(first, last):
            yield (weekday * DAY + hour) % WEEK


def has_rough_hours(offer: Offer) -> bool:
    """Tell whether the hours of the week say less than the offer's times do."""
    return any(
        row.start_minute % 60 or row.end_minute % 60 or row.from_on or row.to_on or row.yearly_from
        for row in offer.conditions.time.rows
    )


def amounts(offer: Offer) -> Bounds:
    """Return the bounds of the total as [min, max + 1); in another currency nothing lies in them."""
    amount = offer.conditions.amount
    if amount is None or amount.is_empty:
        return (None, None)
    if amount.currency != offer.currency:
        return NOWHERE
    return (amount.min_minor, None if amount.max_minor is None else amount.max_minor + 1)


FLAGS: dict[str, Callable[[Offer], bool]] = {
    "active": lambda offer: offer.is_active,
    "instant": lambda offer: offer.is_instant,
    "anywhere": lambda offer: offer.conditions.location.is_empty,
    "any_product": lambda offer: not _lists_products(offer),
    "rough_hours": has_rough_hours,
    "rough_products": lambda offer: offer.conditions.products.min_quantity > 1,
    "needs_pass": lambda offer: offer.requires_pass,
    "limited": frequency.is_limited,
}
DIMENSIONS: dict[str, Callable[[Offer], Iterable[Hashable]]] = {
    "currencies": lambda offer: (offer.currency,),
    "schemes": lambda offer: () if offer.scheme_id is None else (offer.scheme_id,),
    "segments": lambda offer: offer.conditions.segments.segment_ids,
    "occasions": lambda offer: () if offer.occasion.kind == Occasion.NONE else (offer.occasion,),
    "businesses": lambda offer: offer.conditions.location.business_ids,
    "merchants": lambda offer: offer.conditions.location.merchant_ids,
    "venues": lambda offer: offer.conditions.location.venue_ids,
    "countries": lambda offer: offer.conditions.location.countries,
    "towns": lambda offer: {town.casefold() for town in offer.conditions.location.towns},
    "tags": lambda offer: {tag.casefold() for tag in offer.conditions.location.tags},
    "hours": hours,
    "classifications": lambda offer: offer.conditions.classification.classification_ids,
    "products": lambda offer: offer.conditions.products.product_ids,
    "families": lambda offer: offer.conditions.products.family_ids,
    "brands": lambda offer: offer.conditions.products.brand_ids,
    "types": lambda offer: offer.conditions.products.type_ids,
    "categories": lambda offer: offer.conditions.products.category_ids,
}
INTERVALS: dict[str, Callable[[Offer], Bounds]] = {
    "availability": lambda offer: (offer.available_from, offer.available_to),
    "activation": lambda offer: (
        (offer.activated_at, None) if offer.available_from is None else (None, None)
    ),
    "amounts": amounts,
}


def _lists_products(offer: Offer) -> bool:
    asked: Any = offer.conditions.products
    return bool(
        asked.product_ids
        or asked.family_ids
        or asked.brand_ids
        or asked.type_ids
        or asked.category_ids
    )
