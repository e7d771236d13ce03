"""How old the contact is, by the business's calendar; needs the year of birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from directory.segments.base import AsOf, Criterion, Field, Labels, Person, bounds_check

OLDEST = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Age(Criterion):
    """min ≤ completed years ≤ max. Who was born on 29 February is a year older on 28 February."""

    min_years: int | None = None
    max_years: int | None = None

    KIND: ClassVar[str] = "age"
    LABEL: ClassVar[str] = "Age"
    IS_OF_ROW: ClassVar[bool] = True
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("min_years", "At least (years)", "number", required=False, most=OLDEST),
        Field("max_years", "At most (years)", "number", required=False, most=OLDEST),
    )

    def check(self) -> None:
        bounds_check(self.min_years, self.max_years, field_name="min_years")

    def holds(self, person: Person, now: AsOf) -> bool:
        if person.birth is None or person.birth_year is None:
            return False
        year, day = last_birthday(now)
        years = year - person.birth_year - (person.birth > day)
        return (self.min_years is None or self.min_years <= years) and (
            self.max_years is None or years <= self.max_years
        )

    def words(self, labels: Labels) -> str:
        if self.min_years is not None and self.max_years is not None:
            return f"are {self.min_years} to {self.max_years} years old"
        if self.min_years is not None:
            return f"are {self.min_years} or older"
        return f"are {self.max_years} or younger"


def last_birthday(now: AsOf) -> tuple[int, tuple[int, int]]:
    """Return the year and the last (month, day) whose birthday has begun by now."""
    today = now.today
    day = (today.month, today.day)
    if day == (2, 28) and (today + timedelta(days=1)).month == 3:
        day = (2, 29)
    return today.year, day
