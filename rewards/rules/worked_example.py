"""The manual's example of resolution, put through the very rule that decides at the till.

Scheme 1 has A (1.00) and B (0.50), scheme 2 has C (3.00); D and E show what the toggle for instant
discounts does (rewards.md 6.3, 6.4).
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.choices import ResolutionMode
from rewards.rules.resolution import resolve


@dataclass(frozen=True, slots=True)
class Entry:
    """One offer of the example, as resolution looks at it."""

    name: str
    scheme_id: int
    amount_minor: int
    is_instant: bool = False

    @property
    def sort_key(self) -> tuple[object, ...]:
        return (-self.amount_minor, 0 if self.is_instant else 1, self.name)


@dataclass(frozen=True, slots=True)
class Line:
    """What one mode gives: whether each entry is granted, and the sum."""

    mode: ResolutionMode
    granted: tuple[bool, ...]
    total_minor: int


SEED = (Entry("A", 1, 100), Entry("B", 1, 50), Entry("C", 2, 300))
INSTANT = (
    Entry("A", 1, 300, is_instant=True),
    Entry("B", 1, 200),
    Entry("C", 2, 500, is_instant=True),
    Entry("D", 2, 100),
)
PURCHASE_MINOR = 2000


def lines(entries: tuple[Entry, ...], *, only_best_instant: bool) -> tuple[Line, ...]:
    """Return what each mode makes of the same purchase of 20.00."""
    return tuple(_line(entries, mode, only_best_instant) for mode in ResolutionMode)


def _line(entries: tuple[Entry, ...], mode: ResolutionMode, only_best_instant: bool) -> Line:
    found = resolve(
        entries,
        total_minor=PURCHASE_MINOR,
        mode=mode,
        only_best_instant=only_best_instant,
    )
    names = {one.name for one, _amount in found.granted}
    granted = tuple(entry.name in names for entry in entries)
    return Line(mode, granted, sum(amount for _one, amount in found.granted))
