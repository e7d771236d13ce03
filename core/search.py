"""Search in one indexed text column, by the plan that the term deserves.

Two plans find the rows that hold a term. The *index* on triples of letters (`core_grams`, a
migration of this app) is right for rare terms: it names the few rows at once, in no order.
*Walking* the list in its own order and looking at each text is right for frequent ones: a page is
full after a few rows. Each is a hundred times too slow in the other's place, and the planner cannot
tell them apart, so we do:

1. Look at the first rows of the list. If some of them hold the term, it is frequent and walking is
   right; if hardly any, look at more of them.
2. Otherwise ask the index, up to a cap. So few rows are named by their keys from then on, which
   makes any sort, count and filter on top of them cheap. Beyond the cap the term is frequent after
   all; only where its rows lie far down the list the index goes on naming them.

The column holds lower-case text (a generated column with `Lower`, or `folded` text). Every hit is
checked again in the text itself: the index can only save work, never change the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

from core.paging import Total

IDS_CAP = 1_000
LOOKS: tuple[tuple[int, int], ...] = ((300, 3), (2_000, 5))
"""How many rows each look takes in at most, and how many hits among them make a term frequent."""
LAST_LOOK = (6_000, 5)
"""The same for a term with many hits, none of them near: is it spread thin, or does it lie deep?"""
EXAMINED = 10_000
GRAMS_ASKED = 6
BIGGEST_ID = 2**63 - 1


def folded(text: str) -> str:
    """Return text in lower case as the database writes it: letter by letter, so that `Σ` is `σ`."""
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def gram_index(*, scope: str, column: str, name: str) -> GinIndex:
    """Declare the index that a `GramSearch` uses, for a model's `Meta.indexes`.

    `scope` is the integer column that owns a row (`business_id`). Measured at 1,000,000 texts of
    147 letters (147 MB): 237 MB, built in 132 s by two workers; each row inserted costs 0.14 ms
    more.
    """
    return GinIndex(Func(F(scope), F(column), function="core_grams"), name=name)


class HasGrams(Func):
    """`core_grams(scope, column) @@ query`, the condition that the index answers."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, scope: str, column: str, query: str) -> None:
        super().__init__(F(scope), F(column), Value(query))

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        scope, column, query = (sql for sql, _ in parts)
        values = [value for _, given in parts for value in given]
        return f"core_grams({scope}, {column}) @@ {query}::tsquery", values


class IsOneOf(Func):
    """`id = ANY(the keys)`, written so that the planner cannot count them.

    Told of a thousand keys it would rather walk the list until it has met a page of them, which is
    right only when they lie near its beginning; and those have been looked for already.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, keys: Sequence[int]) -> None:
        super().__init__(F("pk"), Value(list(keys)))

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        column, keys = (compiler.compile(part) for part in self.get_source_expressions())
        return f"{column[0]} = ANY(ARRAY(SELECT unnest({keys[0]}::bigint[])))", [*keys[1]]


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that hold a term; `frequent` when there are too many of them to list or to count."""

    queryset: QuerySet[Any]
    frequent: bool = False
    unmatched: QuerySet[Any] | None = None
    match: Q = field(default_factory=Q)

    def estimate(self, among: QuerySet[Any]) -> Total:
        """Count the hits among the first rows of `among` (the rows before the term narrowed them).

        Exact where `among` is no longer than that, else a number that there are more than.
        """
        sums = among.order_by()[:EXAMINED].aggregate(
            seen=Count("pk"), hits=Count("pk", filter=self.match)
        )
        return Total(sums["hits"], capped=sums["seen"] >= EXAMINED)


def grams_of(term: str) -> list[str]:
    """Return up to six triples spread over a folded term; a shorter one is the beginning of triples.

    More of them would not narrow much and cost their look-ups: a whole address has forty.
    """
    if len(term) < 3:
        return [term]
    last = len(term) - 3
    places = [round(step * last / (GRAMS_ASKED - 1)) for step in range(GRAMS_ASKED)]
    return list(dict.fromkeys(term[place : place + 3] for place in places))


def tsquery(scope: int, grams: Iterable[str]) -> str:
    """Write the index's question: rows of the scope whose text holds every gram."""
    parts = [f"'\x01{scope}'"]
    for gram in grams:
        quoted = gram.replace("\\", "\\\\").replace("'", "''")
        parts.append(f"'{quoted}'" if len(gram) >= 3 else f"'{quoted}':*")
    return " & ".join(parts)


@dataclass(frozen=True, slots=True)
class GramSearch:
    """The search of one model: its gram index, and the columns that the index is made of."""

    index: str
    scope: str = "business_id"
    column: str = "search_text"

    def find(
        self,
        queryset: QuerySet[Any],
        *,
        scope_id: int,
        term: str,
        ordering: Sequence[str] = ("-pk",),
        cap: int = IDS_CAP,
    ) -> Found:
        """Keep the rows of the scope whose text holds the term, in any letter case.

        `%`, `_` and backslashes mean themselves. A term of digits alone also finds the row with
        that id (incentives.md 2.0). `ordering` is the order in which the list is shown; big tables
        have an index on the scope in that order.
        """
        queryset = queryset.filter(**{self.scope: scope_id})
        term = folded(term)
        holds = Q(**{f"{self.column}__contains": term})
        by_id = _id_of(term)
        match = holds if by_id is None else holds | Q(pk=by_id)
        frequent = Found(queryset.filter(match), frequent=True, unmatched=queryset, match=match)
        for reach, enough in LOOKS:
            hits = self._look(queryset, term, ordering, reach, enough)
            if hits >= enough:
                return frequent
            if not hits:
                break
        grams = HasGrams(self.scope, self.column, tsquery(scope_id, grams_of(term)))
        indexed = queryset.filter(grams, holds).order_by()
        ids = list(indexed.values_list("pk", flat=True)[: cap + 1])
        if len(ids) <= cap:
            return _named(queryset, ids, by_id)
        reach, enough = LAST_LOOK
        if self._look(queryset, term, ordering, reach, enough) >= enough:
            return frequent
        named = Q(pk__in=indexed.values("pk"))
        if by_id is not None:
            named |= Q(pk=by_id)
        return replace(frequent, queryset=queryset.filter(named))

    def _look(
        self, queryset: QuerySet[Any], term: str, ordering: Sequence[str], reach: int, enough: int
    ) -> int:
        """Count the hits among the first `reach` rows, no further than `enough`."""
        near = queryset.order_by(*ordering).values_list(self.column)[:reach]
        try:
            sql, values = near.query.sql_with_params()
        except EmptyResultSet:
            return 0
        connection = connections[queryset.db]
        pattern = f"%{connection.ops.prep_for_like_query(term)}%"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT FROM ({sql}) AS near(body)"  # noqa: S608
                " WHERE body LIKE %s LIMIT %s) AS hits",
                [*values, pattern, enough],
            )
            return int(cursor.fetchone()[0])


def _id_of(term: str) -> int | None:
    """Return the key that a term of digits names."""
    if not (term.isascii() and term.isdecimal()) or len(term) > 19:
        return None
    return number if (number := int(term)) <= BIGGEST_ID else None


def _named(queryset: QuerySet[Any], ids: Sequence[Any], by_id: int | None) -> Found:
    return Found(queryset.filter(IsOneOf([*ids, *([] if by_id is None else [by_id])])))
