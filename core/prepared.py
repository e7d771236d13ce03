"""Statements that the server parses and plans once for a connection and not at every call.

Django writes the values into the text of a statement, so that the server meets a new one each time. What
every purchase and every command of the ledger says is short work once it is planned; planning it took
about as long as doing it.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg import Connection
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8Dumper


def prepared() -> CursorWrapper:
    """Return a cursor for statements of a fixed shape: values are sent beside them, not within.

    A value whose type nothing around it tells needs a cast. While somebody changes statements on
    their way, as the history does to name who acts, it is a usual cursor.
    """
    # The connection itself: what stands for it looks it up again at every touch.
    database = connections[DEFAULT_DB_ALIAS]
    if database.execute_wrappers:
        return database.cursor()
    database.close_if_health_check_failed()
    database.ensure_connection()
    made: CursorWrapper = database._prepare_cursor(  # type: ignore[attr-defined]
        _PreparedCursor(database.connection)  # type: ignore[call-arg]
    )
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
