"""When the contact was registered: on or after a day, before a day, in the last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from directory.segments.base import (
    MOST_DAYS,
    AsOf,
    Criterion,
    Field,
    Labels,
    Person,
    Unusable,
    day_words,
    days_words,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Criterion):
    """from ≤ day of registration < before, by the business's calendar."""

    from_on: date | None = None
    before_on: date | None = None

    KIND: ClassVar[str] = "registered"
    LABEL: ClassVar[str] = "Registered between two days"
    IS_OF_ROW: ClassVar[bool] = True
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("from_on", "On or after", "date", required=False),
        Field("before_on", "Before", "date", hint="This day is not included.", required=False),
    )

    def check(self) -> None:
        if self.from_on is None and self.before_on is None:
            raise Unusable("from_on", "Give at least one of the two days.")
        if self.from_on and self.before_on and self.before_on <= self.from_on:
            raise Unusable("before_on", "This day must come after the other one.")

    def holds(self, person: Person, now: AsOf) -> bool:
        day = now.day_of(person.registered_at)
        return (self.from_on is None or self.from_on <= day) and (
            self.before_on is None or day < self.before_on
        )

    def words(self, labels: Labels) -> str:
        parts = []
        if self.from_on:
            parts.append(f"on or after {day_words(self.from_on)}")
        if self.before_on:
            parts.append(f"before {day_words(self.before_on)}")
        return f"registered {' and '.join(parts)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentlyRegistered(Criterion):
    """Registered today or in the days before; 1 day is today alone."""

    days: int

    KIND: ClassVar[str] = "registered_lately"
    LABEL: ClassVar[str] = "Registered lately"
    IS_OF_ROW: ClassVar[bool] = True
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("days", "In the last … days", "number", hint="Today counts.", most=MOST_DAYS),
    )

    def first_day(self, now: AsOf) -> date:
        """Return the first day that counts."""
        return now.today - timedelta(days=self.days - 1)

    def check(self) -> None:
        if self.days < 1:
            raise Unusable("days", "At least one day.")

    def holds(self, person: Person, now: AsOf) -> bool:
        return now.day_of(person.registered_at) >= self.first_day(now)

    def words(self, labels: Labels) -> str:
        return f"registered in the last {days_words(self.days)}, today included"
