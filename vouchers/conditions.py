"""Who qualifies: a tree of groups and leaves, each leaf one question about a person (vouchers.md 5.1).

The answers come from `selectors.eligibility`; here they are only put together, and said in words. A
tree without leaves holds for everybody. Groups are joined by the word of the campaign, the leaves of a
group by its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from vouchers.choices import Join


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question: by which key its answer is found, and what it asks of people in words.

    `words` completes "they …" and `words_not` the same turned round: "are in segment Gold", "are not in
    segment Gold". Turned round, a leaf holds where the answer is no.
    """

    key: int
    words: str
    words_not: str
    is_negated: bool = False

    @property
    def asks(self) -> str:
        return self.words_not if self.is_negated else self.words

    @property
    def fails_as(self) -> str:
        """What is true of somebody for whom it does not hold."""
        return self.words if self.is_negated else self.words_not

    def holds(self, answers: Collection[int]) -> bool:
        """Tell whether it holds for somebody; `answers` are the keys that are true of them."""
        return (self.key in answers) != self.is_negated


@dataclass(frozen=True, slots=True)
class Group:
    """Leaves joined by one word."""

    join: str
    leaves: tuple[Leaf, ...]

    def failure(self, answers: Collection[int]) -> str:
        """Return the first leaf that stands against the person, in words; empty when it holds."""
        return _failure(self.join, [(leaf.holds(answers), leaf.fails_as) for leaf in self.leaves])

    def describe(self) -> str:
        word = "and" if self.join == Join.ALL else "or"
        return f" {word} ".join(leaf.asks for leaf in self.leaves)


@dataclass(frozen=True, slots=True)
class Tree:
    """All that a campaign asks of a person."""

    join: str = Join.ALL
    groups: tuple[Group, ...] = ()

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for group in self.groups for leaf in group.leaves)

    def failure(self, answers: Collection[int]) -> str:
        """Return what stands against the person, in words ("is not in segment Gold"), or nothing."""
        parts = [(group.failure(answers) == "", group.failure(answers)) for group in self._asking]
        return _failure(self.join, parts)

    def describe(self) -> list[str]:
        """Return the tree in plain words, a sentence for each group."""
        if not self._asking:
            return ["Everybody who comes by the campaign's trigger."]
        lines = [f"They {group.describe()}." for group in self._asking]
        if len(lines) == 1:
            return lines
        every = self.join == Join.ALL
        return ["All of these are true:" if every else "At least one of these is true:", *lines]

    @property
    def _asking(self) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.leaves)


def _failure(join: str, parts: list[tuple[bool, str]]) -> str:
    """Return the first failure of parts that must all hold, or of all where one would do."""
    failures = [words for holds, words in parts if not holds]
    if join == Join.ALL or not parts:
        return next(iter(failures), "")
    return "; ".join(failures) if len(failures) == len(parts) else ""
