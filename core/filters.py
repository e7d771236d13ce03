"""The filters of list pages: one declaration gives panel, chips, search and query string.

Filters combine with AND; a value that is none (an unknown status typed into the address) is shown
as an error at its field and filters nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

from core.paging import Total, bounded_count
from core.search import Found

TERM_LENGTH = 200


def term_of(query: QueryDict) -> str:
    """Return the search term of a query: trimmed, at most 200 characters (incentives.md 2.0)."""
    return query.get("q", "").replace("\0", "").strip()[:TERM_LENGTH].strip()


class FilterForm(forms.Form):
    """The form in the filter panel; nothing in it has to be filled in, and no label says so."""

    mark_optional = False
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)


class Applied(NamedTuple):
    """A filter in force: its label, its value in words, and the keys that take it away."""

    label: str
    value: str
    keys: tuple[str, ...]


class Chip(NamedTuple):
    """One choice of the chip filter with the rows that it would leave."""

    label: str
    value: str
    rows: str
    current: bool


class BaseFilter(django_filters.FilterSet):
    """The filters of one list.

    `chips` names the choice filter that also stands above the table as chips with counts (its field
    must be a column of the model); `search_label` and `search_hint` word the search box; `search()`
    narrows by a term. The request, and so the organisation, is `self.request`.
    """

    chips = ""
    all_label = "All"
    search_label = "Search"
    search_hint = ""

    def get_form_class(self) -> type[forms.Form]:
        """Return the form of the panel, a `FilterForm` whatever `Meta` a subclass writes."""
        fields = {name: kind.field for name, kind in self.filters.items()}
        return type(f"{type(self).__name__}Form", (FilterForm,), fields)

    def __init__(
        self,
        data: QueryDict,
        queryset: QuerySet[Any],
        *,
        request: HttpRequest,
        ordering: Sequence[str] = ("-pk",),
    ) -> None:
        super().__init__(data, queryset, request=request)
        self.ordering = ordering
        self.term = term_of(data)
        self.found: Found | None = None

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | Found:
        """Keep the rows that hold the term; a list without its own search keeps all."""
        return queryset

    @property
    def searches(self) -> bool:
        """Tell whether this list has a search box."""
        return type(self).search is not BaseFilter.search

    def narrowed(self) -> tuple[QuerySet[Any], QuerySet[Any]]:
        """Return the rows under all filters but the chips', and under all."""
        queryset = self.queryset.all()
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        for name, value in cleaned.items():
            if name != self.chips:
                queryset = self.filters[name].filter(queryset, value)
        if self.term:
            found = self.search(queryset, self.term)
            self.found = found if isinstance(found, Found) else None
            queryset = found.queryset if isinstance(found, Found) else found
        return queryset, self._by_chip(queryset)

    def _by_chip(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.form.cleaned_data.get(self.chips)
        return self.filters[self.chips].filter(queryset, value) if value else queryset

    def counted(
        self, base: QuerySet[Any], rows: QuerySet[Any], cap: int
    ) -> tuple[Total, list[Chip]]:
        """Count what all filters leave, and what each chip would leave, in one query.

        `base` are the rows under all filters but the chips'. Counts are exact up to the cap; beyond
        it the chips stand without numbers, since half a count would be a wrong one. For a frequent
        search term the total is estimated.
        """
        found = self.found
        if found is not None and found.frequent and found.unmatched is not None:
            return found.estimate(self._by_chip(found.unmatched)), self._chips(None)
        if not self.chips:
            return bounded_count(rows, cap), []
        chosen = bool(self.form.cleaned_data.get(self.chips))
        total, counts = grouped_counts(
            base,
            self.filters[self.chips].field_name,
            cap,
            narrowed=rows if chosen else None,
        )
        return total, self._chips(counts)

    def applied(self) -> Iterator[Applied]:
        """Yield the filters in force, as the labels above the table name them."""
        self.form.is_valid()
        for name, value in self.form.cleaned_data.items():
            if value is None or value == "" or (not isinstance(value, bool | slice) and not value):
                continue
            field = self.form.fields[name]
            suffixes = getattr(field.widget, "suffixes", None)
            keys = tuple(f"{name}_{part}" for part in suffixes) if suffixes else (name,)
            yield Applied(str(field.label or name), _in_words(field, value), keys)

    def _chips(self, counts: dict[str, int] | None) -> list[Chip]:
        if not self.chips:
            return []
        chosen = {str(value) for value in self.data.getlist(self.chips)}
        field: Any = self.form.fields[self.chips]
        total = "" if counts is None else str(Total(sum(counts.values())))
        chips = [Chip(self.all_label, "", total, not chosen)]
        for value, label in field.choices:
            if value in ("", None):
                continue
            count = "" if counts is None else f"{counts.get(str(value), 0):,}"
            chips.append(Chip(str(label), str(value), count, str(value) in chosen))
        return chips


def grouped_counts(
    queryset: QuerySet[Any], column: str, cap: int, *, narrowed: QuerySet[Any] | None
) -> tuple[Total, dict[str, int] | None]:
    """Count rows by a column, and those of `narrowed` (or all), in one query of bounded reading.

    At most `cap` + 1 rows are read of either; the groups are None when there are more than the cap.
    """
    try:
        sql, values = _sample(queryset.values_list(column), cap)
        parts = [f"SELECT 0, kind::text, count(*) FROM ({sql}) AS sample(kind) GROUP BY kind"]  # noqa: S608
        if narrowed is not None:
            more, its_values = _sample(narrowed.values_list("pk"), cap)
            parts.append(f"SELECT 1, '', count(*) FROM ({more}) AS narrowed(pk)")  # noqa: S608
            values = (*values, *its_values)
    except EmptyResultSet:
        return Total(0), {}
    with connections[queryset.db].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = cursor.fetchall()
    counts = {str(kind): number for part, kind, number in found if part == 0}
    rows = sum(counts.values())
    shown = rows if narrowed is None else next(n for part, _, n in found if part == 1)
    return Total(min(shown, cap), capped=shown > cap), counts if rows <= cap else None


def _sample(queryset: QuerySet[Any], cap: int) -> tuple[str, tuple[Any, ...]]:
    """Write the query of at most `cap` + 1 rows; DISTINCT would count kinds instead of rows."""
    assert not queryset.query.distinct, "a filter with distinct=True cannot be counted"
    sql, values = queryset.order_by()[: cap + 1].query.sql_with_params()
    return sql, tuple(values)


def _in_words(field: forms.Field, value: Any) -> str:
    """Write a filter's value as its labels: `Offered or Accepted`, `from 1 Nov 2026`."""
    if isinstance(value, slice):
        parts = [("from", value.start), ("to", value.stop)]
        return " ".join(f"{word} {_day(end)}" for word, end in parts if end is not None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Model):
        return str(value)
    if isinstance(field, forms.ChoiceField) or hasattr(field, "choices"):
        labels = {str(key): str(label) for key, label in _flat(field.choices)}
        chosen = value if isinstance(value, list | tuple | set | QuerySet) else [value]
        return " or ".join(
            str(item) if isinstance(item, Model) else labels.get(str(item), str(item))
            for item in chosen
        )
    return str(value)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


def _day(value: Any) -> str:
    from django.utils.formats import date_format

    return date_format(value, "j M Y")
