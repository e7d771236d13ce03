"""Who: the segments of the contact; at least one of those listed (rewards.md 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.conditions.base import Condition, Names, either
from events.facts import EventFacts


@dataclass(frozen=True, slots=True)
class SegmentCondition(Condition):
    """For contacts in one of these segments, as they are when the event is processed."""

    segment_ids: frozenset[int] = frozenset()

    code: ClassVar[str] = "SEGMENT"

    @property
    def is_empty(self) -> bool:
        return not self.segment_ids

    def holds(self, facts: EventFacts) -> bool:
        contact = facts.contact
        return contact is not None and not self.segment_ids.isdisjoint(contact.segment_ids)

    def needed(self, names: Names) -> str:
        return (
            f"in {either(names.all('segment', self.segment_ids))}" if self.segment_ids else "anyone"
        )

    def found(self, facts: EventFacts, names: Names) -> str:
        if facts.contact is None:
            return "no contact"
        if not (mine := self.segment_ids & facts.contact.segment_ids):
            return "in none of them"
        return f"in {either(names.all('segment', mine), word='and')}"

    def describe(self, names: Names) -> str:
        return f"Only for contacts {self.needed(names)}."
