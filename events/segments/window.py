"""The last days of a business's calendar, today included, up to now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from directory.segments.base import (
    MOST_DAYS,
    AsOf,
    Bought,
    Field,
    Person,
    Unusable,
    days_words,
)

DAYS = Field("days", "In the last … days", "number", hint="Today counts.", most=MOST_DAYS)


def first_day(days: int, now: AsOf) -> date:
    """Return the first day that counts; one day is today alone."""
    return now.today - timedelta(days=days - 1)


def purchases_in(person: Person, days: int, now: AsOf) -> Iterator[Bought]:
    """Yield the person's standing purchases of the last days."""
    begin = first_day(days, now)
    return (one for one in person.purchases if begin <= now.day_of(one.at) and one.at <= now.at)


def check_days(days: int) -> None:
    if days < 1:
        raise Unusable("days", "At least one day.")


def words(days: int) -> str:
    return f"in the last {days_words(days)}, today included"
