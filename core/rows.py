"""Writing the columns of many rows in one statement, a value for each row and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_rows(rows: Sequence[Model], fields: Sequence[str]) -> int:
    """Store the named fields of rows of one table and return how many rows were written.

    Each column travels as one array, which costs a fraction of the CASE for each row and column that
    `bulk_update` builds. Fields hold plain values; expressions and arrays have no place here.
    """
    if not rows:
        return 0
    table = rows[0]._meta
    quote = connection.ops.quote_name
    named: list[Field[Any, Any]] = [table.get_field(name) for name in fields]  # type: ignore[misc]
    columns = [table.pk, *named]
    sources = ", ".join(f"%s::{_array_type(column)}" for column in columns)
    names = ", ".join(quote(str(column.column)) for column in columns)
    assigned = ", ".join(f"{quote(str(c.column))} = given.{quote(str(c.column))}" for c in named)
    key, name = quote(str(table.pk.column)), quote(table.db_table)
    statement = (
        f"UPDATE {name} SET {assigned} FROM unnest({sources}) AS given ({names})"  # noqa: S608
        f" WHERE {name}.{key} = given.{key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_values(rows, column) for column in columns])
        return int(cursor.rowcount)


def _array_type(column: Field[Any, Any]) -> str:
    """Return the array's type without a length: a cast would cut a text that the column refuses."""
    kind = column.rel_db_type(connection) if column.primary_key else column.db_type(connection)
    return f"{str(kind).partition('(')[0]}[]"


def _values(rows: Sequence[Model], column: Field[Any, Any]) -> list[Any]:
    return [
        column.get_db_prep_save(getattr(row, column.attname), connection=connection) for row in rows
    ]
