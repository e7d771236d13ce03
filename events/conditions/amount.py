"""How much: the total of the purchase, both bounds included (rewards.md 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.money import Money
from events.conditions.base import Condition, Names
from events.facts import EventFacts, PurchaseFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountCondition(Condition):
    """min ≤ T ≤ max in one currency; a purchase in another one has no amount to compare."""

    currency: str
    min_minor: int | None = None
    max_minor: int | None = None

    code: ClassVar[str] = "AMOUNT"

    @property
    def is_empty(self) -> bool:
        return self.min_minor is None and self.max_minor is None

    def holds(self, facts: EventFacts) -> bool:
        if not isinstance(facts, PurchaseFacts) or facts.currency != self.currency:
            return False
        return (self.min_minor is None or self.min_minor <= facts.total_minor) and (
            self.max_minor is None or facts.total_minor <= self.max_minor
        )

    def needed(self, names: Names) -> str:
        low, high = self._words(self.min_minor), self._words(self.max_minor)
        if low and high:
            return f"from {low} to {high} (both included)"
        if low:
            return f"{low} or more"
        return f"{high} or less" if high else "any amount"

    def found(self, facts: EventFacts, names: Names) -> str:
        if not isinstance(facts, PurchaseFacts):
            return "no purchase"
        return Money(facts.total_minor, facts.currency).format()

    def describe(self, names: Names) -> str:
        return f"Only when the purchase comes to {self.needed(names)}."

    def _words(self, minor: int | None) -> str:
        return "" if minor is None else Money(minor, self.currency).format()
