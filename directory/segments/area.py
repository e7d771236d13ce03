"""Where the contact lives or works: any of their addresses counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from directory.segments.base import AsOf, Criterion, Field, Labels, Person, either


@dataclass(frozen=True, slots=True, kw_only=True)
class Town(Criterion):
    """One of the towns, upper and lower case being the same."""

    towns: tuple[str, ...]

    KIND: ClassVar[str] = "town"
    LABEL: ClassVar[str] = "Town"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("towns", "Towns", "words", hint="With commas between them: Nicosia, Larnaca"),
    )

    def holds(self, person: Person, now: AsOf) -> bool:
        return bool({town.lower() for town in person.towns} & {town.lower() for town in self.towns})

    def words(self, labels: Labels) -> str:
        return f"have an address in {either(self.towns)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Country(Criterion):
    """One of the countries, by their two-letter codes."""

    countries: tuple[str, ...]

    KIND: ClassVar[str] = "country"
    LABEL: ClassVar[str] = "Country"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("countries", "Countries", "choices", source="country"),
    )

    def holds(self, person: Person, now: AsOf) -> bool:
        return not person.countries.isdisjoint(self.countries)

    def words(self, labels: Labels) -> str:
        return f"have an address in {labels.either('country', self.countries)}"
