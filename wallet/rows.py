"""Rows of the ledger read and written by SQL that is put together once.

Turning a query into SQL costs Django several times what PostgreSQL takes to answer it, and what every
command reads and writes has the same shape each time. The columns come from the models, so that a
new field needs nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

Row = TypeVar("Row", bound=Model)


@lru_cache
def names(model: type[Model]) -> tuple[str, ...]:
    """Return the attributes of the model that its columns fill, in the order of `columns`."""
    return tuple(field.attname for field in model._meta.concrete_fields)


@lru_cache
def columns(model: type[Model], alias: str) -> str:
    """Return the model's columns for a SELECT in which its table goes by the alias."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def read(model: type[Row], values: Sequence[Any]) -> Row:
    """Return the instance that was read by `columns`.

    The values are taken as they came: it serves models without converted columns, such as JSON.
    """
    return model.from_db(connection.alias, names(model), values)


def insert(rows: Sequence[Row]) -> None:
    """Insert the rows in one statement and fill in their keys, as `bulk_create` does.

    Columns that no row fills are left to the database.
    """
    sql, fields = _insertion(type(rows[0]), len(rows), _unfilled(rows))
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(rows, fields))
        keys = [key for (key,) in cursor.fetchall()]
    for row, key in zip(rows, keys, strict=True):
        _stored(row, key)


def insert_with(parent: Model, link: str, rows: Sequence[Row]) -> None:
    """Insert the parent and the rows that belong to it in one statement, and fill in all keys.

    `link` is the foreign key of the rows that is to name the parent.
    """
    unfilled = _unfilled(rows) | {f"{link}_id"}
    sql, fields, own = _nested_insertion(
        type(parent), _unfilled([parent]), link, type(rows[0]), len(rows), unfilled
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values([parent], fields), *_values(rows, own)])
        keys = cursor.fetchall()
    for row, (key, above) in zip(rows, keys, strict=True):
        _stored(row, key)
        setattr(row, f"{link}_id", above)
    _stored(parent, keys[0][1])


def _stored(row: Model, key: int) -> None:
    row.pk = key
    row._state.adding = False
    row._state.db = connection.alias


def _values(rows: Sequence[Model], fields: Sequence[Field[Any, Any]]) -> list[Any]:
    return [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]


def _unfilled(rows: Sequence[Model]) -> frozenset[str]:
    """Return the attributes that are empty in all rows, or that the database is to fill."""
    return frozenset(
        name
        for name, value in rows[0].__dict__.items()
        if isinstance(value, DatabaseDefault)
        or (value is None and all(row.__dict__[name] is None for row in rows))
    )


def _filled(model: type[Model], unfilled: frozenset[str]) -> tuple[Field[Any, Any], ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname not in unfilled
    )


def _listed(fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(str(field.column) for field in fields)


def _holes(fields: Sequence[Field[Any, Any]], count: int = 1) -> str:
    return ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)


@lru_cache(maxsize=512)
def _insertion(
    model: type[Model], count: int, unfilled: frozenset[str]
) -> tuple[str, tuple[Field[Any, Any], ...]]:
    fields = _filled(model, unfilled)
    sql = (
        f"INSERT INTO {model._meta.db_table} ({_listed(fields)})"  # noqa: S608 - names alone
        f" VALUES {_holes(fields, count)} RETURNING id"
    )
    return sql, fields


@lru_cache(maxsize=512)
def _nested_insertion(
    above: type[Model],
    unfilled_above: frozenset[str],
    link: str,
    model: type[Model],
    count: int,
    unfilled: frozenset[str],
) -> tuple[str, tuple[Field[Any, Any], ...], tuple[Field[Any, Any], ...]]:
    fields, own = _filled(above, unfilled_above), _filled(model, unfilled)
    sql = f"""
        WITH parent AS (
            INSERT INTO {above._meta.db_table} ({_listed(fields)}) VALUES {_holes(fields)}
            RETURNING id
        )
        INSERT INTO {model._meta.db_table} ({link}_id, {_listed(own)})
        SELECT parent.id, given.* FROM parent, (VALUES {_holes(own, count)}) AS given
        RETURNING id, {link}_id
    """  # noqa: S608 - names of the models alone
    return sql, fields, own
