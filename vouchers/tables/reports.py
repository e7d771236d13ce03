"""The tables of the reports (vouchers.md 8, page 17): one declaration gives the page and the file.

No column holds a code, so that nothing needs to be masked; who got which code is in the file of
issuances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from core.templatetags.ui import when
from vouchers.selectors.report_ends import BANDS, Aged, Unused
from vouchers.selectors.reports import Line
from vouchers.thresholds import DAY, days_left

TENTH = Decimal("0.1")
# Lines on a page; the file holds them all.
MOST = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a line. What `is_summed` is not stands empty in the line of totals."""

    label: str
    value: Callable[[Any], Any]
    kind: Literal["count", "percent", "bar", "days", "rate", "day"] = "count"
    is_summed: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as the page shows it, and bare for the file; `share` draws a bar beside it."""

    label: str
    text: str
    raw: Any
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    note: str
    url: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of figures: `first` heads the labels, `second` (if any) the notes in files."""

    first: str
    second: str
    head: Sequence[str]
    rows: Sequence[Row]
    total: Row

    @property
    def shown(self) -> Sequence[Row]:
        """The rows of the page."""
        return self.rows[:MOST]

    @property
    def is_cut(self) -> bool:
        return len(self.rows) > MOST

    def export_head(self) -> list[str]:
        """Return the titles of the file."""
        return [self.first, *([self.second] if self.second else []), *self.head]

    def export_rows(self) -> Iterator[list[Any]]:
        """Yield the lines of the file, the totals last."""
        for row in (*self.rows, self.total):
            notes = [row.note] if self.second else []
            yield [row.label, *notes, *(cell.raw for cell in row.cells)]


def share(part: int, whole: int) -> Decimal | None:
    """Return a percentage with one digit; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(TENTH) if whole > 0 else None


def days(lasted: timedelta | None) -> Decimal | None:
    """Return a length of time in days with one digit."""
    return None if lasted is None else Decimal(lasted.total_seconds() / DAY).quantize(TENTH)


def _days_left(line: Line) -> Decimal | None:
    left = days_left(line.stock.distributable, line.rate)
    return None if left is None else Decimal(left).quantize(TENTH)


UPLOADED = Column("Uploaded", lambda line: line.uploaded)
GIVEN = (
    Column("Distributed", lambda line: line.issued),
    Column("Redeemed", lambda line: line.redeemed),
    Column("Redemption rate", lambda line: share(line.redeemed, line.issued), "bar"),
    Column("Expired", lambda line: line.expired),
    Column("Mailed", lambda line: line.mailed),
    Column("Bounced", lambda line: line.bounced),
    Column("Median to redemption", lambda line: days(line.median), "days"),
)
WAITING = (
    Column("Reserved now", lambda line: line.reserved),
    Column("Waiting now", lambda line: line.waiting),
)
STOCK = (
    Column("Available now", lambda line: line.stock.available),
    Column("Distributable now", lambda line: line.stock.distributable),
    Column("Void now", lambda line: line.stock.void),
    Column("Utilisation", lambda line: line.stock.utilisation, "percent"),
    *WAITING,
    Column("A day, last 7 days", lambda line: Decimal(line.rate).quantize(TENTH), "rate"),
    Column("Days left", _days_left, "days", is_summed=False),
)
POOL = (
    Column("Distributable now", lambda line: line.stock.distributable, is_summed=False),
    *WAITING,
    Column("Days left", _days_left, "days", is_summed=False),
)
LEFT_OVER = (
    Column("Expired on", lambda line: line.expired_at, "day", is_summed=False),
    Column("Uploaded", lambda line: line.uploaded),
    Column("Distributed", lambda line: line.issued),
    Column("Unused", lambda line: line.unused),
    Column("Share unused", lambda line: line.share, "bar"),
)


def _band(place: int) -> Callable[[Aged], int]:
    return lambda line: line.counts[place]


AGES = (
    Column("Waiting", lambda line: line.waiting),
    *(Column(words, _band(place)) for place, (_, _, words) in enumerate(BANDS)),
    Column("Since", lambda line: line.oldest_at, "day"),
)
# For each report: what heads its labels and notes, and its columns.
COLUMNS: dict[str, tuple[str, str, tuple[Column, ...]]] = {
    "month": ("Month", "", (UPLOADED, *GIVEN)),
    "partner": ("Partner", "", (UPLOADED, *GIVEN, *STOCK)),
    "list": ("List", "Partner and tag", (UPLOADED, *GIVEN, *STOCK)),
    "campaign": ("Campaign", "Number", (*GIVEN, *POOL)),
    "unused": ("List", "Partner and tag", LEFT_OVER),
    "waiting": ("Campaign", "Number", AGES),
}


def sheet(
    *,
    kind: str,
    lines: Iterable[Line | Unused | Aged],
    total: Line | Unused | Aged,
    address: Callable[[Any], str],
) -> Sheet:
    """Return the table of a report; `address` leads from a line to what it is about."""
    first, second, columns = COLUMNS[kind]
    return Sheet(
        first=first,
        second=second,
        head=[column.label for column in columns],
        rows=[
            Row(line.label, line.note, address(line), [_cell(column, line) for column in columns])
            for line in lines
        ],
        total=Row("Total", "", "", [_cell(column, total, is_total=True) for column in columns]),
    )


def _cell(column: Column, line: Any, *, is_total: bool = False) -> Cell:
    raw = None if is_total and not column.is_summed else column.value(line)
    return Cell(
        label=column.label,
        text=_text(column.kind, raw),
        raw=raw,
        share=round(raw) if column.kind == "bar" and raw is not None else None,
    )


def _text(kind: str, raw: Any) -> str:
    if raw is None:
        return "–"
    if isinstance(raw, datetime):
        return when(raw, "date")
    if kind in ("percent", "bar"):
        return f"{raw} %"
    if kind == "days":
        return f"{raw:,} day" if raw == 1 else f"{raw:,} days"
    return f"{raw:,}"
