"""Rows read and written by SQL that is put together once.

Turning a query into SQL costs Django several times what PostgreSQL takes to answer it, and what every
purchase and every command of the ledger reads and writes has the same shape each time. The columns come
from the models, so that a new field needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    UUIDField,
)
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init

from core.prepared import prepared

Row = TypeVar("Row", bound=Model)
Fields: TypeAlias = "tuple[Field[Any, Any], ...]"
# Fields whose values are what the driver takes.
PLAIN = (BooleanField, CharField, DateTimeField, ForeignKey, IntegerField, UUIDField)


@lru_cache
def names(model: type[Model]) -> tuple[str, ...]:
    """Return the attributes of the model that its columns fill, in the order of `columns`."""
    return tuple(field.attname for field in model._meta.concrete_fields)


@lru_cache
def columns(model: type[Model], alias: str) -> str:
    """Return the model's columns for a SELECT in which its table goes by the alias."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def read(model: type[Row], values: Sequence[Any]) -> Row:
    """Return the instance that was read by `columns`."""
    if converted := _converted(model):
        values = list(values)
        for place, convert in converted:
            values[place] = convert(values[place], None, connection)
    if not _is_plain(model):
        return model.from_db(DEFAULT_DB_ALIAS, names(model), values)
    # What `from_db` does in the end, without asking each field and telling each signal.
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    row.__dict__.update(zip(names(model), values, strict=True))
    return row


@lru_cache
def _is_plain(model: type[Model]) -> bool:
    """Tell whether an instance is no more than the values of its columns."""
    described = (getattr(model, name, None) for name in names(model))
    return not post_init.has_listeners(model) and all(
        isinstance(one, DeferredAttribute) for one in described
    )


def find(model: type[Row], where: str, given: Sequence[Any]) -> list[Row]:
    """Return the instances that the rest of a SELECT finds, in which the table goes by `found`."""
    with prepared() as cursor:
        table = model._meta.db_table
        cursor.execute(f"SELECT {columns(model, 'found')} FROM {table} AS found {where}", given)  # noqa: S608
        return [read(model, values) for values in cursor.fetchall()]


def find_with(
    model: type[Row], links: Sequence[str], where: str, given: Sequence[Any]
) -> list[Row]:
    """Return what `find` returns, each with the rows that these foreign keys name.

    "organisation.business" goes on from "organisation", which must stand before it.
    """
    above = _models_of(model, tuple(links))
    with prepared() as cursor:
        cursor.execute(f"{_joined(model, above)} {where}", given)
        return [_with_above(model, above, values) for values in cursor.fetchall()]


@lru_cache
def _models_of(model: type[Model], links: tuple[str, ...]) -> tuple[tuple[str, type[Model]], ...]:
    """Return each path of foreign keys with the model that it leads to."""
    found: dict[str, Any] = {"": model}
    for path in links:
        before, _, link = path.rpartition(".")
        found[path] = found[before]._meta.get_field(link).related_model
    return tuple((path, found[path]) for path in links)


@lru_cache
def _joined(model: type[Model], above: tuple[tuple[str, type[Model]], ...]) -> str:
    listed, joins = [columns(model, "found")], []
    for path, other in above:
        before, _, link = path.rpartition(".")
        alias, origin = path.replace(".", "_"), before.replace(".", "_") or "found"
        listed.append(columns(other, alias))
        joins.append(
            f"LEFT JOIN {other._meta.db_table} AS {alias} ON {alias}.id = {origin}.{link}_id"
        )
    table = model._meta.db_table
    return f"SELECT {', '.join(listed)} FROM {table} AS found {' '.join(joins)}"  # noqa: S608 - names alone


def _with_above(
    model: type[Row], above: Sequence[tuple[str, type[Model]]], values: Sequence[Any]
) -> Row:
    first = len(names(model))
    row = read(model, values[:first])
    read_before: dict[str, Model | None] = {"": row}
    for path, other in above:
        after = first + len(names(other))
        before, _, link = path.rpartition(".")
        found = read(other, values[first:after]) if values[first] is not None else None
        read_before[path], first = found, after
        if (origin := read_before[before]) is not None:
            setattr(origin, link, found)
    return row


@lru_cache
def _converted(model: type[Model]) -> tuple[tuple[int, Callable[..., Any]], ...]:
    """Return which columns do not come as they are, such as JSON, and what makes values of them."""
    return tuple(
        (place, convert)
        for place, field in enumerate(model._meta.concrete_fields)
        for convert in field.get_db_converters(connection)
    )


def insert(rows: Sequence[Row]) -> None:
    """Insert the rows in one statement and fill in their keys, as `bulk_create` does.

    Columns that no row fills are left to the database.
    """
    sql, fields = _insertion(type(rows[0]), len(rows), _unfilled(rows))
    with prepared() as cursor:
        cursor.execute(f"{sql} RETURNING {_key(type(rows[0]))}", _values(rows, fields))
        keys = [key for (key,) in cursor.fetchall()]
    for row, key in zip(rows, keys, strict=True):
        _stored(row, key)


def insert_once(rows: Sequence[Row]) -> None:
    """Insert those of the rows that no unique index knows already; their keys stay unknown."""
    if not rows:
        return
    sql, fields = _insertion(type(rows[0]), len(rows), _unfilled(rows))
    with prepared() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING", _values(rows, fields))


def insert_together(*groups: Sequence[Model]) -> None:
    """Insert rows of several tables in one statement; keys that the database draws stay unknown."""
    parts, values = [], list[Any]()
    for rows in filter(None, groups):
        sql, fields = _insertion(type(rows[0]), len(rows), _unfilled(rows))
        parts.append(sql)
        values += _values(rows, fields)
    *others, last = parts
    before = ", ".join(f"part_{place} AS ({sql})" for place, sql in enumerate(others))
    with prepared() as cursor:
        cursor.execute(f"WITH {before} {last}" if others else last, values)


def insert_first(
    parent: Model, below: Sequence[tuple[str, Sequence[Model]]], *, index: str
) -> bool:
    """Insert the parent and all that belongs to it in one statement, unless the index refuses it.

    `below` are rows with the name of the foreign key by which they name the parent; `index` is the
    target of the conflict, in SQL. Return whether the parent was the first; only its key is filled in.
    """
    groups = [(link, rows) for link, rows in below if rows]
    shape = tuple(
        (link, type(rows[0]), len(rows), _unfilled(rows) | {f"{link}_id"}) for link, rows in groups
    )
    sql, fields, below_fields = _family(type(parent), _unfilled([parent]), index, shape)
    values = _values([parent], fields)
    for (_, rows), own in zip(groups, below_fields, strict=True):
        values += _values(rows, own)
    with prepared() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone()
    if found is None:
        return False
    _stored(parent, found[0])
    for link, rows in groups:
        for row in rows:
            setattr(row, f"{link}_id", parent.pk)
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


def insert_with(
    parent: Model, link: str, rows: Sequence[Row], *, beside: Sequence[Model] = ()
) -> None:
    """Insert the parent and the rows that belong to it in one statement, and fill in all keys.

    `link` is the foreign key of the rows that is to name the parent; the rows of one more table
    `beside` them have it too, and no key that the database draws.
    """
    unfilled = _unfilled(rows) | {f"{link}_id"}
    shape = (type(beside[0]), len(beside), _unfilled(beside) | {f"{link}_id"}) if beside else None
    sql, fields, own, others = _nested_insertion(
        type(parent), _unfilled([parent]), link, type(rows[0]), len(rows), unfilled, shape
    )
    values = [*_values([parent], fields), *_values(beside, others), *_values(rows, own)]
    with prepared() as cursor:
        cursor.execute(sql, values)
        keys = cursor.fetchall()
    for row, (key, above) in zip(rows, keys, strict=True):
        _stored(row, key)
        setattr(row, f"{link}_id", above)
    _stored(parent, keys[0][1])


def _stored(row: Model, key: int) -> None:
    row.pk = key
    row._state.adding = False
    row._state.db = DEFAULT_DB_ALIAS


def _values(rows: Sequence[Model], fields: Sequence[Field[Any, Any]]) -> list[Any]:
    return [
        getattr(row, field.attname)
        if isinstance(field, PLAIN)
        else field.get_db_prep_save(getattr(row, field.attname), connection)
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


def _key(model: type[Model]) -> str:
    key = model._meta.pk
    assert key is not None
    return str(key.column)


def _filled(model: type[Model], unfilled: frozenset[str]) -> Fields:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if field.attname not in unfilled and not field.generated
    )


def _listed(fields: Sequence[Field[Any, Any]]) -> str:
    return ", ".join(str(field.column) for field in fields)


def _holes(fields: Sequence[Field[Any, Any]], count: int = 1) -> str:
    return ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)


def _given(fields: Sequence[Field[Any, Any]], count: int) -> str:
    """Return rows of values for a SELECT, whose types nothing but the first row can tell."""
    first = ", ".join(f"%s{_cast(field)}" for field in fields)
    others = _holes(fields, count - 1)
    return f"(VALUES ({first}){f', {others}' if others else ''}) AS given"


def _cast(field: Field[Any, Any]) -> str:
    """Return the cast to the column's type; words need none, and one would cut them off."""
    kind = str(field.db_type(connection))
    return "" if kind.startswith(("varchar", "text")) else f"::{kind}"


@lru_cache(maxsize=512)
def _insertion(model: type[Model], count: int, unfilled: frozenset[str]) -> tuple[str, Fields]:
    fields = _filled(model, unfilled)
    sql = (
        f"INSERT INTO {model._meta.db_table} ({_listed(fields)})"  # noqa: S608 - names alone
        f" VALUES {_holes(fields, count)}"
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
    beside: tuple[type[Model], int, frozenset[str]] | None,
) -> tuple[str, Fields, Fields, Fields]:
    fields, own = _filled(above, unfilled_above), _filled(model, unfilled)
    others: Fields = ()
    part = ""
    if beside:
        other, other_count, other_unfilled = beside
        others = _filled(other, other_unfilled)
        part = f""", beside AS (
            INSERT INTO {other._meta.db_table} ({link}_id, {_listed(others)})
            SELECT parent.id, given.* FROM parent, {_given(others, other_count)}
        )"""  # noqa: S608 - names of the models alone
    sql = f"""
        WITH parent AS (
            INSERT INTO {above._meta.db_table} ({_listed(fields)}) VALUES {_holes(fields)}
            RETURNING id
        ){part}
        INSERT INTO {model._meta.db_table} ({link}_id, {_listed(own)})
        SELECT parent.id, given.* FROM parent, {_given(own, count)}
        RETURNING id, {link}_id
    """  # noqa: S608 - names of the models alone
    return sql, fields, own, others


Shape = tuple[tuple[str, type[Model], int, frozenset[str]], ...]


@lru_cache(maxsize=512)
def _family(
    above: type[Model], unfilled: frozenset[str], index: str, below: Shape
) -> tuple[str, Fields, tuple[Fields, ...]]:
    fields = _filled(above, unfilled)
    first = (
        f"parent AS (INSERT INTO {above._meta.db_table} ({_listed(fields)})"  # noqa: S608 - names alone
        f" VALUES {_holes(fields)} ON CONFLICT {index} DO NOTHING RETURNING id)"
    )
    parts, every = [first], []
    for place, (link, model, count, left) in enumerate(below):
        own = _filled(model, left)
        every.append(own)
        parts.append(
            f"below_{place} AS (INSERT INTO {model._meta.db_table} ({link}_id, {_listed(own)})"  # noqa: S608
            f" SELECT parent.id, given.* FROM parent, {_given(own, count)})"
        )
    return f"WITH {', '.join(parts)} SELECT id FROM parent", fields, tuple(every)  # noqa: S608
