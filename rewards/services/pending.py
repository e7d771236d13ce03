"""Purchases that were only stored (`?mode=async`) and wait to be evaluated (rewards.md 11.2)."""

from __future__ import annotations

from datetime import datetime

import structlog

from core.errors import DomainError
from events.choices import EvaluationState, EventStatus, EventType
from events.models import BusinessEvent
from rewards.services import purchases
from wallet.selectors import frozen_businesses

logger = structlog.get_logger(__name__)


def evaluate_due(*, at: datetime, limit: int = 500) -> int:
    """Evaluate what waits, the longest waiting first, each in its own transaction; return how many.

    Two workers at once do no harm: who comes second finds the event evaluated. Where the books of a
    business are frozen its purchases wait on, and one that is refused does not stop the others.
    """
    waiting = BusinessEvent.objects.filter(
        evaluation_state=EvaluationState.PENDING,
        type=EventType.PURCHASE,
        status=EventStatus.POSTED,
        contact__isnull=False,
    ).exclude(business__in=frozen_businesses())
    rows = waiting.select_related("business", "contact", "purchase")
    return sum(_evaluate(event, at) for event in rows.order_by("received_at", "pk")[:limit])


def _evaluate(event: BusinessEvent, at: datetime) -> bool:
    try:
        purchases.evaluate(event=event, at=at)
    except DomainError as refusal:
        logger.warning("purchase_waits_on", event_id=event.pk, code=refusal.code)
        return False
    return True
