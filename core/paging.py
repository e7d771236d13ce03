"""Pages of a list: numbered while counting is cheap, by position beyond that.

A list counts its rows exactly up to a cap and says "more than" above it, because an exact count is
the price of a big page. Within the cap a page has a number and is found by OFFSET; beyond it, and
at the end, a page begins after (or before) a named row, so that the first, the middle and the last
page cost the same. The row is named by a cursor: its ordering values and, where known, its
position.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from core.keyset import Cursor, Key, beyond, cursor_of, ordering_of

__all__ = ["Key", "Page", "Total", "bounded_count", "ordering_of", "paginate", "per_page_of"]

PER_PAGE = (5, 10, 20, 50)
DEFAULT_PER_PAGE = 10
COUNT_CAP = 10_000
LAST = "last"


def per_page_of(*values: Any) -> int:
    """Return the first value that is one of 5, 10, 20 and 50, or 10 (incentives.md 2.0)."""
    for value in values:
        text = str(value or "")
        if text.isdecimal() and text.isascii() and len(text) < 4 and int(text) in PER_PAGE:
            return int(text)
    return DEFAULT_PER_PAGE


@dataclass(frozen=True, slots=True)
class Total:
    """A count that is exact up to a cap: `value` rows, or more than `value` when `capped`."""

    value: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.value:,}{'+' if self.capped else ''}"

    @property
    def words(self) -> str:
        """Return the count as it stands in a sentence: `23` or `more than 10,000`."""
        return f"more than {self.value:,}" if self.capped else f"{self.value:,}"


def bounded_count(queryset: QuerySet[Any], cap: int) -> Total:
    """Count up to the cap; the database stops looking one row beyond it."""
    found = queryset.order_by()[: cap + 1].count()
    return Total(min(found, cap), capped=found > cap)


@dataclass(frozen=True, slots=True)
class Step:
    """A link of the pager: what it says and the query parameters that lead there."""

    label: str
    query: Mapping[str, str]
    current: bool = False

    @property
    def gap(self) -> bool:
        return not self.query


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list with everything that the pager shows."""

    rows: list[Any]
    per_page: int
    total: Total
    start: int | None
    number: int | None = None
    previous: Mapping[str, str] | None = None
    next: Mapping[str, str] | None = None
    steps: tuple[Step, ...] = field(default=())

    @property
    def text(self) -> str:
        """Return `Showing X to Y of Z entries`, or what of it is known beyond the cap."""
        shown, total = len(self.rows), self.total
        noun = "entry" if total.value == 1 and not total.capped else "entries"
        if not shown:
            return f"Showing 0 to 0 of {total.words} {noun}"
        if self.start is None:
            return f"Showing {shown} of {total.words} {noun}"
        if self.start >= 0:
            return f"Showing {self.start + 1:,} to {self.start + shown:,} of {total.words} {noun}"
        if self.start + shown == 0:
            return f"Showing the last {shown} of {total.words} {noun}"
        first, last = -self.start, -self.start - shown + 1
        return f"Showing {first:,} to {last:,} from the end of {total.words} {noun}"

    @property
    def many(self) -> bool:
        """Tell whether there is more than this page."""
        return bool(self.previous or self.next)


def paginate(
    queryset: QuerySet[Any],
    *,
    ordering: Sequence[Key],
    query: Mapping[str, Any],
    per_page: int,
    total: Total,
) -> Page:
    """Return the page that the query asks for: `page`, `after`, `before`, or the first.

    A page past the end is the last page and a page that is no number is the first (incentives.md
    2.0).
    """
    queryset = queryset.order_by(*(key.term for key in ordering))
    for name in ("after", "before"):
        cursor = Cursor.decode(str(query.get(name, "")), ordering) if query.get(name) else None
        if cursor:
            return _beside(queryset, ordering, per_page, total, cursor, back=name == "before")
    wanted = str(query.get("page", ""))
    count = max(1, -(-total.value // per_page))
    if wanted == LAST or (wanted.isdecimal() and wanted.isascii()):
        number = count + 1 if wanted == LAST or len(wanted) > 9 else max(1, int(wanted))
        if total.capped and number > count:
            return _beside(queryset, ordering, per_page, total, None, back=True)
        return _numbered(queryset, ordering, per_page, total, min(number, count))
    return _numbered(queryset, ordering, per_page, total, 1)


def _numbered(
    queryset: QuerySet[Any], ordering: Sequence[Key], per_page: int, total: Total, number: int
) -> Page:
    start = (number - 1) * per_page
    rows = list(queryset[start : start + per_page + 1])
    more, rows = len(rows) > per_page, rows[:per_page]
    count = max(1, -(-total.value // per_page))
    following: Mapping[str, str] | None = None
    if more and number < count:
        following = {"page": str(number + 1)}
    elif more:
        following = {"after": cursor_of(rows[-1], ordering, start + per_page).encode()}
    return Page(
        rows=rows,
        per_page=per_page,
        total=total,
        start=start,
        number=number,
        previous={"page": str(number - 1)} if number > 1 else None,
        next=following,
        steps=_steps(number, count, total),
    )


def _beside(
    queryset: QuerySet[Any],
    ordering: Sequence[Key],
    per_page: int,
    total: Total,
    cursor: Cursor | None,
    *,
    back: bool,
) -> Page:
    """Return the page that begins after a cursor, or ends before it; without one, the very last."""
    narrowed = beyond(queryset, ordering, cursor, back=back) if cursor else queryset
    rows = list((narrowed.reverse() if back else narrowed)[: per_page + 1])
    more, rows = len(rows) > per_page, rows[:per_page]
    if not rows:
        return (
            _beside(queryset, ordering, per_page, total, None, back=True)
            if cursor and not back
            else _numbered(queryset, ordering, per_page, total, 1)
        )
    if back:
        rows.reverse()
    start = _start(cursor, len(rows), back=back)
    end = None if start is None else start + len(rows)
    earlier, later = (more, cursor is not None) if back else (True, more)
    return Page(
        rows=rows,
        per_page=per_page,
        total=total,
        start=start,
        previous=_earlier(rows[0], ordering, start, per_page, total) if earlier else None,
        next={"after": cursor_of(rows[-1], ordering, end).encode()} if later else None,
        steps=_steps(None, max(1, -(-total.value // per_page)), total, last=cursor is None),
    )


def _start(cursor: Cursor | None, shown: int, *, back: bool) -> int | None:
    if cursor is None:
        return -shown
    if cursor.index is None or not back:
        return cursor.index
    return cursor.index - shown if cursor.index < 0 else max(0, cursor.index - shown)


def _earlier(
    record: Any, ordering: Sequence[Key], start: int | None, per_page: int, total: Total
) -> Mapping[str, str]:
    """Lead back to a numbered page where there is one, else to the page before this row."""
    if start is not None and 0 <= start <= total.value and start % per_page == 0:
        return {"page": str(max(1, start // per_page))}
    return {"before": cursor_of(record, ordering, start).encode()}


def _steps(number: int | None, count: int, total: Total, *, last: bool = False) -> tuple[Step, ...]:
    """Return the page links: the first, the neighbours, the last, with gaps between them."""
    near = set(range(number - 1, number + 2)) if number else set()
    wanted = sorted({1, *near, *(() if total.capped else (count,))} & set(range(1, count + 1)))
    steps: list[Step] = []
    before = 0
    for page in wanted:
        if page - before == 2:
            steps.append(Step(f"{page - 1:,}", {"page": str(page - 1)}))
        elif page - before > 2:
            steps.append(Step("…", {}))
        steps.append(Step(f"{page:,}", {"page": str(page)}, current=page == number))
        before = page
    if total.capped:
        steps += [Step("…", {}), Step("Last", {"page": LAST}, current=last)]
    return tuple(steps)
