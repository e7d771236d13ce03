"""Does an offer hold for an event? The checks of rewards.md 4.1, in their fixed order.

This is the rule as it stands in the specification, one offer at a time. `rewards.rules.index` asks the
same questions of all offers at once, and a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from events.conditions import Condition
from events.facts import EventFacts, PurchaseFacts
from rewards.choices import ConditionKind, Occasion, TraceReason
from rewards.configuration import History, Offer, Pass
from rewards.facts import currency_of
from rewards.rules import frequency, occasions


class Case(NamedTuple):
    """One event, the past of its contact, and the schemes that are switched off."""

    facts: EventFacts
    history: History
    closed_schemes: frozenset[int] = frozenset()


def is_available(offer: Offer, at: datetime) -> bool:
    """Tell whether the moment lies in [from, to); without a start that side is open."""
    return (offer.available_from is None or offer.available_from <= at) and (
        offer.available_to is None or at < offer.available_to
    )


def is_since_activation(offer: Offer, at: datetime) -> bool:
    """Tell whether the moment counts: with a start any does, else from the latest activation on."""
    if offer.available_from is not None or offer.activated_at is None:
        return True
    return offer.activated_at <= at


def is_open_for(offer: Offer, at: datetime) -> bool:
    """Tell whether the moment lies in the availability, activation included."""
    return is_available(offer, at) and is_since_activation(offer, at)


def is_member(offer: Offer, facts: EventFacts) -> bool:
    """Tell whether the contact had joined the scheme by then; no scheme asks for no membership."""
    if offer.scheme_id is None:
        return True
    joined_at = facts.contact.memberships.get(offer.scheme_id) if facts.contact else None
    return joined_at is not None and joined_at <= facts.performed_at


def _has_its_day(offer: Offer, case: Case) -> bool:
    if offer.occasion.kind == Occasion.NONE:
        return True
    return occasions.occurrence_for(offer, case.facts) is not None


def unlocks(pass_: Pass, offer: Offer, facts: PurchaseFacts) -> bool:
    """Tell whether the pass opens the offer for this purchase (rewards.md 3.3).

    It must be of this offer and active, in its validity [from, to), used less often than it may be,
    in the currency of the purchase, and for this contact where it is meant for one.
    """
    contact_id = facts.contact.id if facts.contact else None
    at = facts.performed_at
    return (
        pass_.code == facts.pass_code
        and pass_.offer_id == offer.id
        and pass_.is_active
        and pass_.used < pass_.max_usage
        and _is_valid_at(pass_, at)
        and pass_.currency in ("", facts.currency)
        and pass_.contact_id in (None, contact_id)
    )


def _is_valid_at(pass_: Pass, at: datetime) -> bool:
    return (pass_.valid_from is None or pass_.valid_from <= at) and (
        pass_.valid_to is None or at < pass_.valid_to
    )


def _has_pass(offer: Offer, case: Case) -> bool:
    facts = case.facts
    if not offer.requires_pass:
        return True
    return isinstance(facts, PurchaseFacts) and any(
        unlocks(pass_, offer, facts) for pass_ in case.history.passes
    )


def condition_of(offer: Offer, kind: ConditionKind) -> Condition | None:
    """Return the offer's condition of that kind, or None where it restricts nothing."""
    condition: Condition | None = getattr(offer.conditions, kind.value)
    return None if condition is None or condition.is_empty else condition


def _condition(kind: ConditionKind) -> Callable[[Offer, Case], bool]:
    def holds(offer: Offer, case: Case) -> bool:
        condition = condition_of(offer, kind)
        return condition is None or condition.holds(case.facts)

    return holds


Holds = Callable[[Offer, Case], bool]
R = TraceReason
CHECKS: dict[TraceReason, Holds] = {
    R.OFFER_INACTIVE: lambda offer, case: offer.is_active,
    R.SCHEME_INACTIVE: lambda offer, case: offer.scheme_id not in case.closed_schemes,
    R.NOT_AVAILABLE: lambda offer, case: is_available(offer, case.facts.performed_at),
    R.BEFORE_ACTIVATION: lambda offer, case: is_since_activation(offer, case.facts.performed_at),
    R.CURRENCY_MISMATCH: lambda offer, case: offer.currency == currency_of(case.facts),
    R.NOT_MEMBER: lambda offer, case: is_member(offer, case.facts),
    R.TERMS_BLOCKED: lambda offer, case: not case.facts.terms_blocked,
    R.LATE_INSTANT: lambda offer, case: not (offer.is_instant and case.facts.late),
    R.SPEND_BLOCKED: lambda offer, case: not (offer.is_instant and _may_not_spend(case.facts)),
    R.SEGMENT: _condition(ConditionKind.SEGMENTS),
    R.OCCASION: _has_its_day,
    R.LOCATION: _condition(ConditionKind.LOCATION),
    R.TIME: _condition(ConditionKind.TIME),
    R.CLASSIFICATION: _condition(ConditionKind.CLASSIFICATION),
    R.AMOUNT: _condition(ConditionKind.AMOUNT),
    R.PRODUCT: _condition(ConditionKind.PRODUCTS),
    R.PASS: _has_pass,
    R.FREQUENCY: lambda offer, case: frequency.holds(offer, case.facts, case.history),
}
CONDITION_CODES: dict[TraceReason, ConditionKind] = {
    R.SEGMENT: ConditionKind.SEGMENTS,
    R.LOCATION: ConditionKind.LOCATION,
    R.TIME: ConditionKind.TIME,
    R.CLASSIFICATION: ConditionKind.CLASSIFICATION,
    R.AMOUNT: ConditionKind.AMOUNT,
    R.PRODUCT: ConditionKind.PRODUCTS,
}


def _may_not_spend(facts: EventFacts) -> bool:
    return facts.contact is not None and facts.contact.spend_blocked


def first_failure(offer: Offer, case: Case) -> TraceReason | None:
    """Return the first check that the offer fails for the event, or None when it matches."""
    return next(failures(offer, case), None)


def failures(offer: Offer, case: Case) -> Iterator[TraceReason]:
    """Go through the checks that fail, in their order; the later ones are asked all the same."""
    return (reason for reason, holds in CHECKS.items() if not holds(offer, case))
