"""The contact's gender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from directory.segments.base import AsOf, Criterion, Field, Labels, Person, either

GENDERS = (("female", "Female"), ("male", "Male"), ("other", "Other"))


@dataclass(frozen=True, slots=True, kw_only=True)
class GenderIs(Criterion):
    """One of the genders; who has not said is none of them."""

    genders: tuple[str, ...]

    KIND: ClassVar[str] = "gender"
    LABEL: ClassVar[str] = "Gender"
    IS_OF_ROW: ClassVar[bool] = True
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("genders", "Gender", "choices", choices=GENDERS),)

    def holds(self, person: Person, now: AsOf) -> bool:
        return person.gender in self.genders

    def words(self, labels: Labels) -> str:
        return f"are {either([dict(GENDERS)[one].lower() for one in self.genders])}"
