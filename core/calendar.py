"""Calendar arithmetic in local time: months, yearly occasions, days of a zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.periods import Period


def local(at: datetime, zone: str) -> datetime:
    """Return the moment on the wall clock of the zone."""
    return at.astimezone(ZoneInfo(zone))


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def day_bounds(day: date, zone: str) -> Period:
    """Return the day as a period in UTC; a clock-change day has 23 or 25 hours.

    UTC, because moments that share a zone are compared and subtracted by their wall clocks.
    """
    info = ZoneInfo(zone)
    start = datetime.combine(day, time(), tzinfo=info)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=info)
    return Period(start.astimezone(UTC), end.astimezone(UTC))


def month_bounds(day: date, zone: str) -> Period:
    """Return the calendar month of `day` as a period of the zone."""
    first = day.replace(day=1)
    return Period(
        day_bounds(first, zone).start,
        day_bounds(add_months(first, 1), zone).start,
    )


def occurrence(*, month: int, day: int, year: int) -> date:
    """Return the yearly occasion in that year; 29 February is 28 February in common years."""
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day, last))


def occasion_of(
    *, on: date, month: int, day: int, days_before: int, days_after: int
) -> date | None:
    """Return the occurrence whose window [occurrence − before, occurrence + after] holds `on`.

    Windows may cross the new year, so the occurrences of the year before, of and after `on` are
    tried; None when no window holds it (rewards.md 3.3).
    """
    for year in (on.year - 1, on.year, on.year + 1):
        moment = occurrence(month=month, day=day, year=year)
        if moment - timedelta(days=days_before) <= on <= moment + timedelta(days=days_after):
            return moment
    return None
