"""Editing selected rows of a list at once: what the form sends, read row by row, all or nothing.

The form sends `selected` (the key of each ticked row), `row-<key>-version` (which state of it was
shown) and `row-<key>-<field>` for each field. Fields of rows that are not ticked are ignored
(incentives.md 6.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from core.errors import Invalid, NotFound
from core.selection import RowsRefused

LIMIT = 50
BIGGEST = 2**63 - 1


def selected_ids(data: QueryDict, *, limit: int = LIMIT) -> list[int]:
    """Return the keys of the ticked rows.

    Raises NotFound for what is no key at all and Invalid for a repeated one or for more than
    `limit` (incentives.md 6.5 D5, D10).
    """
    ids: list[int] = []
    for text in data.getlist("selected"):
        if not (text.isascii() and text.isdecimal() and 0 < int(text[:20]) <= BIGGEST):
            raise NotFound("One of the selected rows does not exist. Nothing was saved.")
        ids.append(int(text))
    if len(set(ids)) != len(ids):
        raise Invalid("A row was sent twice. Nothing was saved.", code="repeated_row")
    if len(ids) > limit:
        raise Invalid(
            f"Select at most {limit} rows at once. Nothing was saved.", code="too_many_rows"
        )
    return ids


class BatchRow:
    """One row of the batch: its record, the form that edits it, the version that was shown."""

    def __init__(self, record: Any, form: forms.Form, *, version: int | None) -> None:
        self.record = record
        self.form = form
        self.version = version

    @property
    def pk(self) -> int:
        return int(self.record.pk)

    @property
    def values(self) -> dict[str, Any]:
        """The validated fields of the row."""
        return self.form.cleaned_data

    @property
    def changed(self) -> bool:
        """Tell whether what was sent differs from what is stored."""
        return self.form.has_changed()


@dataclass(frozen=True, slots=True)
class RowError:
    """One sentence of the summary, and the control it links to."""

    message: str
    anchor: str


class BatchForm:
    """The rows of one list page as forms.

    Subclasses set `row_form` (a plain form of one row's fields) and define `initial`;
    `version_field` names the attribute that counts a record's edits. Unbound it draws the page;
    bound it reads what was ticked.
    """

    row_form: ClassVar[type[forms.Form]]
    version_field: ClassVar[str] = "version"
    limit: ClassVar[int] = LIMIT
    bar_template: ClassVar[str] = ""
    submit_label: ClassVar[str] = "Update Selected"

    def __init__(self, data: QueryDict | None = None, *, editable: bool = True) -> None:
        self.data = data
        self.editable = editable
        self._rows: dict[int, BatchRow] = {}
        self._selected: list[int] = []
        self.empty_press = False

    def initial(self, record: Any) -> Mapping[str, Any]:
        """Return the stored values of the row's fields."""
        raise NotImplementedError

    def may_edit(self, record: Any) -> bool:
        """Tell whether this row may be edited; a list may hold some that may not."""
        return self.editable

    def label_of(self, record: Any) -> str:
        """Return what messages call the row."""
        return str(record)

    @cached_property
    def ids(self) -> list[int]:
        """The keys of the ticked rows (see `selected_ids` for what is refused)."""
        assert self.data is not None
        return selected_ids(self.data, limit=self.limit)

    def bind(self, records: Iterable[Any]) -> None:
        """Take the fetched records of the ticked rows, and read each one's fields."""
        for record in records:
            self._selected.append(record.pk)
            self._rows[record.pk] = self._row_of(record, self.data)

    def _row_of(self, record: Any, data: QueryDict | None) -> BatchRow:
        prefix = f"row-{record.pk}"
        form = self.row_form(
            data, prefix=prefix, initial=dict(self.initial(record)), use_required_attribute=False
        )
        text = data.get(f"{prefix}-version", "") if data is not None else ""
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        return BatchRow(record, form, version=number)

    @property
    def rows(self) -> Sequence[BatchRow]:
        """The ticked rows, in the order sent."""
        return [self._rows[pk] for pk in self._selected]

    def row(self, record: Any) -> BatchRow:
        """Return the row of a record: as it was sent if it was ticked, else as it is stored."""
        found = self._rows.get(record.pk)
        if found is None:
            found = self._rows[record.pk] = self._row_of(record, None)
        return found

    def is_selected(self, record: Any) -> bool:
        return record.pk in self._selected

    def version_of(self, record: Any) -> Any:
        """Return the version in the form: for a ticked row the one its reader has seen."""
        row = self._rows.get(record.pk) if self.is_selected(record) else None
        if row is not None and row.version is not None:
            return row.version
        return getattr(record, self.version_field, "")

    def is_valid(self) -> bool:
        """Tell whether every ticked row can be saved as far as its own fields show."""
        self.empty_press = not self._selected
        for row in self.rows:
            if row.version is None:
                row.form.add_error(None, "The row came without its version. Reload the page.")
        sound = [
            row.form.is_valid() for row in self.rows
        ]  # every row, so that each shows its errors
        return not self.empty_press and all(sound)

    def refuse(self, refusal: RowsRefused) -> None:
        """Put a service's refusals beside the fields that they speak of."""
        for pk, sentences in refusal.rows.items():
            form = self._rows[pk].form
            for name, message in sentences.items():
                form.add_error(name if name in form.fields else None, message)

    def with_missing(self, rows: Sequence[Any]) -> list[Any]:
        """Return a page's rows with the ticked ones that it lacks put first, so that none hides."""
        shown = {record.pk for record in rows}
        return [*(row.record for row in self.rows if row.pk not in shown), *rows]

    @property
    def bad_rows(self) -> list[BatchRow]:
        return [row for row in self.rows if row.form.errors]

    @property
    def headline(self) -> str:
        """Return what the summary says first: `1 of 3 selected rows needs a change`."""
        if self.empty_press:
            return "Select at least one row first"
        bad, count = len(self.bad_rows), len(self._selected)
        if not bad:
            return ""
        verb = "needs" if bad == 1 else "need"
        return f"{bad} of {count} selected {'rows' if count > 1 else 'row'} {verb} a change"

    @property
    def errors(self) -> list[RowError]:
        """Return every error in words, row by row, each with the control that it is about."""
        found: list[RowError] = []
        for row in self.bad_rows:
            for name, sentences in row.form.errors.items():
                at_field = name in row.form.fields
                anchor = row.form[name].id_for_label if at_field else f"select-{row.pk}"
                found += [
                    RowError(f"{self.label_of(row.record)}: {text}", anchor) for text in sentences
                ]
        return found
