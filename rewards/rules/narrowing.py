"""The checks of rewards.md 4.1 as intersections: which of these offers pass, all asked at once.

Bits cannot say everything. Half hours, dates, quantities, passes and the past of the contact are asked
again of the few offers that are left by then, one by one, as `rewards.rules.validity` words them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from events.facts import PurchaseFacts
from rewards.choices import TraceReason
from rewards.rules import occasions, validity
from rewards.rules.bits import slots
from rewards.rules.keys import DAY
from rewards.rules.validity import Case

if TYPE_CHECKING:
    from rewards.rules.index import Index

R = TraceReason
NONE_OF_IT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of rewards.md 4.1 put to a set of offers.

    `narrow` returns those of the set that pass; `can_fail` tells whether any offer of an index asks
    for it at all, so that a check nobody asks for costs nothing.
    """

    reason: TraceReason
    can_fail: Callable[[Index], Any]
    narrow: Callable[[Index, int, PurchaseFacts, Case], int]


def _open_schemes(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    for scheme_id in case.closed_schemes:
        alive &= ~index.schemes.values.get(scheme_id, 0)
    return alive


def _available(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    return alive & index.availability.at(facts.performed_at)


def _since_activation(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    return alive & index.activation.at(facts.performed_at)


def _of_currency(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    return alive & index.currencies.values.get(facts.currency, 0)


def _of_members(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    bits, values, at = index.schemes.open, index.schemes.values, facts.performed_at
    assert facts.contact is not None
    for scheme_id, joined_at in facts.contact.memberships.items():
        if joined_at <= at:
            bits |= values.get(scheme_id, 0)
    return alive & bits


def _unblocked(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    return 0 if facts.terms_blocked else alive


def _in_time(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    return alive & ~index.instant if facts.late else alive


def _spendable(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    assert facts.contact is not None
    return alive & ~index.instant if facts.contact.spend_blocked else alive


def _of_segments(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    bits, values = index.segments.open, index.segments.values
    assert facts.contact is not None
    for segment_id in facts.contact.segment_ids:
        bits |= values.get(segment_id, 0)
    return alive & bits


def _on_its_day(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    bits, today = index.occasions.open, facts.local_at.date()
    assert facts.contact is not None
    for terms, offers in index.occasions.values.items():
        if alive & offers and occasions.occurrence_of(terms, facts.contact, today):
            bits |= offers
    return alive & bits


def _at_the_place(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    place = facts.place
    bits = index.anywhere | index.venues.values.get(place.venue_id or 0, 0)
    if place.merchant_id is None:
        bits |= index.businesses.values.get(place.business_id, 0)
    else:
        bits |= index.merchants.values.get(place.merchant_id, 0)
    if index.countries.values:
        bits |= index.countries.values.get(place.country, 0)
    if index.towns.values:
        bits |= index.towns.values.get(place.town.casefold(), 0)
    if index.tags.values:
        for tag in place.tags:
            bits |= index.tags.values.get(tag.casefold(), 0)
    return alive & bits


def _at_the_time(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    at = facts.local_at
    hour = at.weekday() * DAY + at.hour
    alive &= index.hours.open | index.hours.values.get(hour, 0)
    return _asked_again(index, alive, index.rough_hours, case, R.TIME)


def _of_classification(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    dimension = index.classifications
    return alive & (dimension.open | dimension.values.get(facts.classification_id or 0, 0))


def _of_amount(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    return alive & index.amounts.at(facts.total_minor)


def _of_products(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    bits, categories = index.any_product, index.categories.values
    lists_others = index.lists_products_singly
    for line in facts.lines:
        if line.quantity <= NONE_OF_IT:
            continue
        product = line.product
        for category_id in product.category_ids:
            bits |= categories.get(category_id, 0)
        if lists_others:
            bits |= (
                index.products.values.get(product.id, 0)
                | index.families.values.get(product.family_id or 0, 0)
                | index.brands.values.get(product.brand_id or 0, 0)
                | index.types.values.get(product.type_id or 0, 0)
            )
    return _asked_again(index, alive & bits, index.rough_products, case, R.PRODUCT)


def _with_pass(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    return _asked_again(index, alive, index.needs_pass, case, R.PASS)


def _not_too_often(index: Index, alive: int, facts: PurchaseFacts, case: Case) -> int:
    if not case.history.awards:
        return alive
    return _asked_again(index, alive, index.limited, case, R.FREQUENCY)


def _asked_again(index: Index, alive: int, doubtful: int, case: Case, reason: TraceReason) -> int:
    """Put the check to the doubtful ones of the set one by one, as the specification words it."""
    if not alive & doubtful:
        return alive
    holds = validity.CHECKS[reason]
    for slot in slots(alive & doubtful):
        if not holds(index.offers[slot], case):
            alive ^= 1 << slot
    return alive


CHECKS = (
    Check(
        R.OFFER_INACTIVE,
        lambda index: index.active != index.live,
        lambda index, alive, facts, case: alive & index.active,
    ),
    Check(R.SCHEME_INACTIVE, lambda index: index.schemes.values, _open_schemes),
    Check(R.NOT_AVAILABLE, lambda index: index.availability.edges, _available),
    Check(R.BEFORE_ACTIVATION, lambda index: index.activation.edges, _since_activation),
    Check(R.CURRENCY_MISMATCH, lambda index: True, _of_currency),
    Check(R.NOT_MEMBER, lambda index: index.schemes.values, _of_members),
    Check(R.TERMS_BLOCKED, lambda index: True, _unblocked),
    Check(R.LATE_INSTANT, lambda index: index.instant, _in_time),
    Check(R.SPEND_BLOCKED, lambda index: index.instant, _spendable),
    Check(R.SEGMENT, lambda index: index.segments.values, _of_segments),
    Check(R.OCCASION, lambda index: index.occasions.values, _on_its_day),
    Check(R.LOCATION, lambda index: index.anywhere != index.live, _at_the_place),
    Check(R.TIME, lambda index: index.hours.values or index.rough_hours, _at_the_time),
    Check(R.CLASSIFICATION, lambda index: index.classifications.values, _of_classification),
    Check(R.AMOUNT, lambda index: index.amounts.edges, _of_amount),
    Check(
        R.PRODUCT,
        lambda index: index.any_product != index.live or index.rough_products,
        _of_products,
    ),
    Check(R.PASS, lambda index: index.needs_pass, _with_pass),
    Check(R.FREQUENCY, lambda index: index.limited, _not_too_often),
)
