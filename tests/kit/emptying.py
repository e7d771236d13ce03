"""Emptying the database after a test that committed.

Django truncates every table and writes the content types anew, which costs more than most tests do, and
the guards of the ledger refuse it. Here only the tables that hold rows are emptied.
"""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

# Written by migrate, the same for every test.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def install() -> None:
    """Let every test that commits be followed by `empty` instead of Django's flush."""
    TransactionTestCase._fixture_teardown = lambda self: empty()  # type: ignore[method-assign]


def empty() -> None:
    """Delete all rows of all tables, with every trigger and foreign key out of the way.

    A server whose user may not switch them off is emptied table by table, guards first.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in _filled():
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            return
    _empty_slowly()


def _filled() -> list[str]:
    """Return the tables that hold at least one row."""
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    parts = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return [table for (table,) in cursor.fetchall()]


def _empty_slowly() -> None:
    filled = _filled()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in filled:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if filled:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
        for table in filled:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    call_command("flush", verbosity=0, interactive=False)
