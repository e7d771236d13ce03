"""The table of a list page.

Declared with django-tables2; the rows are written by the columns themselves, without its template
machinery for each cell, because a page of fifty rows with a dozen columns is drawn on every
keystroke of a search. A column is sortable only when it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from inspect import signature
from typing import Any, NamedTuple

import django_tables2
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core.columns import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    CountColumn,
    EditableColumn,
    IdColumn,
    LongTextColumn,
    MoneyColumn,
    PersonColumn,
    RowAction,
    SelectColumn,
    StatusColumn,
    WhenColumn,
    resolve,
    row_url,
)

__all__ = [
    "ActionsColumn",
    "BaseTable",
    "ChoiceColumn",
    "Column",
    "CountColumn",
    "EditableColumn",
    "IdColumn",
    "LongTextColumn",
    "MoneyColumn",
    "PersonColumn",
    "RowAction",
    "SelectColumn",
    "StatusColumn",
    "WhenColumn",
    "resolve",
    "row_url",
]


class Cell(NamedTuple):
    """A column prepared for a page: how its cells open, where the value lies, how it is shown."""

    column: Column
    opening: str
    path: tuple[str, ...]
    show: Callable[[Any, Any], Any]
    nothing: Callable[[Any], Any]


class Heading(NamedTuple):
    """What the head of a column shows: its label, and where a press leads if it sorts."""

    name: str
    label: Any
    css: str
    url: str = ""
    aria_sort: str = ""


class ColumnChoice(NamedTuple):
    """A column that may be hidden, by its heading."""

    name: str
    label: str


class Row(NamedTuple):
    """One row, drawn."""

    id: str
    css: str
    selected: bool | None
    cells: SafeString
    extra: Any


class BaseTable(django_tables2.Table):
    """A table of a list page.

    Subclasses declare columns and may define `default_order` (terms of the queryset, newest first),
    `render_<column>(value, record)` to draw a cell themselves, `value_<column>(value, record)` for
    its export, `actions(record)` for the ⋮ menu, `row_css(record)`, `row_extra(record)` for what
    opens below the row, and `name_of(record)` for what screen readers call it. `self.request` is
    the page's request.
    """

    default_order: Sequence[str] = ("-pk",)
    caption = ""
    row_prefix = "row"
    menu_frame = mark_safe(
        '<details class="row-menu dropdown" name="row-menu" data-close-outside>'
        '<summary class="btn btn-icon btn-ghost-secondary" aria-label="Actions for {}">'
        '<span aria-hidden="true">⋮</span></summary>'
        '<ul class="dropdown-menu dropdown-menu-end">{}</ul></details>'
    )

    def __init__(
        self,
        data: Iterable[Any] = (),
        *,
        request: HttpRequest | None = None,
        sort: str = "",
        batch: Any = None,
        link: Callable[[Mapping[str, str]], str] | None = None,
        hidden: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        left_out = [choice.name for choice in self.choosable() if choice.name in hidden]
        super().__init__(data=data, exclude=left_out or None, **kwargs)
        self.request = request
        self.sort = sort
        self.batch = batch
        self.link = link
        self.drawn: dict[Any, Any] = {}

    def actions(self, record: Any) -> Sequence[RowAction]:
        """Return what may be done with the row now; what may not be done is left out."""
        return ()

    def row_css(self, record: Any) -> str:
        return ""

    def row_extra(self, record: Any) -> Any:
        """Return what opens below the row (a history, say), or nothing."""
        return ""

    def name_of(self, record: Any) -> str:
        """Return what a screen reader calls the row: `Select D-10482`."""
        return str(record)

    def component(self, template: str, context: Mapping[str, Any]) -> SafeString:
        """Draw a small template; it is looked up once a table."""
        found = self.drawn.get(template)
        if found is None:
            found = self.drawn[template] = get_template(template)
        return mark_safe(found.render(dict(context), self.request))  # noqa: S308 - a template's

    @classmethod
    def sort_terms(cls, sort: str) -> tuple[str, ...]:
        """Return the queryset's terms for `?sort=`; an unknown or unsortable key gives none."""
        name = sort.removeprefix("-")
        column = cls.base_columns.get(name)
        if column is None or not column.orderable:
            return ()
        terms = tuple(column.order_by or (str(column.accessor or name).replace(".", "__"),))
        if not sort.startswith("-"):
            return terms
        return tuple(term[1:] if term.startswith("-") else f"-{term}" for term in terms)

    @classmethod
    def choosable(cls) -> list[ColumnChoice]:
        """Return the columns that a person may hide: all but the first, menus, boxes and fields.

        The first names the row and leads to it.
        """
        fixed = (SelectColumn, ActionsColumn, EditableColumn)
        found = [
            ColumnChoice(name, str(column.verbose_name))
            for name, column in cls.base_columns.items()
            if not isinstance(column, fixed) and column.verbose_name
        ]
        return found[1:]

    @cached_property
    def can_select(self) -> bool:
        return self.batch is None or bool(self.batch.editable)

    def selectable(self, record: Any) -> bool:
        return bool(self.batch is None or self.batch.may_edit(record))

    def is_selected(self, record: Any) -> bool:
        return bool(self.batch is not None and self.batch.is_selected(record))

    def version_of(self, record: Any) -> Any:
        if self.batch is not None:
            return self.batch.version_of(record)
        return getattr(record, "version", "")

    def edited_field(self, record: Any, field: str) -> Any:
        """Return the bound field that edits the cell, or None where the row is read-only."""
        if self.batch is None or not self.batch.may_edit(record):
            return None
        return self.batch.row(record).form[field]

    @cached_property
    def _cells(self) -> list[Cell]:
        return [self._prepared(bound) for bound in self.columns.iterall() if bound.visible]

    def _prepared(self, bound: Any) -> Cell:
        column: Column = bound.column
        label = conditional_escape(str(bound.header))
        opening = (
            format_html('<td class="{}" data-label="{}">', column.css, label)
            if column.css
            else format_html('<td data-label="{}">', label)
        )
        own = getattr(self, f"render_{bound.name}", None)
        show = _called_with(own) if own else lambda value, record: column.cell(value, record, self)
        if isinstance(column, EditableColumn):
            nothing = lambda record: column.empty(record, self)  # noqa: E731
        else:
            nothing = lambda record: column.default  # noqa: E731
        return Cell(column, opening, _path(bound), show, nothing)

    @property
    def headings(self) -> Iterator[Heading]:
        """Yield the heads of the columns; the link of a sorted column turns its direction."""
        for bound in self.columns.iterall():
            column: Column = bound.column
            if not bound.visible:
                continue
            if not column.orderable or self.link is None:
                label = column.heading(self, str(bound.header))
                yield Heading(bound.name, label, column.css)
            else:
                url, state = self._sorting(bound.name, column)
                yield Heading(bound.name, str(bound.header), column.css, url, state)

    def _sorting(self, name: str, column: Column) -> tuple[str, str]:
        """Return where a press on the heading leads, and how the column is sorted now."""
        assert self.link is not None
        up, down = name, f"-{name}"
        if self.sort == up:
            return self.link({"sort": down}), "ascending"
        if self.sort == down:
            return self.link({"sort": up}), "descending"
        return self.link({"sort": down if column.initial_sort_descending else up}), "none"

    @property
    def body(self) -> Iterator[Row]:
        """Yield the rows, drawn."""
        cells = self._cells
        selecting = any(isinstance(cell.column, SelectColumn) for cell in cells)
        for record in self.data:
            yield Row(
                id=f"{self.row_prefix}-{record.pk}",
                css=self.row_css(record),
                selected=self.is_selected(record)
                if selecting and self.selectable(record)
                else None,
                cells=self._drawn(cells, record),
                extra=self.row_extra(record),
            )

    def _drawn(self, cells: Sequence[Cell], record: Any) -> SafeString:
        parts: list[str] = []
        for cell in cells:
            value = resolve(record, cell.path)
            shown = (
                cell.nothing(record) if value is None or value == "" else cell.show(value, record)
            )
            parts += (cell.opening, conditional_escape(shown), "</td>")
        return mark_safe("".join(parts))  # noqa: S308 - each part is escaped above

    @property
    def width(self) -> int:
        return len(self._cells)

    def export_head(self) -> list[str]:
        """Return the headings of the exported columns."""
        return [str(bound.header) for bound in self._exported()]

    def export_rows(self, records: Iterable[Any]) -> Iterator[list[Any]]:
        """Yield the plain values of each record, column by column."""
        plan = [(_path(bound), self._plain_of(bound)) for bound in self._exported()]
        for record in records:
            row = []
            for path, plain in plan:
                value = resolve(record, path)
                row.append("" if value is None or value == "" else plain(value, record))
            yield row

    def _plain_of(self, bound: Any) -> Callable[[Any, Any], Any]:
        own = getattr(self, f"value_{bound.name}", None)
        plain: Callable[[Any, Any], Any] = _called_with(own) if own else bound.column.plain
        return plain

    def _exported(self) -> list[Any]:
        return [
            bound
            for bound in self.columns.iterall()
            if bound.visible and not bound.column.exclude_from_export
        ]


def _path(bound: Any) -> tuple[str, ...]:
    return tuple(str(bound.accessor).replace(".", "__").split("__"))


def _called_with(method: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """Adapt a table's own method, which names the arguments it wants: `value`, `record` or both."""
    wanted = set(signature(method).parameters)
    if wanted == {"record"}:
        return lambda value, record: method(record=record)
    if wanted == {"value"}:
        return lambda value, record: method(value=value)
    return lambda value, record: method(value=value, record=record)
