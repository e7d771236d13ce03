"""Work of rewards that nobody waits for: a name, a clock reading, one service call."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core import outbox
from core.clock import now
from rewards.services import defaults, following, gifts, memberships, pending, tracing

# The outbox hands an event on once. What cannot be done now, because the books are frozen or somebody
# is in the way, is tried again for some two days.
AGAIN: dict[str, Any] = {
    "autoretry_for": (Exception,),
    "retry_backoff": True,
    "retry_backoff_max": 1_800,
    "max_retries": 100,
}


@shared_task(name="rewards.evaluate_pending")
def evaluate_pending() -> int:
    return pending.evaluate_due(at=now())


@shared_task(name="rewards.run_gifts")
def run_gifts() -> int:
    gifts.schedule_due(at=now())
    return gifts.carry_out_due(at=now())


@shared_task(name="rewards.follow_wallet", **AGAIN)
def follow_wallet(event_id: int) -> int:
    return following.follow(outbox_id=event_id, at=now())


@shared_task(name="rewards.forget_verdicts")
def forget_verdicts() -> int:
    return tracing.forget(at=now())


@shared_task(name="rewards.set_up_businesses")
def set_up_businesses(event_id: int | None = None) -> int:
    """Give every business that registered its scheme and offers; the event only hints at one."""
    return defaults.set_up_missing(at=now())


@shared_task(name="rewards.award_registration", **AGAIN)
def award_registration(event_id: int) -> None:
    memberships.welcome(contact_id=outbox.payload_of(event_id)["contact"], at=now())
