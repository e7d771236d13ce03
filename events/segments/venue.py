"""The venue at which the contact has bought most often within a year."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from directory.segments.base import AsOf, Criterion, Field, Labels, Person
from events.segments import window

YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferredVenue(Criterion):
    """One of the venues; where two were visited equally often, the one visited last counts."""

    venues: tuple[int, ...]

    KIND: ClassVar[str] = "preferred_venue"
    LABEL: ClassVar[str] = "Preferred venue"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field(
            "venues",
            "Venues",
            "references",
            hint="Where they bought most often within the last year.",
            source="venue",
        ),
    )

    def holds(self, person: Person, now: AsOf) -> bool:
        counts: Counter[int] = Counter()
        last: dict[int, datetime] = {}
        for one in window.purchases_in(person, YEAR, now):
            if one.venue_id is not None:
                counts[one.venue_id] += 1
                last[one.venue_id] = max(last.get(one.venue_id, one.at), one.at)
        if not counts:
            return False
        favourite = max(counts, key=lambda pk: (counts[pk], last[pk], -pk))
        return favourite in self.venues

    def words(self, labels: Labels) -> str:
        return f"buy most often at {labels.either('venue', self.venues)}"
