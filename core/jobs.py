"""Background work by name: `enqueue("incentives.expire_offers")` after the transaction commits.

A message is only a hint that something is due. If the broker cannot be reached the request still
succeeds, and the periodic task finds the work in the database.
"""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)


def enqueue(name: str, **ids: int | str) -> None:
    """Send the task's name and ids to the workers once the running transaction has committed.

    The same hint twice in one transaction is sent once.
    """
    hint = partial(_send, name, ids)
    waiting = [planned for _, planned, _ in transaction.get_connection().run_on_commit]
    if not any(_same(planned, hint) for planned in waiting):
        transaction.on_commit(hint)


def _same(planned: object, hint: partial[None]) -> bool:
    return isinstance(planned, partial) and planned.func is hint.func and planned.args == hint.args


def _send(name: str, ids: dict[str, int | str]) -> None:
    try:
        current_app.send_task(name, kwargs=ids, ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("hint_not_sent", task=name, reason=type(error).__name__)
