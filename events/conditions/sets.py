"""A set of conditions: AND between the kinds, OR inside one, an empty set holds (rewards.md 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from events.conditions.amount import AmountCondition
from events.conditions.base import NO_NAMES, Condition, Names, Reason, Verdict
from events.conditions.classification import ClassificationCondition
from events.conditions.location import LocationCondition
from events.conditions.product import ProductCondition
from events.conditions.segment import SegmentCondition
from events.conditions.time import TimeCondition
from events.facts import EventFacts, LineFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSet:
    """What an offer or a pool asks of an event. `names` are for sentences and compare as nothing.

    Offers check the occasion between segments and location; they ask `check_segments` first and
    `check_after_segments` for the rest, so that the first failure is the one of rewards.md 4.1.
    """

    segments: SegmentCondition = field(default_factory=SegmentCondition)
    location: LocationCondition = field(default_factory=LocationCondition)
    time: TimeCondition = field(default_factory=TimeCondition)
    classification: ClassificationCondition = field(default_factory=ClassificationCondition)
    amount: AmountCondition | None = None
    products: ProductCondition = field(default_factory=ProductCondition)
    names: Names = field(default=NO_NAMES, compare=False, repr=False)

    ORDER: ClassVar[tuple[str, ...]] = (
        "segments",
        "location",
        "time",
        "classification",
        "amount",
        "products",
    )

    def __iter__(self) -> Iterator[Condition]:
        """Go through the kinds that restrict something, in the order in which they are checked."""
        for name in self.ORDER:
            condition: Condition | None = getattr(self, name)
            if condition is not None and not condition.is_empty:
                yield condition

    @property
    def is_empty(self) -> bool:
        return next(iter(self), None) is None

    def check(self, facts: EventFacts) -> Reason | None:
        """Return the first failure in the order of rewards.md 4.1, or None when the set holds."""
        return _first_failure(self, facts, self.names)

    def check_segments(self, facts: EventFacts) -> Reason | None:
        """Return why the contact is in none of the segments, or None."""
        return self.segments.check(facts, self.names)

    def check_after_segments(self, facts: EventFacts) -> Reason | None:
        """Return the first failure among the kinds that follow the occasion, or None."""
        rest = (condition for condition in self if condition is not self.segments)
        return _first_failure(rest, facts, self.names)

    def verdicts(self, facts: EventFacts) -> tuple[Verdict, ...]:
        """Return every kind that restricts something with what it needed and what was found."""
        return tuple(condition.verdict(facts, self.names) for condition in self)

    def matching_lines(self, lines: Iterable[LineFacts]) -> tuple[LineFacts, ...]:
        """Return the lines that the product condition means; all of them where there is none."""
        return self.products.matching(lines)

    def base_minor(self, lines: Iterable[LineFacts]) -> int:
        """Return M, the sum of the totals of the matching lines (rewards.md 4.6)."""
        return self.products.base_minor(lines)

    def describe(self, names: Names | None = None) -> tuple[str, ...]:
        """Return the rules in plain words, a sentence for each kind that restricts something."""
        return tuple(condition.describe(names or self.names) for condition in self)


EVERYTHING = ConditionSet()


def _first_failure(
    conditions: Iterable[Condition], facts: EventFacts, names: Names
) -> Reason | None:
    return next(
        (reason for one in conditions if (reason := one.check(facts, names)) is not None), None
    )
