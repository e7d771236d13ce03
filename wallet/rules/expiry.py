"""When conditional money may be used (wallet.md 4.4): half-open from its start to its expiry.

Boundaries are midnights of the business's zone. A period counts in calendar days, so that the money of
one day expires together; a target day that does not exist is the first day of the next month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Span:
    """A number of days, weeks, months or years ("DAY", "WEEK", "MONTH", "YEAR")."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Validity:
    """When money of a pool begins and ends: a fixed day, a span after the award, or neither."""

    starts_on: date | None = None
    starts_after: Span | None = None
    ends_on: date | None = None
    ends_after: Span | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """[starts_at, expires_at) in UTC; without an end it never expires."""

    starts_at: datetime
    expires_at: datetime | None

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.expires_at is None or at < self.expires_at)


def midnight(day: date, zone: str) -> datetime:
    """Return the first moment of the day in the zone, in UTC."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def after(day: date, span: Span) -> date:
    """Return the day that lies the span later, in the contact's favour where there is no such day.

    29 Feb 2028 + 1 year is 1 Mar 2029; 31 Jan + 1 month is 1 Mar (wallet.md 4.4.3).
    """
    if span.unit == "DAY":
        return day + timedelta(days=span.count)
    if span.unit == "WEEK":
        return day + timedelta(weeks=span.count)
    months = span.count * (12 if span.unit == "YEAR" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)


def window(validity: Validity, *, awarded_at: datetime, zone: str) -> Window:
    """Return from when to when money granted at that moment can be used (wallet.md 4.4.1-4.4.4)."""
    awarded_on = awarded_at.astimezone(ZoneInfo(zone)).date()
    starts_at = awarded_at
    if validity.starts_on is not None:
        starts_at = max(awarded_at, midnight(validity.starts_on, zone))
    elif validity.starts_after is not None:
        starts_at = midnight(after(awarded_on, validity.starts_after), zone)
    expires_at = None
    if validity.ends_on is not None:
        expires_at = midnight(validity.ends_on, zone)
    elif validity.ends_after is not None:
        expires_at = midnight(after(awarded_on, validity.ends_after), zone)
    return Window(starts_at, expires_at)


def refilled(expires_at: datetime | None, *, at: datetime, grace_days: int) -> datetime | None:
    """Return until when a lot is usable that money came back to (wallet.md 6.3).

    Money that had expired meanwhile gets the days of grace; other money keeps its expiry.
    """
    if expires_at is None or expires_at > at:
        return expires_at
    return max(expires_at, at + timedelta(days=grace_days))
