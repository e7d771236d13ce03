"""When: weekdays, hours, dates and a yearly range, on the wall clock of the place (rewards.md 4.3).

Rows are joined by OR, the filled parts of a row by AND (wallet.md 4.4). Everything is half-open but
the yearly range, of which both ends are included. A range of hours whose end is not after its start
crosses midnight and belongs to the day on which it starts, for weekday and dates alike: Friday
22:00–02:00 contains Saturday 01:59, not Saturday 02:00 and not Friday 01:00. Wall-clock times are
compared, so an hour that a clock change skips never matches and a repeated one matches both times.
"""

from __future__ import annotations

from calendar import day_abbr, day_name, month_name
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from events.conditions.base import Condition, Names, either
from events.facts import EventFacts

WHOLE_DAY = 24 * 60
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})
YearlyDay = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRow:
    """One row: weekdays (0 Monday … 6 Sunday, none = all), minutes of the day, dates, yearly range.

    `end_minute` may be 1440 (24:00). `from_on` is included, `to_on` is not. `yearly_from` and
    `yearly_to` are (month, day), given together; a range that ends before it starts crosses New Year.
    """

    weekdays: frozenset[int] = frozenset()
    start_minute: int = 0
    end_minute: int = WHOLE_DAY
    from_on: date | None = None
    to_on: date | None = None
    yearly_from: YearlyDay | None = None
    yearly_to: YearlyDay | None = None

    @property
    def crosses_midnight(self) -> bool:
        return self.end_minute <= self.start_minute

    @property
    def is_all_day(self) -> bool:
        return self.start_minute == 0 and self.end_minute in (0, WHOLE_DAY)

    def holds(self, local_at: datetime) -> bool:
        """Tell whether the local moment lies in the row, on the day it starts or across midnight."""
        second = local_at.hour * 3600 + local_at.minute * 60 + local_at.second
        start, end, today = self.start_minute * 60, self.end_minute * 60, local_at.date()
        if not self.crosses_midnight:
            return start <= second < end and self._has_day(today)
        return (start <= second and self._has_day(today)) or (
            second < end and self._has_day(today - timedelta(days=1))
        )

    def _has_day(self, day: date) -> bool:
        return (
            (not self.weekdays or day.weekday() in self.weekdays)
            and (self.from_on is None or self.from_on <= day)
            and (self.to_on is None or day < self.to_on)
            and self._in_year(day)
        )

    def _in_year(self, day: date) -> bool:
        if self.yearly_from is None or self.yearly_to is None:
            return True
        now = (day.month, day.day)
        if self.yearly_from <= self.yearly_to:
            return self.yearly_from <= now <= self.yearly_to
        return now >= self.yearly_from or now <= self.yearly_to

    def words(self) -> str:
        """Say the row: "on workdays between 15:00 and 18:00 (18:00 excluded), from 1 May 2026"."""
        return ", ".join(
            part
            for part in (self._hours_words(), self._dates_words(), self._yearly_words())
            if part
        )

    def _hours_words(self) -> str:
        days = _weekday_words(self.weekdays)
        if self.is_all_day:
            return days or ("" if self.from_on or self.to_on or self.yearly_from else "at any time")
        end = clock_words(self.end_minute)
        when = f"from {clock_words(self.start_minute)} until {end}"
        if self.crosses_midnight:
            when += " on the next day"
        return f"{days} {when} ({end} excluded)".strip()

    def _dates_words(self) -> str:
        last = self.to_on - timedelta(days=1) if self.to_on else None
        if self.from_on and last:
            return f"from {_day_words(self.from_on)} to {_day_words(last)} (last day included)"
        if self.from_on:
            return f"from {_day_words(self.from_on)} on"
        return f"until {_day_words(last)} (last day included)" if last else ""

    def _yearly_words(self) -> str:
        if self.yearly_from is None or self.yearly_to is None:
            return ""
        first, last = (
            f"{day} {month_name[month]}" for month, day in (self.yearly_from, self.yearly_to)
        )
        return f"every year from {first} to {last} (both included)"


@dataclass(frozen=True, slots=True)
class TimeCondition(Condition):
    """At one of these times."""

    rows: tuple[TimeRow, ...] = ()

    code: ClassVar[str] = "TIME"

    @property
    def is_empty(self) -> bool:
        return not self.rows

    def holds(self, facts: EventFacts) -> bool:
        return any(row.holds(facts.local_at) for row in self.rows)

    def needed(self, names: Names) -> str:
        return "; or ".join(row.words() for row in self.rows) or "at any time"

    def found(self, facts: EventFacts, names: Names) -> str:
        at = facts.local_at
        return f"on {day_name[at.weekday()]} {_day_words(at.date())} at {at:%H:%M:%S}"

    def describe(self, names: Names) -> str:
        return f"Only {self.needed(names)}, by the clock of the place."


def clock_words(minute: int) -> str:
    """Return the minute of the day as 15:00; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _day_words(day: date) -> str:
    return f"{day.day} {month_name[day.month]} {day.year}"


def _weekday_words(days: frozenset[int]) -> str:
    if not days or len(days) == 7:
        return ""
    if days == WORKDAYS:
        return "on workdays"
    if days == WEEKEND:
        return "at weekends"
    if len(days) == 1:
        return f"on {day_name[next(iter(days))]}s"
    return f"on {either([day_abbr[day] for day in sorted(days)], word='and')}"
