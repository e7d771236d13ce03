"""Beginning transactions."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection, transaction


def joined() -> AbstractContextManager[Any]:
    """Return a block that runs in the caller's transaction, or in its own where there is none.

    Unlike `transaction.atomic` it makes no savepoint, which costs two round trips: what fails in it is
    undone by whoever began the transaction.
    """
    return nullcontext() if connection.in_atomic_block else transaction.atomic()
