"""The outbox: events written in the transaction that made them true, handed on afterwards.

A subscriber is a task name. The dispatcher claims rows with SKIP LOCKED, so several may run; it hands
each event to every subscriber and retries with growing pauses. Subscribers must be idempotent by
the event's key: an event may arrive twice, never not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import batches, jobs
from core.models import OutboxEvent
from core.statements import insert_once

Send = Callable[[str, int], None]
LONGEST_PAUSE = timedelta(hours=1)

_subscribers: dict[str, list[str]] = {}


def subscribe(topic: str, task: str) -> None:
    """Have the task called with `event_id` for every event of the topic; called at start."""
    tasks = _subscribers.setdefault(topic, [])
    if task not in tasks:
        tasks.append(task)


def subscribers(topic: str) -> tuple[str, ...]:
    return tuple(_subscribers.get(topic, ()))


@dataclass(frozen=True, slots=True)
class News:
    """An event before it is written; `key` tells it apart within its topic."""

    topic: str
    key: str
    payload: Mapping[str, Any]


def record(*, topic: str, key: str, payload: Mapping[str, Any], at: datetime) -> None:
    """Write the event in the running transaction; a second one with the key changes nothing."""
    record_all([News(topic, key, payload)], at=at)


def record_all(news: Sequence[News], *, at: datetime) -> None:
    """Write the events in one statement, as `record` does."""
    insert_once(
        [
            OutboxEvent(
                topic=one.topic,
                key=one.key,
                payload=dict(one.payload),
                occurred_at=at,
                next_attempt_at=at,
            )
            for one in news
        ]
    )
    if any(subscribers(one.topic) for one in news):
        jobs.enqueue_soon("core.dispatch_outbox")


def payload_of(event_id: int) -> dict[str, Any]:
    """Return what the event told, for the subscriber that was called with its id."""
    payload: dict[str, Any] = OutboxEvent.objects.values_list("payload", flat=True).get(pk=event_id)
    return payload


def dispatch(*, at: datetime, limit: int, send: Send) -> int:
    """Hand up to `limit` due events to their subscribers and return how many were taken."""
    due = OutboxEvent.objects.filter(dispatched_at__isnull=True, next_attempt_at__lte=at).order_by(
        "next_attempt_at"
    )

    def work(rows: list[OutboxEvent]) -> None:
        for row in rows:
            _hand_over(row, at=at, send=send)

    return batches.each(due, limit=limit, step=50, work=work)


def _pause(attempts: int) -> timedelta:
    """Return how long to wait after that many failures: a minute, doubling up to an hour.

    An event is never given up: a broker that was away for a day gets it when it is back.
    """
    return min(timedelta(minutes=2 ** min(attempts - 1, 6)), LONGEST_PAUSE)


def _hand_over(row: OutboxEvent, *, at: datetime, send: Send) -> None:
    row.attempts += 1
    try:
        for task in subscribers(row.topic):
            send(task, row.pk)
    except Exception as error:  # noqa: BLE001 - whatever the broker raises, the row stays due
        row.last_error = f"{type(error).__name__}: {error}"[:300]
        row.next_attempt_at = at + _pause(row.attempts)
    else:
        row.dispatched_at = at
        row.last_error = ""
    row.save(update_fields=["attempts", "last_error", "next_attempt_at", "dispatched_at"])
