"""Background work by name: `enqueue("incentives.expire_offers")` after the transaction commits.

A message is only a hint that something is due. If the broker cannot be reached the request still
succeeds, and the periodic task finds the work in the database.
"""

from __future__ import annotations

import time
from functools import partial
from threading import Lock

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)
# Seconds by which a hint that very many send is held back.
PAUSE = 1.0


def enqueue(name: str, **ids: int | str) -> None:
    """Send the task's name and ids to the workers once the running transaction has committed.

    The same hint twice in one transaction is sent once.
    """
    _on_commit(partial(_send, name, ids))


def enqueue_soon(name: str) -> None:
    """Send the task's name once the running transaction has committed, to begin a second later.

    That run finds whatever is committed until then, so a process sends at most one such hint a second,
    however much happens.
    """
    _on_commit(partial(_send_held, name))


def _on_commit(hint: partial[None]) -> None:
    waiting = [planned for _, planned, _ in transaction.get_connection().run_on_commit]
    if not any(_same(planned, hint) for planned in waiting):
        transaction.on_commit(hint)


def _same(planned: object, hint: partial[None]) -> bool:
    return isinstance(planned, partial) and planned.func is hint.func and planned.args == hint.args


def _send_held(name: str) -> None:
    if _held.is_first(name):
        _send(name, {}, countdown=PAUSE)


def _send(name: str, ids: dict[str, int | str], countdown: float | None = None) -> None:
    try:
        current_app.send_task(
            name, kwargs=ids, countdown=countdown, ignore_result=True, retry=False
        )
    except (OperationalError, OSError) as error:
        logger.warning("hint_not_sent", task=name, reason=type(error).__name__)


class Held:
    """Which hints of this process were sent and have not begun to work."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = Lock()

    def is_first(self, name: str) -> bool:
        """Tell whether no hint of that name is on its way; from now on one is."""
        moment = time.monotonic()
        with self._lock:
            if moment < self._until.get(name, 0.0):
                return False
            self._until[name] = moment + PAUSE
            return True


_held = Held()
