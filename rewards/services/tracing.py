"""What is kept of an evaluation: for every offer what became of it, and why (decision D16)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.prepared import prepared
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
MOST_VERDICTS = 10
KEPT_FOR = timedelta(days=90)
MOST_FORGOTTEN = 10_000
# A trace as it is written, each value as it stands in an array; thousands of them are no reason to make
# an object of each. The lists of conditions come beside them, by the places of their traces.
_Row = tuple[str, str, str, str, str, str, str, str]
_INSERT = """
    INSERT INTO rewards_evaluationtrace (event_id, created_at, offer_id, offer_version_id,
        contact_id, reason, amount_minor, currency, is_match, is_granted, verdicts)
    SELECT %s, %s::timestamptz, offer_id, offer_version_id,
        contact_id, reason, amount_minor, currency, is_match, is_granted, told.value
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
        %s::bigint[], %s::text[], %s::boolean[], %s::boolean[]) WITH ORDINALITY
    AS given (offer_id, offer_version_id, contact_id, reason,
        amount_minor, currency, is_match, is_granted, place)
    LEFT JOIN jsonb_each(%s::jsonb) AS told ON told.key = given.place::text
"""
_PROGRESS = {reason: place for place, reason in enumerate(CHECKS)}


def keep(event: BusinessEvent, seen: Iterable[Evaluated], *, at: datetime) -> None:
    """Write a trace for every offer that was evaluated, in one statement."""
    rows: list[_Row] = []
    told: dict[int, list[dict[str, Any]]] = {}
    for one in seen:
        offers, traces = one.offers, one.outcome.traces
        for place in _nearest(traces):
            trace = traces[place]
            told[len(rows) + place + 1] = _verdicts(trace, offers[trace.offer_id], one)
        rows += [_row(event, trace, offers[trace.offer_id]) for trace in traces]
    if rows:
        arrays = ["{" + ",".join(column) + "}" for column in zip(*rows, strict=True)]
        with prepared() as cursor:
            cursor.execute(_INSERT, [event.pk, at, *arrays, json.dumps(told)])


def forget(*, at: datetime) -> int:
    """Empty the lists of conditions of what granted nothing and is older than 90 days; return how many.

    The reason of every offer stays as long as its event (decision D16).
    """
    old = EvaluationTrace.objects.filter(
        verdicts__isnull=False, is_granted=False, created_at__lt=at - KEPT_FOR
    )
    keys = list(old.order_by("created_at").values_list("pk", flat=True)[:MOST_FORGOTTEN])
    return EvaluationTrace.objects.filter(pk__in=keys).update(verdicts=None)


def _nearest(traces: Sequence[Trace]) -> list[int]:
    """Return the places of the traces of the offers that came furthest in the checks."""
    last = len(CHECKS)
    furthest = sorted(
        range(len(traces)), key=lambda place: _PROGRESS.get(traces[place].reason, last)
    )
    return furthest[-MOST_VERDICTS:]


def _row(event: BusinessEvent, trace: Trace, offer: Offer) -> _Row:
    return (
        str(trace.offer_id),
        str(offer.version_id),
        str(trace.contact_id or event.contact_id or "NULL"),
        trace.reason.value,
        str(trace.amount_minor or 0),
        offer.currency,
        "f" if trace.amount_minor is None else "t",
        "t" if trace.reason is TraceReason.GRANTED else "f",
    )


def _verdicts(trace: Trace, offer: Offer, seen: Evaluated) -> list[dict[str, Any]]:
    facts = _as_beneficiary(seen.facts, trace.contact_id)
    found = verdicts(offer, facts, seen.history, closed_schemes=seen.configuration.closed_schemes)
    return [
        {"code": one.code, "passed": one.passed, "needed": one.needed, "found": one.found}
        for one in found
    ]


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
