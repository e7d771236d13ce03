"""What every kind of condition has in common, and the words in which it explains itself.

A condition is a frozen value. `check` says whether an event holds it, and if not, what was needed and
what was found (decision D16); `describe` says the rule in plain words. Both take the names of what
the ids stand for, because pure values know no tables.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from events.facts import EventFacts


@dataclass(frozen=True, slots=True)
class Names:
    """Labels by kind and id: `Names({"venue": {3: "Kiosk Harbour"}})`."""

    labels: Mapping[str, Mapping[int | str, str]] = field(default_factory=dict)

    def of(self, kind: str, key: int | str) -> str:
        """Return the label, or kind and id where nobody knows a label."""
        return self.labels.get(kind, {}).get(key) or f"{kind} {key}"

    def joined(self, other: Names) -> Names:
        """Return these labels with those of the other one for what has none here."""
        kinds = {*self.labels, *other.labels}
        return Names(
            {kind: {**other.labels.get(kind, {}), **self.labels.get(kind, {})} for kind in kinds}
        )

    def all(self, kind: str, keys: Iterable[int | str]) -> list[str]:
        """Return the labels in the order in which people look things up."""
        return sorted((self.of(kind, key) for key in keys), key=str.casefold)


NO_NAMES = Names()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a condition does not hold: needed "at Harbour or Old Town", found "at Hill Street"."""

    code: str
    needed: str
    found: str

    def __str__(self) -> str:
        return f"Needed: {self.needed}. Found: {self.found}."


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition of a set and what came of it, passed or not."""

    code: str
    passed: bool
    needed: str
    found: str


class Condition(ABC):
    """One kind of condition: values inside it are joined by OR (rewards.md 4.1)."""

    __slots__ = ()

    code: ClassVar[str]

    @property
    @abstractmethod
    def is_empty(self) -> bool:
        """Whether it has no values and so restricts nothing."""

    @abstractmethod
    def holds(self, facts: EventFacts) -> bool:
        """Tell whether the event meets at least one of the values."""

    @abstractmethod
    def needed(self, names: Names) -> str:
        """Say what is asked for, as the end of a sentence: "at Old Town or in Cyprus"."""

    @abstractmethod
    def found(self, facts: EventFacts, names: Names) -> str:
        """Say what the event brought instead, in the same shape."""

    @abstractmethod
    def describe(self, names: Names) -> str:
        """Say the rule as a whole sentence."""

    def check(self, facts: EventFacts, names: Names = NO_NAMES) -> Reason | None:
        """Return why the event fails the condition, or None when it holds or asks nothing."""
        if self.is_empty or self.holds(facts):
            return None
        return Reason(self.code, self.needed(names), self.found(facts, names))

    def verdict(self, facts: EventFacts, names: Names = NO_NAMES) -> Verdict:
        """Return what was needed and found, whether it sufficed or not."""
        passed = self.is_empty or self.holds(facts)
        return Verdict(self.code, passed, self.needed(names), self.found(facts, names))


def either(items: Iterable[str], word: str = "or") -> str:
    """Join with commas and a last "or": "Mon, Tue or Wed"."""
    *head, last = list(items) or [""]
    return f"{', '.join(head)} {word} {last}" if head else last
