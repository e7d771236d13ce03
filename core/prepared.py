"""Statements that the server parses and plans once for a connection and not at every call.

Django writes the values into the text of a statement, so that the server meets a new one each time. What
every purchase and every command of the ledger says is short work once it is planned; planning it took
about as long as doing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg import Connection
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8Dumper


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """Lend a cursor for statements of a fixed shape: values are sent beside them, not within.

    A value whose type nothing around it tells needs a cast. What was found must be fetched before the
    block ends: the cursor goes to who asks next, since to make one costs as much as a statement. While
    somebody watches or changes statements on their way, as the history does to name who acts, it is
    a cursor of one's own.
    """
    # The connection itself: what stands for it looks it up again at every touch.
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.execute_wrappers:
        with database.cursor() as usual:
            yield usual
        return
    if database.health_check_enabled and not database.health_check_done:
        database.close_if_health_check_failed()
    if database.connection is None:
        database.ensure_connection()
    if database.queries_logged:
        with _made(database) as watched:
            yield watched
        return
    # They are kept by the connection that they belong to, so that they end with it.
    at_rest = vars(database.connection).setdefault("prepared_cursors", [])
    cursor = at_rest.pop() if at_rest else _made(database)
    yield cursor
    # One that met an error is left to itself.
    at_rest.append(cursor)


def _made(database: Any) -> CursorWrapper:
    cursor = _PreparedCursor(database.connection)  # type: ignore[call-arg]
    made: CursorWrapper = database._prepare_cursor(cursor)
    return made


class _PreparedCursor(ServerBindingCursor):
    """Sends whole numbers as bigint, however small: each mix of sizes would be planned by itself."""

    connection: Connection

    @property
    def adapters(self) -> AdaptersMap:
        found = _adapters.get(self.connection)
        if found is None:
            found = _adapters[self.connection] = AdaptersMap(self.connection.adapters)
            found.register_dumper(int, Int8Dumper)
        return found


_adapters: WeakKeyDictionary[Connection, AdaptersMap] = WeakKeyDictionary()
