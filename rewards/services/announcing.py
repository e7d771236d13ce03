"""Telling the rest of the house what an event came to: its state of evaluation, and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core import outbox
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
    """Mark the event as evaluated, or as skipped and why, and record it for automations."""
    skipped = outcome.skipped
    intake.mark_evaluated(
        event=event,
        state=EvaluationState.SKIPPED if skipped else EvaluationState.DONE,
        reason=skipped.value if skipped else "",
        at=at,
    )
    awards = [one.award.pk for one in written]
    outbox.record(
        topic=EVALUATED,
        key=f"evaluated:{event.pk}",
        payload={"event_id": event.pk, "awards": awards},
        at=at,
    )


def taken_back(event: BusinessEvent, *, key: str, at: datetime) -> None:
    """Record that awards of the event fell back."""
    outbox.record(topic=TAKEN_BACK, key=f"taken back:{key}", payload={"event_id": event.pk}, at=at)
