"""Birthday or name day in exactly so many days; 29 February counts as 28 February in other years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from directory.segments.base import AsOf, Criterion, Field, Labels, Person, days_words

DAYS = Field("days", "In exactly … days", "number", hint="0 is today, 1 tomorrow.", most=366)


def days_celebrated(now: AsOf, days: int) -> tuple[tuple[int, int], ...]:
    """Return the (month, day) values that are celebrated so many days from today."""
    day = now.today + timedelta(days=days)
    own = (day.month, day.day)
    if own == (2, 28) and (day + timedelta(days=1)).month == 3:
        return (own, (2, 29))
    return (own,)


def _when(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in exactly {days_words(days)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayIn(Criterion):
    """The birthday is exactly so many days away."""

    days: int

    KIND: ClassVar[str] = "birthday"
    LABEL: ClassVar[str] = "Birthday"
    IS_OF_ROW: ClassVar[bool] = True
    FIELDS: ClassVar[tuple[Field, ...]] = (DAYS,)

    def holds(self, person: Person, now: AsOf) -> bool:
        return person.birth in days_celebrated(now, self.days)

    def words(self, labels: Labels) -> str:
        return f"have their birthday {_when(self.days)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDayIn(Criterion):
    """The name day is exactly so many days away."""

    days: int

    KIND: ClassVar[str] = "name_day"
    LABEL: ClassVar[str] = "Name day"
    IS_OF_ROW: ClassVar[bool] = True
    FIELDS: ClassVar[tuple[Field, ...]] = (DAYS,)

    def holds(self, person: Person, now: AsOf) -> bool:
        return person.name_day in days_celebrated(now, self.days)

    def words(self, labels: Labels) -> str:
        return f"have their name day {_when(self.days)}"
