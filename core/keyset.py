"""Places in an ordering: total orders, cursors that name a row, and the rows beyond one.

A page deep in a big table is found by comparing with a row, never by counting rows off.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.sql.compiler import SQLCompiler


@dataclass(frozen=True, slots=True)
class Key:
    """One term of an ordering: a field path or annotation, its direction, may it be null."""

    name: str
    descending: bool
    nullable: bool
    kind: Field[Any, Any]

    @property
    def term(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def _kind_of(queryset: QuerySet[Any], name: str) -> tuple[Field[Any, Any], bool]:
    """Find the field behind an ordering term and tell whether it, or the way to it, may be null."""
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field, True
    model: type[Model] = queryset.model
    nullable = False
    *steps, last = name.split(LOOKUP_SEP)
    for step in steps:
        relation = model._meta.get_field(step)
        nullable = nullable or bool(getattr(relation, "null", True))
        assert relation.related_model is not None, f"{name!r} does not lead through relations"
        model = relation.related_model
    found = model._meta.pk if last == "pk" else model._meta.get_field(last)
    if not isinstance(found, Field):
        raise FieldDoesNotExist(f"{name!r} is not a column to sort by.")
    return found, nullable or found.null


def ordering_of(queryset: QuerySet[Any], terms: Sequence[str]) -> tuple[Key, ...]:
    """Return a total order: the terms given, then the key of the row in the last term's direction.

    Rows that agree in every term would otherwise come in any order, and a page could repeat a row
    that the page before had shown.
    """
    keys: list[Key] = []
    pk = queryset.model._meta.pk.name
    for term in terms:
        descending, name = term.startswith("-"), term.lstrip("-")
        name = pk if name == "pk" else name
        kind, nullable = _kind_of(queryset, name)
        keys.append(Key(name, descending, nullable, kind))
        if name == pk:
            return tuple(keys)
    descending = keys[-1].descending if keys else True
    keys.append(Key(pk, descending, False, queryset.model._meta.pk))
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an ordering: the values of the row beside it and the rows before it, if known.

    `index` counts from the start when it is 0 or more, from the end when it is negative (−10: ten
    rows lie behind this place), and is None when nobody counted.
    """

    values: tuple[Any, ...]
    index: int | None = None

    def encode(self) -> str:
        """Write the cursor as text for an address."""
        plain = [
            value.isoformat() if isinstance(value, dt.date | dt.time) else value
            for value in self.values
        ]
        body = json.dumps([self.index, plain], default=str, separators=(",", ":"))
        return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, ordering: Sequence[Key]) -> Cursor | None:
        """Read a cursor from an address, or return None for anything that is not one.

        It is not signed: its values only say where in the reader's own rows the page begins.
        """
        try:
            body = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            index, values = json.loads(body)
            if len(values) != len(ordering) or not (index is None or type(index) is int):
                return None
            clean = tuple(
                None if value is None and key.nullable else _clean(key, value)
                for key, value in zip(ordering, values, strict=True)
            )
        except (ValueError, TypeError, ValidationError, binascii.Error, OverflowError):
            return None
        return cls(clean, index)


def _clean(key: Key, value: Any) -> Any:
    """Read a cursor's value as the column's type; a null where none can be is no cursor."""
    if (
        value is None
        or isinstance(value, list | dict)
        or (isinstance(value, str) and "\0" in value)
    ):
        raise ValidationError("no value of this column")
    kind = key.kind.target_field if key.kind.is_relation else key.kind  # type: ignore[attr-defined]
    cleaned = kind.to_python(value)
    lower, upper = -(2**63), 2**63 - 1
    if isinstance(cleaned, int) and not lower <= cleaned <= upper:
        raise ValidationError("out of range")
    return cleaned


def cursor_of(record: Any, ordering: Sequence[Key], index: int | None = None) -> Cursor:
    """Name a row as a place in the ordering."""
    return Cursor(tuple(_value_of(record, key) for key in ordering), index)


def _value_of(record: Any, key: Key) -> Any:
    value = record
    for step in key.name.split(LOOKUP_SEP):
        value = getattr(value, step, None)
        if value is None:
            return None
    return value.pk if isinstance(value, Model) else value


class RowBeyond(Func):
    """SQL's row comparison `(a, b) < (x, y)`, which an index on (a, b) answers at any depth."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, sign: str = "<") -> None:
        super().__init__(*expressions)
        self.sign = sign

    def as_sql(  # type: ignore[override]
        self,
        compiler: SQLCompiler,
        connection: Any,
        **extra: Any,
    ) -> tuple[str, list[Any]]:
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (parts[:half], parts[half:]))
        return f"({left}) {self.sign} ({right})", [value for _, values in parts for value in values]


def beyond(
    queryset: QuerySet[Any], ordering: Sequence[Key], cursor: Cursor, *, back: bool
) -> QuerySet[Any]:
    """Keep the rows that come after the cursor, or before it with `back`."""
    same_way = len({key.descending for key in ordering}) == 1
    if same_way and not any(key.nullable for key in ordering):
        sign = "<" if ordering[0].descending != back else ">"
        places = [F(key.name) for key in ordering]
        values = [
            Value(value, key.kind) for key, value in zip(ordering, cursor.values, strict=True)
        ]
        return queryset.filter(RowBeyond(*places, *values, sign=sign))
    return queryset.filter(_stepwise(ordering, cursor.values, back=back))


def _stepwise(ordering: Sequence[Key], values: Sequence[Any], *, back: bool) -> Q:
    """Spell the same comparison out for mixed directions and for columns with nulls.

    PostgreSQL puts nulls last going up and first going down; both are kept.
    """
    condition = Q()
    for key, value in zip(reversed(ordering), reversed(values), strict=True):
        downwards = key.descending != back
        here = Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
        if value is None:
            further = Q(**{f"{key.name}__isnull": False}) if downwards else None
        elif downwards:
            further = Q(**{f"{key.name}__lt": value})
        else:
            further = Q(**{f"{key.name}__gt": value})
            if key.nullable:
                further |= Q(**{f"{key.name}__isnull": True})
        tie = here & condition if condition else None
        parts = [part for part in (further, tie) if part is not None]
        condition = (
            parts[0] if len(parts) == 1 else (parts[0] | parts[1] if parts else Q(pk__in=[]))
        )
    return condition
