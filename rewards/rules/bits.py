"""Sets of offers as bits of one integer: the parts that the index is made of.

An offer has a slot, and a set of offers is an integer with a bit for each slot in it. Intersecting a
thousand offers is then one `&` of 125 bytes. Every part is immutable: a changed offer makes a new part
that shares all that stays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, Generic, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
# The characters of a binary numeral as the truth values that `compress` wants.
TRUTH = bytes.maketrans(b"01", b"\x00\x01")


def members(bits: int, items: Sequence[T]) -> Iterable[T]:
    """Return the items whose slots are in the set, in the order of the slots.

    Few of many are picked one by one; many are read off the binary numeral in one pass.
    """
    if bits.bit_count() * 12 < bits.bit_length():
        return [items[slot] for slot in slots(bits)]
    return compress(items, f"{bits:b}"[::-1].encode().translate(TRUTH))


def slots(bits: int) -> list[int]:
    """Return the slots of a set, lowest first."""
    found = []
    while bits:
        slot = bits.bit_length() - 1  # the highest one is at hand without a search
        found.append(slot)
        bits ^= 1 << slot
    found.reverse()
    return found


@dataclass(frozen=True, slots=True)
class Dimension(Generic[K]):
    """One question with many answers: which offers list a value, and which list none at all."""

    open: int = 0
    values: Mapping[K, int] = field(default_factory=dict)

    @classmethod
    def of(cls, keys_by_slot: Mapping[int, Iterable[K]]) -> Dimension[K]:
        open_, values = 0, dict[K, int]()
        for slot, keys in keys_by_slot.items():
            empty = True
            for key in keys:
                values[key] = values.get(key, 0) | (1 << slot)
                empty = False
            if empty:
                open_ |= 1 << slot
        return cls(open_, values)

    def changed(self, slot: int, old: Iterable[K], new: Iterable[K] | None) -> Dimension[K]:
        """Return the dimension with other keys in the slot; None leaves the slot empty."""
        bit = 1 << slot
        values = dict(self.values)
        for key in old:
            values[key] &= ~bit
            if not values[key]:
                del values[key]
        keys = tuple(new or ())
        for key in keys:
            values[key] = values.get(key, 0) | bit
        is_open = new is not None and not keys
        return Dimension((self.open & ~bit) | (bit if is_open else 0), values)


Bounds = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Intervals:
    """Offers with half-open bounds on an ordered value; None on a side leaves it open.

    Between two neighbouring edges the set of offers is the same. It is found once, on first use, and
    kept; the cache holds nothing that cannot be found again, so the part stays immutable in effect.
    """

    open: int = 0
    bounds: Mapping[int, Bounds] = field(default_factory=dict)
    edges: tuple[Any, ...] = ()
    found: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, bounds_by_slot: Mapping[int, Bounds]) -> Intervals:
        bounded = {slot: pair for slot, pair in bounds_by_slot.items() if pair != (None, None)}
        edges = sorted(edge for pair in bounded.values() for edge in pair if edge is not None)
        open_ = sum(1 << slot for slot in bounds_by_slot.keys() - bounded.keys())
        return cls(open_, bounded, tuple(edges))

    def at(self, value: Any) -> int:
        """Return the offers in whose bounds the value lies."""
        edges = self.edges
        if not edges:
            return self.open
        place = len(edges) if edges[-1] <= value else bisect_right(edges, value)
        bits = self.found.get(place)
        if bits is None:
            bits = self.found[place] = self._search(value)
        return bits

    def _search(self, value: Any) -> int:
        return self.open | sum(
            1 << slot
            for slot, (low, high) in self.bounds.items()
            if (low is None or low <= value) and (high is None or value < high)
        )

    def changed(self, slot: int, new: Bounds | None) -> Intervals:
        """Return the intervals with other bounds in the slot; None leaves the slot empty."""
        bit = 1 << slot
        bounds, edges = dict(self.bounds), list(self.edges)
        for edge in bounds.pop(slot, ()):
            if edge is not None:
                del edges[bisect_left(edges, edge)]
        open_ = self.open & ~bit
        if new == (None, None):
            open_ |= bit
        elif new is not None:
            bounds[slot] = new
            for edge in new:
                if edge is not None:
                    edges.insert(bisect_left(edges, edge), edge)
        return Intervals(open_, bounds, tuple(edges))
