"""Beginning transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

# How many blocks deep the indivisible transaction began.
_depth: ContextVar[int | None] = ContextVar("depth of the indivisible transaction", default=None)


def joined() -> AbstractContextManager[Any]:
    """Return a block that runs in the caller's transaction, or in its own where there is none.

    Unlike `transaction.atomic` it makes no savepoint, which costs two round trips: what fails in it is
    undone by whoever began the transaction.
    """
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


@contextmanager
def indivisible() -> Iterator[None]:
    """Begin a transaction that any failure within undoes altogether; `nested` spares its savepoints."""
    with transaction.atomic():
        token = _depth.set(len(connection.savepoint_ids))
        try:
            yield
        finally:
            _depth.reset(token)


def is_indivisible() -> bool:
    """Tell whether what fails here is undone with the whole transaction and never by itself."""
    depth = _depth.get()
    return depth is not None and depth == len(connection.savepoint_ids)


@contextmanager
def nested() -> Iterator[None]:
    """Begin a block that is undone by itself where it fails, or within `indivisible` with the whole.

    There nobody can take the failure in hand and go on: every later statement is refused.
    """
    if not is_indivisible():
        with transaction.atomic():
            yield
        return
    try:
        yield
    except BaseException:
        transaction.set_rollback(True)
        raise
