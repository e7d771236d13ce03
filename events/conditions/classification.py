"""How the business labels the event: dine-in, delivery, facebook like (rewards.md 2.6, 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.conditions.base import Condition, Names, either
from events.facts import EventFacts


@dataclass(frozen=True, slots=True)
class ClassificationCondition(Condition):
    """With one of these classifications; an unclassified event fails a non-empty list."""

    classification_ids: frozenset[int] = frozenset()

    code: ClassVar[str] = "CLASSIFICATION"

    @property
    def is_empty(self) -> bool:
        return not self.classification_ids

    def holds(self, facts: EventFacts) -> bool:
        return facts.classification_id in self.classification_ids

    def needed(self, names: Names) -> str:
        if not self.classification_ids:
            return "any classification"
        return either(names.all("classification", self.classification_ids))

    def found(self, facts: EventFacts, names: Names) -> str:
        if facts.classification_id is None:
            return "unclassified"
        return facts.classification_name or names.of("classification", facts.classification_id)

    def describe(self, names: Names) -> str:
        return f"Only when classified as {self.needed(names)}."
