"""When a gift is due: at one moment, again and again, or on the contact's day (rewards.md 3.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.calendar import add_months, local, occurrence
from rewards.choices import GiftRunKind, PeriodUnit
from rewards.configuration import GiftTerms

# Birthdays of days on which nobody looked are caught up for this long.
DAYS_CAUGHT_UP = 7
_DAYS = {PeriodUnit.DAYS: 1, PeriodUnit.WEEKS: 7}
_MONTHS = {PeriodUnit.MONTHS: 1, PeriodUnit.YEARS: 12}


def due(terms: GiftTerms, *, since: datetime, now: datetime, zone: str) -> tuple[datetime, ...]:
    """Return the moments in [since, now] at which a run is due, oldest first.

    `since` is the activation of the offer. Of a recurring gift only the latest moment is caught up; of
    birthdays and name days every day of the last week, because each is for other people.
    """
    if terms.schedule == GiftRunKind.AT:
        at = terms.at
        return (at,) if at is not None and since <= at <= now else ()
    if terms.schedule == GiftRunKind.RECURRING:
        latest = _latest(terms, since=since, now=now, zone=zone)
        return (latest,) if latest is not None else ()
    if terms.schedule == GiftRunKind.ON_OCCASION:
        today = local(now, zone).date()
        days = (today - timedelta(days=back) for back in range(DAYS_CAUGHT_UP, -1, -1))
        moments = (moment(day, terms, zone) for day in days)
        return tuple(at for at in moments if since <= at <= now)
    return ()


def moment(day: date, terms: GiftTerms, zone: str) -> datetime:
    """Return the hour of the run on that day of the business's calendar, in UTC."""
    there = datetime.combine(day, terms.time_of_day, tzinfo=ZoneInfo(zone))
    return there.astimezone(UTC)


def days_meant(day: date) -> tuple[tuple[int, int], ...]:
    """Return the months and days whose occasion is on that date; 28 February may mean two."""
    meant = [(day.month, day.day)]
    if (day.month, day.day) == (2, 28) and occurrence(month=2, day=29, year=day.year) == day:
        meant.append((2, 29))
    return tuple(meant)


def _latest(terms: GiftTerms, *, since: datetime, now: datetime, zone: str) -> datetime | None:
    """Return the latest moment of the series that has come; the series begins on `first_on`."""
    first = terms.first_on or local(since, zone).date()
    step = 0
    found: datetime | None = None
    while (at := moment(_day(first, terms, step), terms, zone)) <= now:
        found = at if at >= since else found
        step += 1
    return found


def _day(first: date, terms: GiftTerms, step: int) -> date:
    """Return the day of the n-th run, counted from the first so that months keep their day."""
    if terms.unit in _DAYS:
        return first + timedelta(days=_DAYS[terms.unit] * terms.every * step)
    return add_months(first, _MONTHS[terms.unit] * terms.every * step)
