"""Sign-up awards: on registration, or on joining a scheme for the first time (rewards.md 3.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from directory.models import Contact, User
from events.choices import ContactEventKind
from events.models import BusinessEvent
from events.selectors.facts import event_facts
from events.services import intake
from events.services.intake import DuplicateReference, Occurrence
from rewards.choices import LogCause
from rewards.facts import SignUpFacts
from rewards.selectors.history import with_memberships
from rewards.services.evaluating import recast
from rewards.services.giving import give
from rewards.services.people import lock_contacts
from rewards.services.results import EvaluationResult, GrantedAward
from rewards.services.transactions import whole
from wallet.selectors import currencies_of


def registered(*, contact: Contact, actor: User | None = None, at: datetime) -> EvaluationResult:
    """Award that the contact has registered; they are in every automatic scheme from then on.

    Once for each contact: a second call answers with the first event and awards nothing.
    """
    return _sign_up(contact, None, f"registered:{contact.pk}", actor=actor, at=at)


def joined(
    *, contact: Contact, scheme_ids: Collection[int], actor: User | None = None, at: datetime
) -> EvaluationResult:
    """Award that the contact joined these schemes for the first time; a second time awards nothing."""
    assert scheme_ids
    awards: list[GrantedAward] = []
    for scheme_id in sorted(scheme_ids):
        number = f"joined:{contact.pk}:{scheme_id}"
        found = _sign_up(contact, {scheme_id}, number, actor=actor, at=at)
        awards += found.awards
    return replace(found, awards=tuple(awards))


def _sign_up(
    contact: Contact,
    schemes: Collection[int] | None,
    number: str,
    *,
    actor: User | None,
    at: datetime,
) -> EvaluationResult:
    def work() -> EvaluationResult:
        locked = lock_contacts([contact.pk])[contact.pk]
        try:
            event = _record(locked, number, at)
        except DuplicateReference as known:
            return EvaluationResult(event=known.existing)
        return _evaluate(event, locked, schemes, actor=actor, at=at)

    return whole(work)


def _record(contact: Contact, number: str, at: datetime) -> BusinessEvent:
    occurrence = Occurrence(
        business=contact.business,
        place=contact.business,
        performed_at=at,
        contact=contact,
        reference_number=number,
    )
    return intake.record_contact_change(occurrence=occurrence, kind=ContactEventKind.SIGN_UP, at=at)


def _evaluate(
    event: BusinessEvent,
    contact: Contact,
    schemes: Collection[int] | None,
    *,
    actor: User | None,
    at: datetime,
) -> EvaluationResult:
    business = event.business
    facts = event_facts(business=business, event_ids=[event.pk], at=at)[event.pk]
    facts = with_memberships(facts, business=business, contacts=[contact])
    currency = currencies_of(business=business, contacts=[contact])[contact.pk]
    assert facts.contact is not None
    first = frozenset(facts.contact.memberships if schemes is None else schemes)
    seen, awards = give(
        event=event,
        facts=recast(facts, SignUpFacts, currency=currency, first_joined=first),
        contacts=[contact],
        cause=LogCause.SIGN_UP,
        actor=actor,
        at=at,
    )
    outcome = seen.outcome
    return EvaluationResult(
        event=event, awards=awards, traces=outcome.traces, skipped=outcome.skipped
    )
