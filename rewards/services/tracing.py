"""What is kept of an evaluation: for every offer what became of it, and why (decision D16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from events.facts import ContactFacts, EventFacts
from events.models import BusinessEvent
from rewards.choices import TraceReason
from rewards.configuration import Offer
from rewards.models import EvaluationTrace
from rewards.rules.traces import Trace
from rewards.rules.validity import CHECKS
from rewards.rules.verdicts import verdicts
from rewards.services.evaluating import Evaluated

# The whole list of conditions is kept of this many offers of an event, those that came furthest; of
# the others the reason is kept, and the list is made anew when somebody asks.
MOST_VERDICTS = 50
KEPT_FOR = timedelta(days=90)
MOST_FORGOTTEN = 10_000
_PROGRESS = {reason: place for place, reason in enumerate(CHECKS)}


def keep(event: BusinessEvent, seen: Iterable[Evaluated], *, at: datetime) -> None:
    """Write a trace for every offer that was evaluated, in one statement."""
    rows: list[EvaluationTrace] = []
    for one in seen:
        offers = one.offers
        told = _nearest(one.outcome.traces)
        rows += [
            _row(event, trace, offers[trace.offer_id], one if trace in told else None, at)
            for trace in one.outcome.traces
        ]
    EvaluationTrace.objects.bulk_create(rows)


def forget(*, at: datetime) -> int:
    """Empty the lists of conditions of what granted nothing and is older than 90 days; return how many.

    The reason of every offer stays as long as its event (decision D16).
    """
    old = EvaluationTrace.objects.filter(
        verdicts__isnull=False, is_granted=False, created_at__lt=at - KEPT_FOR
    )
    keys = list(old.order_by("created_at").values_list("pk", flat=True)[:MOST_FORGOTTEN])
    return EvaluationTrace.objects.filter(pk__in=keys).update(verdicts=None)


def _nearest(traces: Iterable[Trace]) -> frozenset[Trace]:
    """Return the traces of the offers that came furthest in the checks."""
    furthest = sorted(traces, key=lambda trace: _PROGRESS.get(trace.reason, len(CHECKS)))
    return frozenset(furthest[-MOST_VERDICTS:])


def _row(
    event: BusinessEvent, trace: Trace, offer: Offer, told: Evaluated | None, at: datetime
) -> EvaluationTrace:
    assert offer.version_id is not None
    return EvaluationTrace(
        event=event,
        offer_id=trace.offer_id,
        offer_version_id=offer.version_id,
        contact_id=trace.contact_id or event.contact_id,
        reason=trace.reason,
        amount_minor=trace.amount_minor or 0,
        currency=offer.currency,
        is_match=trace.is_match,
        is_granted=trace.reason == TraceReason.GRANTED,
        verdicts=_verdicts(trace, offer, told) if told else None,
        created_at=at,
    )


def _verdicts(trace: Trace, offer: Offer, seen: Evaluated) -> list[dict[str, Any]]:
    facts = _as_beneficiary(seen.facts, trace.contact_id)
    found = verdicts(offer, facts, seen.history, closed_schemes=seen.configuration.closed_schemes)
    return [asdict(verdict) for verdict in found]


def _as_beneficiary(facts: EventFacts, contact_id: int | None) -> EventFacts:
    """Return the event as the conditions saw it: from the side of the one who would have benefited."""
    if contact_id is None:
        return facts
    people: Mapping[int, ContactFacts] = {
        one.id: one
        for one in (getattr(facts, "referrer", None), getattr(facts, "referred", None))
        if one is not None
    }
    return replace(facts, contact=people.get(contact_id, facts.contact))
