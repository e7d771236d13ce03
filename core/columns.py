"""The columns of list tables: each knows how to show, sort and export one kind of fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import django_tables2
from django.urls import get_urlconf, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.ui import badge_facts, icon, money, when

if TYPE_CHECKING:
    from core.tables import BaseTable

NOTHING = "–"
STAND_IN = 918_273_645


@lru_cache(maxsize=512)
def _address_parts(name: str, urlconf: str | None) -> tuple[str, str]:
    before, _, after = reverse(name, urlconf=urlconf, args=[STAND_IN]).partition(str(STAND_IN))
    return before, after


def row_url(name: str, pk: int) -> str:
    """Return the address of a page that takes one integer key, without a `reverse` a row."""
    before, after = _address_parts(name, get_urlconf())
    return f"{before}{pk}{after}"


def breakable(address: str) -> Any:
    """Let a long e-mail address break before its @ rather than in the middle of a word."""
    name, at, host = address.partition("@")
    return format_html("{}<wbr>{}{}", name, at, host) if at else address


@dataclass(frozen=True, slots=True)
class RowAction:
    """One entry of a row's menu.

    `post` sends a form to the address, `dialog` opens its fragment in the page's dialog; without
    script both still lead to the address.
    """

    label: str
    url: str
    icon: str = ""
    post: bool = False
    dialog: bool = False
    danger: bool = False

    @property
    def html(self) -> SafeString:
        css = "dropdown-item text-danger" if self.danger else "dropdown-item"
        text = format_html(
            "{}{}", icon(self.icon, css="dropdown-item-icon") if self.icon else "", self.label
        )
        if self.post:
            return format_html(
                '<li><button type="submit" form="row-action" formaction="{}"'
                ' class="{}">{}</button></li>',
                self.url,
                css,
                text,
            )
        if self.dialog:
            return format_html(
                '<li><a class="{}" href="{}" hx-get="{}" hx-target="#dialog-body"'
                ' hx-swap="innerHTML">{}</a></li>',
                css,
                self.url,
                self.url,
                text,
            )
        return format_html('<li><a class="{}" href="{}">{}</a></li>', css, self.url, text)


class Column(django_tables2.Column):
    """A column of plain text, and the base of all others.

    `accessor` is a path of attributes (`user.email` or `user__email`; the column's name by
    default), `css` goes on heading and cells, `stacked=False` hides the column on phones.
    """

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        sortable: bool = False,
        order_by: str | Sequence[str] | None = None,
        css: str = "",
        stacked: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("default", NOTHING)
        if isinstance(kwargs.get("accessor"), str):
            kwargs["accessor"] = kwargs["accessor"].replace(".", "__")
        super().__init__(
            verbose_name=verbose_name,
            orderable=sortable or order_by is not None,
            order_by=order_by,
            **kwargs,
        )
        self.css = f"{css}{'' if stacked else ' d-none d-sm-table-cell'}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        """Return what stands in the cell; text that is not marked safe is escaped by the table."""
        return value

    def plain(self, value: Any, record: Any) -> Any:
        """Return what stands in the cell of an export."""
        return value

    def heading(self, table: BaseTable, label: str) -> Any:
        """Return what stands in the heading of a column that does not sort."""
        return label


class LongTextColumn(Column):
    """Text cut after `length` characters, whole on hover; `url_name` links to a page of the row."""

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        length: int = 60,
        url_name: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(verbose_name, **kwargs)
        self.length, self.url_name = length, url_name

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        text = str(value)
        short = text if len(text) <= self.length else f"{text[: self.length].rstrip()}…"
        if self.url_name:
            return format_html(
                '<a href="{}" title="{}">{}</a>', row_url(self.url_name, record.pk), text, short
            )
        return short if short == text else format_html('<span title="{}">{}</span>', text, short)


class IdColumn(Column):
    """The short readable id in monospace, linked to the row's own page."""

    def __init__(
        self,
        verbose_name: str | None = "ID",
        *,
        url_name: str = "",
        prefix: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("accessor", "pk")
        super().__init__(verbose_name, **kwargs)
        self.url_name, self.prefix = url_name, prefix
        self.css = f"cell-id {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        text = f"{self.prefix}{value}"
        if not self.url_name:
            return format_html('<span class="font-monospace">{}</span>', text)
        return format_html(
            '<a class="row-link" href="{}">{}</a>', row_url(self.url_name, record.pk), text
        )

    def plain(self, value: Any, record: Any) -> Any:
        return f"{self.prefix}{value}" if self.prefix else value


class ChoiceColumn(Column):
    """The label of a choice; `choices` is the enum behind the stored value."""

    def __init__(
        self, verbose_name: str | None = None, *, choices: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(verbose_name, **kwargs)
        self.choices = choices

    def member(self, value: Any) -> Any:
        return self.choices(value) if self.choices is not None else value

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        member = self.member(value)
        return getattr(member, "label", member)

    def plain(self, value: Any, record: Any) -> Any:
        member = self.member(value)
        return str(getattr(member, "label", member))


class StatusColumn(ChoiceColumn):
    """A status as word, icon and colour; its hint tells who moves next."""

    def __init__(self, verbose_name: str | None = "Status", **kwargs: Any) -> None:
        super().__init__(verbose_name, **kwargs)
        self.css = f"cell-status {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        badge = table.drawn.get(("badge", value))
        if badge is None:
            badge = table.drawn["badge", value] = table.component(
                "components/_badge.html", badge_facts(self.member(value))
            )
        return badge


class MoneyColumn(Column):
    """An amount of money, right-aligned in tabular figures; `coded` adds the currency's code."""

    def __init__(
        self, verbose_name: str | None = None, *, coded: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(verbose_name, **kwargs)
        self.coded = coded
        self.css = f"text-end cell-money {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        return money(value, "code" if self.coded else "")

    def plain(self, value: Any, record: Any) -> Any:
        return value.amount


class WhenColumn(Column):
    """A date or moment, exact; `second` names another one to stand below it with its heading."""

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        second: str = "",
        second_label: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial_sort_descending", True)
        super().__init__(verbose_name, **kwargs)
        self.second, self.second_label = second, second_label
        self.css = f"cell-when {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        first = when(value)
        other = getattr(record, self.second) if self.second else None
        if other is None:
            return first
        return format_html(
            '{}<div class="cell-second">{} {}</div>', first, self.second_label, when(other)
        )


class PersonColumn(Column):
    """A person: the address (or what `accessor` gives) and below it the name; linked by `url`."""

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        name: str = "",
        url: Callable[[Any], str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(verbose_name, **kwargs)
        self.name_path = tuple(name.split("__")) if name else ()
        self.url = url
        self.css = f"cell-person {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        address = self.url(record) if self.url else ""
        shown = format_html('<a href="{}">{}</a>', address, value) if address else value
        name = resolve(record, self.name_path) if self.name_path else ""
        return format_html('{}<div class="cell-second">{}</div>', shown, name) if name else shown


class CountColumn(Column):
    """A whole number, right-aligned."""

    def __init__(self, verbose_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(verbose_name, **kwargs)
        self.css = f"text-end cell-count {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        return f"{value:,}"


class SelectColumn(Column):
    """The tick box that selects a row, and in the heading the one for all visible rows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", accessor="pk", exclude_from_export=True, **kwargs)
        self.css = f"cell-select {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        if not table.selectable(record):
            return ""
        return format_html(
            '<input type="checkbox" class="form-check-input" name="selected" value="{}"'
            ' id="select-{}" data-select-row{} aria-label="Select {}">'
            '<input type="hidden" name="row-{}-version" value="{}">',
            value,
            value,
            mark_safe(" checked") if table.is_selected(record) else "",
            table.name_of(record),
            value,
            table.version_of(record),
        )

    def heading(self, table: BaseTable, label: str) -> Any:
        if not table.can_select:
            return ""
        return mark_safe(
            '<input type="checkbox" class="form-check-input" data-select-page hidden'
            ' aria-label="Select all rows on this page">'
        )


class EditableColumn(Column):
    """A cell that becomes the field `field` of the batch form on selected rows.

    Both faces are in the page: the style sheet shows the text on rows that are not ticked and the
    control on those that are, so that it works without script.
    """

    def __init__(self, shown: Column, *, field: str = "", **kwargs: Any) -> None:
        super().__init__(
            kwargs.pop("verbose_name", shown.verbose_name),
            sortable=bool(shown.orderable),
            css=f"cell-editable {shown.css}",
            accessor=kwargs.pop("accessor", shown.accessor),
            order_by=shown.order_by,
            **kwargs,
        )
        self.shown, self.field = shown, field

    def empty(self, record: Any, table: BaseTable) -> Any:
        return self._faces(NOTHING, record, table)

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        return self._faces(self.shown.cell(value, record, table), record, table)

    def _faces(self, text: Any, record: Any, table: BaseTable) -> Any:
        bound = table.edited_field(record, self.field)
        if bound is None:
            return text
        edit = table.component(
            "components/_cell_edit.html", {"field": bound, "label": self.verbose_name}
        )
        return format_html(
            '<div class="cell-read">{}</div><div class="cell-edit">{}</div>', text, edit
        )

    def plain(self, value: Any, record: Any) -> Any:
        return self.shown.plain(value, record)


class ActionsColumn(Column):
    """The ⋮ menu at the row's end, built from the table's `actions(record)`, if there are any."""

    def __init__(self, verbose_name: str = "Actions", **kwargs: Any) -> None:
        super().__init__(verbose_name, accessor="pk", exclude_from_export=True, **kwargs)
        self.css = f"cell-actions {self.css}".strip()

    def cell(self, value: Any, record: Any, table: BaseTable) -> Any:
        actions = table.actions(record)
        if not actions:
            return ""
        items = mark_safe("".join(action.html for action in actions))  # noqa: S308
        return format_html(table.menu_frame, table.name_of(record), items)

    def heading(self, table: BaseTable, label: str) -> Any:
        return format_html('<span class="visually-hidden">{}</span>', label)


def resolve(record: Any, path: Sequence[str]) -> Any:
    """Follow attribute names from a record; a missing relation ends the way with None."""
    value = record
    for step in path:
        value = getattr(value, step, None)
        if value is None:
            return None
    return value() if callable(value) and not isinstance(value, type) else value
