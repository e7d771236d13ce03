"""Telling the rest of the house what an event came to: its state of evaluation, and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import outbox
from core.outbox import News
from events.choices import EvaluationState
from events.models import BusinessEvent
from events.services import intake
from rewards.rules.evaluation import Outcome
from rewards.services.awarding import Written

EVALUATED = "rewards.event_evaluated"
TAKEN_BACK = "rewards.event_taken_back"


def evaluated(
    event: BusinessEvent, outcome: Outcome, written: Sequence[Written], *, at: datetime
) -> None:
    """Mark the event as evaluated, or as skipped and why, and record it for automations.

    Of an event that was recorded just now, the outbox is told that as well.
    """
    skipped = outcome.skipped
    news = [News(EVALUATED, f"evaluated:{event.pk}", _told(event, written))]
    if event.evaluated_at is not None:
        news.insert(0, intake.news_of(event))
    intake.mark_evaluated(
        event=event,
        state=EvaluationState.SKIPPED if skipped else EvaluationState.DONE,
        reason=skipped.value if skipped else "",
        at=at,
    )
    outbox.record_all(news, at=at)


def _told(event: BusinessEvent, written: Sequence[Written]) -> dict[str, Any]:
    return {"event_id": event.pk, "awards": [one.award.pk for one in written]}


def taken_back(event: BusinessEvent, *, key: str, at: datetime) -> None:
    """Record that awards of the event fell back."""
    outbox.record(topic=TAKEN_BACK, key=f"taken back:{key}", payload={"event_id": event.pk}, at=at)
