"""What is kept of an evaluation: for every offer what became of it, and why (decision D16)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from core.prepared import prepared
from events.facts import ContactFacts, EventFacts
from events.models import BusinessEvent
from rewards.choices import TraceReason
from rewards.configuration import Offer
from rewards.rules.traces import Trace
from rewards.rules.validity import CHECKS
from rewards.rules.verdicts import verdicts
from rewards.services.evaluating import Evaluated

# The whole list of conditions is kept of this many offers of an event, those that came furthest; of
# the others the reason is kept, and the list is made anew when somebody asks.
MOST_VERDICTS = 10
KEPT_FOR = timedelta(days=90)
MOST_FORGOTTEN = 10_000
_INSERT = """
    INSERT INTO rewards_evaluationtrace (event_id, created_at, told, refused, is_emptied)
    VALUES (%s, %s::timestamptz, %s::json, %s::json, false)
"""
_FORGET = """
    UPDATE rewards_evaluationtrace SET is_emptied = true, told = (
        SELECT coalesce(json_agg(
            CASE WHEN one ->> 'reason' = %(granted)s THEN one ELSE one - 'verdicts' END
            ORDER BY place), '[]')
        FROM jsonb_array_elements(told::jsonb) WITH ORDINALITY AS given (one, place))
    WHERE event_id IN (
        SELECT event_id FROM rewards_evaluationtrace
        WHERE NOT is_emptied AND created_at < %(before)s ORDER BY created_at LIMIT %(most)s)
"""
_PROGRESS = {reason: place for place, reason in enumerate(CHECKS)}


def keep(event: BusinessEvent, seen: Iterable[Evaluated], *, at: datetime) -> None:
    """Write what became of every offer that was evaluated, as one row."""
    told: list[dict[str, Any]] = []
    refused: dict[str, dict[str, list[int]]] = {}
    for one in seen:
        near, groups = _sorted_out(one.outcome.traces)
        told += [
            _told(event, trace, one, with_verdicts=place < MOST_VERDICTS)
            for place, trace in enumerate(near)
        ]
        for reason, traces in groups.items():
            others = refused.setdefault(reason.value, {"offers": [], "versions": []})
            others["offers"] += [trace.offer_id for trace in traces]
            others["versions"] += [trace.offer_version for trace in traces]
    if told:
        with prepared() as cursor:
            cursor.execute(_INSERT, [event.pk, at, json.dumps(told), json.dumps(refused)])


def forget(*, at: datetime) -> int:
    """Drop what was needed and found of the offers that granted nothing, of events older than 90 days.

    Returns of how many events. The reason of every offer stays as long as its event (decision D16).
    """
    values: dict[str, Any] = {
        "granted": TraceReason.GRANTED,
        "before": at - KEPT_FOR,
        "most": MOST_FORGOTTEN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, values)
        return int(cursor.rowcount)


def _sorted_out(traces: Iterable[Trace]) -> tuple[list[Trace], dict[TraceReason, list[Trace]]]:
    """Return the traces to be told one by one, the furthest first, and all others by their reason.

    Told are those that say more than why the event's contact was refused, and of the others as many
    as there are lists of conditions left.
    """
    near: list[Trace] = []
    groups: defaultdict[TraceReason, list[Trace]] = defaultdict(list)
    for trace in traces:
        _, _, reason, amount_minor, contact_id = trace
        if amount_minor is None and contact_id is None:
            groups[reason].append(trace)
        else:
            near.append(trace)
    near.sort(key=lambda trace: -_progress(trace.reason))
    for reason in sorted(groups, key=_progress, reverse=True):
        left = max(MOST_VERDICTS - len(near), 0)
        near += groups[reason][:left]
        groups[reason] = groups[reason][left:]
    return near, {reason: others for reason, others in groups.items() if others}


def _progress(reason: TraceReason) -> int:
    return _PROGRESS.get(reason, len(_PROGRESS))


def _told(
    event: BusinessEvent, trace: Trace, seen: Evaluated, *, with_verdicts: bool
) -> dict[str, Any]:
    offer = seen.configuration.offer(trace.offer_id)
    found: dict[str, Any] = {
        "offer": trace.offer_id,
        "version": trace.offer_version,
        "contact": trace.contact_id or event.contact_id,
        "reason": trace.reason.value,
    }
    if trace.amount_minor is not None:
        found |= {"amount_minor": trace.amount_minor, "currency": offer.currency}
    if with_verdicts:
        found["verdicts"] = _verdicts(trace, offer, seen)
    return found


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
