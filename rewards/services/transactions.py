"""One transaction over rewards and wallet, begun anew when others were in the way (docs/ledger.md)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

from core import workflow
from core.transactions import nested
from core.transitions import Machine
from wallet.errors import Busy

ATTEMPTS = 5
# Serialization failure, deadlock, lock not available: the same work may well succeed when begun anew.
PASSING = frozenset({"40001", "40P01", "55P03"})
T = TypeVar("T")


def whole(work: Callable[[], T]) -> T:
    """Carry out the work in one transaction; five attempts, then `Busy`, and nothing is stored.

    Within a transaction of the caller there is one attempt, because only the caller can begin it anew.
    """
    if connection.in_atomic_block:
        with nested():
            return work()
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0.01, 0.2))  # noqa: S311 - only to step out of the way
        try:
            with transaction.atomic():
                return work()
        except Busy:
            continue
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in PASSING:
                raise
    raise Busy


def change(row: Any, machine: Machine, target: str, *, at: Any, **values: Any) -> None:
    """Bring a row of rewards to another status; `values` change with it."""
    transition = machine.find(
        status=row.status, target=target, actor="system", set_by=row.status_set_by
    )
    assert transition is not None, f"{machine.name}: {row.status} to {target}"
    workflow.perform(row, transition, at=at, history=_kept_in_the_row, values=values)


def _kept_in_the_row(row: Any, left: str) -> None:
    """What led to the change stands in the log of rewards; the row says since when."""
