"""Where: merchants, venues, the business itself, countries, towns, tags (rewards.md 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.conditions.base import Condition, Names, either
from events.facts import EventFacts, PlaceFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCondition(Condition):
    """At one of these places.

    A merchant covers all its venues, also those opened later. The business as a value covers what is
    bought at the business without a merchant in between: at itself or at a venue of its own.
    """

    business_ids: frozenset[int] = frozenset()
    merchant_ids: frozenset[int] = frozenset()
    venue_ids: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    code: ClassVar[str] = "LOCATION"

    @property
    def is_empty(self) -> bool:
        return not (
            self.business_ids
            or self.merchant_ids
            or self.venue_ids
            or self.countries
            or self.towns
            or self.tags
        )

    def holds(self, facts: EventFacts) -> bool:
        place = facts.place
        return (
            place.venue_id in self.venue_ids
            or place.merchant_id in self.merchant_ids
            or (place.merchant_id is None and place.business_id in self.business_ids)
            or self._lies_in(place)
        )

    def _lies_in(self, place: PlaceFacts) -> bool:
        """Compare address and tags; upper and lower case are the same to people."""
        return (
            (bool(place.country) and place.country in self.countries)
            or (bool(place.town) and place.town.casefold() in _folded(self.towns))
            or bool(_folded(place.tags) & _folded(self.tags))
        )

    def needed(self, names: Names) -> str:
        return either(self._parts(names)) if not self.is_empty else "at any place"

    def _parts(self, names: Names) -> list[str]:
        parts = []
        if places := [
            *names.all("business", self.business_ids),
            *names.all("merchant", self.merchant_ids),
            *names.all("venue", self.venue_ids),
        ]:
            parts.append(f"at {either(places)}")
        if areas := [*names.all("country", self.countries), *sorted(self.towns)]:
            parts.append(f"in {either(areas)}")
        if self.tags:
            parts.append(f"at a place tagged {either(sorted(self.tags))}")
        return parts

    def found(self, facts: EventFacts, names: Names) -> str:
        place = facts.place
        label = place.name or (
            (place.venue_id and names.of("venue", place.venue_id))
            or (place.merchant_id and names.of("merchant", place.merchant_id))
            or names.of("business", place.business_id)
        )
        area = ", ".join(
            part
            for part in (place.town, place.country and names.of("country", place.country))
            if part
        )
        return f"at {label} ({area})" if area else f"at {label}"

    def describe(self, names: Names) -> str:
        return f"Only {self.needed(names)}."


def _folded(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
