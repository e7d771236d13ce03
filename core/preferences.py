"""What one user chose for themselves, kept in one JSON column of the user's row.

It comes with the user, so that no page pays a query for it, and is written key by key, so that two
windows do not overwrite each other.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection


def get(user: Any, key: str, default: Any = None) -> Any:
    """Return the user's choice, or the default for strangers and new users."""
    if isinstance(user, AnonymousUser) or user is None:
        return default
    return user.preferences.get(key, default)


def put(*, user: Any, key: str, value: Any) -> None:
    """Store one choice without touching the others."""
    table = connection.ops.quote_name(user._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET preferences ="  # noqa: S608 - the table's own name
            " jsonb_set(preferences, ARRAY[%s]::text[], %s::jsonb, true) WHERE id = %s",
            [key, json.dumps(value), user.pk],
        )
    user.preferences[key] = value
