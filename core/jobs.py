"""Background work by name: `enqueue("incentives.expire_offers")` after the transaction commits.

A message is only a hint that something is due. If the broker cannot be reached the request still
succeeds, and the periodic task finds the work in the database.
"""

from __future__ import annotations

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)



def enqueue(name: str, **ids: int | str) -> None:
    """Send the task's name and ids to the workers once the running transaction has committed."""
    transaction.on_commit(lambda: _send(name, ids))


def _send(name: str, ids: dict[str, int | str]) -> None:
    try:
        current_app.send_task(name, kwargs=ids, ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("hint_not_sent", task=name, reason=type(error).__name__)
