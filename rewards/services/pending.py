"""Purchases that were only stored (`?mode=async`) and wait to be evaluated (rewards.md 11.2)."""

from __future__ import annotations

from datetime import datetime

from events.choices import EvaluationState, EventStatus, EventType
from events.models import BusinessEvent
from rewards.services import purchases


def evaluate_due(*, at: datetime, limit: int = 500) -> int:
    """Evaluate what waits, the longest waiting first, each in its own transaction; return how many.

    Two workers at once do no harm: who comes second finds the event evaluated.
    """
    waiting = BusinessEvent.objects.filter(
        evaluation_state=EvaluationState.PENDING,
        type=EventType.PURCHASE,
        status=EventStatus.POSTED,
        contact__isnull=False,
    ).select_related("business", "contact", "purchase")
    rows = list(waiting.order_by("received_at", "pk")[:limit])
    for event in rows:
        purchases.evaluate(event=event, at=at)
    return len(rows)
