"""Every check of an offer in words: what was needed, what was found, and whether it sufficed.

Traces keep the first failure of every offer; this is the whole list for one of them, made on demand for
the page that says why (not), from the same facts and the same checks (decision D16).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from core.calendar import occurrence
from events.conditions import Verdict
from events.facts import EventFacts, PurchaseFacts
from rewards.choices import ConditionKind, Frequency, Occasion, TraceReason
from rewards.configuration import NO_HISTORY, History, Offer, Pass
from rewards.facts import currency_of
from rewards.rules import occasions, validity
from rewards.rules.frequency import is_limited
from rewards.rules.validity import CHECKS, CONDITION_CODES, Case

R = TraceReason


@dataclass(frozen=True, slots=True)
class Wording:
    """How one check speaks: whether the offer asks for it at all, what it needs, what was found."""

    is_asked: Callable[[Offer], bool]
    needed: Callable[[Offer, Case], str]
    found: Callable[[Offer, Case], str]


def verdicts(
    offer: Offer,
    facts: EventFacts,
    history: History = NO_HISTORY,
    *,
    closed_schemes: frozenset[int] = frozenset(),
) -> tuple[Verdict, ...]:
    """Return every check that the offer asks for, in the order of rewards.md 4.1, passed or not."""
    case = Case(facts, history, closed_schemes)
    found = (step(offer, case) for step in _STEPS)
    return tuple(verdict for verdict in found if verdict is not None)


def _step(reason: TraceReason) -> Callable[[Offer, Case], Verdict | None]:
    """Return what tells of one check; None where the offer does not ask for it."""
    if kind := CONDITION_CODES.get(reason):
        return partial(_of_condition, kind)
    return partial(_of_words, reason.value, CHECKS[reason], WORDINGS[reason])


def _of_condition(kind: ConditionKind, offer: Offer, case: Case) -> Verdict | None:
    condition = validity.condition_of(offer, kind)
    return condition.verdict(case.facts, offer.conditions.names) if condition else None


def _of_words(
    code: str, holds: validity.Holds, words: Wording, offer: Offer, case: Case
) -> Verdict | None:
    if not words.is_asked(offer):
        return None
    return Verdict(code, holds(offer, case), words.needed(offer, case), words.found(offer, case))


def _always(offer: Offer) -> bool:
    return True


def _has_bounds(offer: Offer) -> bool:
    return offer.available_from is not None or offer.available_to is not None


def _counts_from_activation(offer: Offer) -> bool:
    return offer.available_from is None and offer.activated_at is not None


def _availability(offer: Offer, case: Case) -> str:
    parts = []
    if offer.available_from is not None:
        parts.append(f"from {_moment(offer.available_from, case)}")
    if offer.available_to is not None:
        parts.append(f"before {_moment(offer.available_to, case)}")
    return " and ".join(parts)


def _activation(offer: Offer, case: Case) -> str:
    assert offer.activated_at is not None
    return f"from the activation on {_moment(offer.activated_at, case)}"


def _scheme(offer: Offer) -> str:
    assert offer.scheme_id is not None
    return offer.conditions.names.of("scheme", offer.scheme_id)


def _joining(offer: Offer, case: Case) -> str:
    contact = case.facts.contact
    joined_at = contact.memberships.get(offer.scheme_id or 0) if contact else None
    return f"joined on {_moment(joined_at, case)}" if joined_at else "not a member"


def _arrival(offer: Offer, case: Case) -> str:
    waited = case.facts.received_at - case.facts.performed_at
    hours, minutes = divmod(int(waited.total_seconds()) // 60, 60)
    return f"after {hours} h {minutes} min"


def _window(offer: Offer, case: Case) -> str:
    terms = offer.occasion
    day = str(Occasion(terms.kind).label).lower()
    if not terms.days_before and not terms.days_after:
        return f"on the contact's {day}"
    return (
        f"from {_days(terms.days_before)} before to {_days(terms.days_after)} after"
        f" the contact's {day}"
    )


def _contact_day(offer: Offer, case: Case) -> str:
    contact, today = case.facts.contact, case.facts.local_at.date()
    known = occasions.day_of(offer.occasion.kind, contact) if contact else None
    if known is None:
        return "no such date is known of the contact"
    day = occurrence(month=known[0], day=known[1], year=today.year)
    return f"on {_day(today)}; the day is {_day(day)}"


def _frequency(offer: Offer, case: Case) -> str:
    terms = offer.frequency
    if terms.kind == Frequency.ONCE:
        return "at most once"
    if terms.kind == Frequency.ONCE_PER_PERIOD:
        unit = str(terms.unit.label).lower()
        return f"at most once in {terms.count} {unit if terms.count > 1 else unit.rstrip('s')}"
    return "at most once for each occurrence of the day"


def _past(offer: Offer, case: Case) -> str:
    contact_id = case.facts.contact.id if case.facts.contact else None
    given = [
        past.performed_at
        for past in case.history.awards.get(offer.id, ())
        if past.contact_id == contact_id
    ]
    return f"given on {_moment(max(given), case)}" if given else "not given yet"


def _quoted(offer: Offer, case: Case) -> str:
    facts = case.facts
    if not isinstance(facts, PurchaseFacts) or not facts.pass_code:
        return "no pass quoted"
    known = [one for one in case.history.passes if one.code == facts.pass_code]
    if not known:
        return "no pass with that code"
    return _pass_state(known[0], offer, facts)


def _pass_state(quoted: Pass, offer: Offer, facts: PurchaseFacts) -> str:
    if quoted.offer_id != offer.id:
        return "a pass of another offer"
    if quoted.used >= quoted.max_usage:
        return "a pass that is used up"
    return "a valid pass" if validity.unlocks(quoted, offer, facts) else "a pass not valid here"


def _moment(at: datetime, case: Case) -> str:
    """Say a moment by the clock of the place where it happened."""
    return _moment_in(case.facts.local_at.tzinfo or ZoneInfo("UTC"), at)


@lru_cache(maxsize=1024)
def _moment_in(zone: tzinfo, at: datetime) -> str:
    there = at.astimezone(zone)
    return f"{_day(there.date())} {there:%H:%M:%S}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _performed(offer: Offer, case: Case) -> str:
    return f"on {_moment(case.facts.performed_at, case)}"


def _blocked(is_blocked: bool) -> str:
    return "blocked" if is_blocked else "not blocked"


WORDINGS: dict[TraceReason, Wording] = {
    R.OFFER_INACTIVE: Wording(
        _always,
        lambda offer, case: "an active offer",
        lambda offer, case: "active" if offer.is_active else "not active",
    ),
    R.SCHEME_INACTIVE: Wording(
        lambda offer: offer.scheme_id is not None,
        lambda offer, case: f"{_scheme(offer)} to be active",
        lambda offer, case: "not active" if offer.scheme_id in case.closed_schemes else "active",
    ),
    R.NOT_AVAILABLE: Wording(_has_bounds, _availability, _performed),
    R.BEFORE_ACTIVATION: Wording(_counts_from_activation, _activation, _performed),
    R.CURRENCY_MISMATCH: Wording(
        _always,
        lambda offer, case: f"in {offer.currency}",
        lambda offer, case: f"in {currency_of(case.facts)}",
    ),
    R.NOT_MEMBER: Wording(
        lambda offer: offer.scheme_id is not None,
        lambda offer, case: f"a member of {_scheme(offer)} by then",
        _joining,
    ),
    R.TERMS_BLOCKED: Wording(
        _always,
        lambda offer, case: "commercial terms that are not blocked",
        lambda offer, case: _blocked(case.facts.terms_blocked),
    ),
    R.LATE_INSTANT: Wording(
        lambda offer: offer.is_instant,
        lambda offer, case: "received within 24 hours",
        _arrival,
    ),
    R.SPEND_BLOCKED: Wording(
        lambda offer: offer.is_instant,
        lambda offer, case: "a contact who may spend",
        lambda offer, case: _blocked(bool(case.facts.contact and case.facts.contact.spend_blocked)),
    ),
    R.OCCASION: Wording(lambda offer: offer.occasion.kind != Occasion.NONE, _window, _contact_day),
    R.PASS: Wording(
        lambda offer: offer.requires_pass,
        lambda offer, case: "a valid pass of this offer",
        _quoted,
    ),
    R.FREQUENCY: Wording(is_limited, _frequency, _past),
}
_STEPS = tuple(_step(reason) for reason in CHECKS)
