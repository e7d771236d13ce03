"""Background work of the mechanisms: a name, a clock reading and one call each."""

from __future__ import annotations

from celery import current_app, shared_task

from core import idempotency, mail, outbox, ratelimit
from core.clock import now

MAILS_PER_RUN = 500


@shared_task(name="core.send_due_mail")
def send_due_mail() -> int:
    """Send what is due, claimed one by one, so that a slow server never outlasts a claim."""
    sent = 0
    while sent < MAILS_PER_RUN and mail.send_due(at=now(), limit=1):
        sent += 1
    return sent


@shared_task(name="core.dispatch_outbox")
def dispatch_outbox() -> int:
    return outbox.dispatch(
        at=now(),
        limit=500,
        send=_send,
    )


def _send(task: str, event_id: int) -> None:
    current_app.send_task(task, kwargs={"event_id": event_id})


@shared_task(name="core.forget_expired")
def forget_expired() -> int:
    at = now()
    return idempotency.forget(at=at) + ratelimit.forget(at=at)
