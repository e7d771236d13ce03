"""All offers at once: which of them hold for a purchase, and at which check the others fail.

The same checks as `rewards.rules.validity`, in the same order, each as one intersection of bit sets, so
that the work grows with the offers that could match and not with all. What bits cannot say (half hours,
dates, quantities, the past of the contact) is asked of the few offers that are left by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from events.facts import PurchaseFacts
from rewards.choices import TraceReason
from rewards.configuration import OccasionTerms, Offer
from rewards.rules.bits import Dimension, Intervals, members
from rewards.rules.keys import DIMENSIONS, FLAGS, INTERVALS
from rewards.rules.narrowing import CHECKS, Check
from rewards.rules.traces import Trace, refusals
from rewards.rules.validity import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The compiled offers by slot; `live` are the slots in use, the others keep what was there."""

    offers: tuple[Offer, ...] = ()
    slot_of: Mapping[int, int]
    live: int = 0

    active: int = 0
    instant: int = 0
    anywhere: int = 0
    any_product: int = 0
    rough_hours: int = 0
    rough_products: int = 0
    needs_pass: int = 0
    limited: int = 0

    currencies: Dimension[str]
    schemes: Dimension[int]
    segments: Dimension[int]
    occasions: Dimension[OccasionTerms]
    businesses: Dimension[int]
    merchants: Dimension[int]
    venues: Dimension[int]
    countries: Dimension[str]
    towns: Dimension[str]
    tags: Dimension[str]
    hours: Dimension[int]
    classifications: Dimension[int]
    products: Dimension[int]
    families: Dimension[int]
    brands: Dimension[int]
    types: Dimension[int]
    categories: Dimension[int]

    availability: Intervals
    activation: Intervals
    amounts: Intervals

    # Found from the rest: the checks that some offer asks for, whether products are listed by more
    # than their categories, and the traces made so far.
    asked: tuple[Check, ...] = field(init=False, compare=False, repr=False)
    lists_products_singly: bool = field(init=False, compare=False, repr=False)
    refused: dict[TraceReason, list[Trace]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        asked = tuple(check for check in CHECKS if check.can_fail(self))
        object.__setattr__(self, "asked", asked)
        parts = (self.products, self.families, self.brands, self.types)
        object.__setattr__(self, "lists_products_singly", any(part.values for part in parts))

    @classmethod
    def of(cls, offers: Iterable[Offer]) -> Index:
        """Compile the offers; their slots follow their ids."""
        ordered = tuple(sorted(offers, key=lambda offer: offer.id))
        by_slot = dict(enumerate(ordered))
        parts: dict[str, Any] = {
            name: sum(1 << slot for slot, offer in by_slot.items() if holds(offer))
            for name, holds in FLAGS.items()
        }
        for name, keys in DIMENSIONS.items():
            parts[name] = Dimension.of({slot: keys(offer) for slot, offer in by_slot.items()})
        for name, bounds in INTERVALS.items():
            parts[name] = Intervals.of({slot: bounds(offer) for slot, offer in by_slot.items()})
        return cls(
            offers=ordered,
            slot_of={offer.id: slot for slot, offer in by_slot.items()},
            live=(1 << len(ordered)) - 1,
            **parts,
        )

    def with_offer(self, offer: Offer) -> Index:
        """Return the index with the offer added, or in place of its former version."""
        slot = self.slot_of.get(offer.id)
        return self._changed(self._free_slot() if slot is None else slot, offer)

    def without_offer(self, offer_id: int) -> Index:
        """Return the index without the offer; its slot is free for another one."""
        slot = self.slot_of.get(offer_id)
        return self if slot is None else self._changed(slot, None)

    def in_use(self) -> Iterable[Offer]:
        """Return the offers that are not removed."""
        return members(self.live, self.offers)

    def _free_slot(self) -> int:
        """Return the lowest slot that no offer uses."""
        return (~self.live & (self.live + 1)).bit_length() - 1

    def _changed(self, slot: int, new: Offer | None) -> Index:
        """Return the index with another offer in the slot, or none; parts that stay are shared."""
        bit = 1 << slot
        old = self.offers[slot] if self.live & bit else None
        slot_of, offers = dict(self.slot_of), list(self.offers)
        if old is not None:
            del slot_of[old.id]
        if new is not None:
            offers[slot : slot + 1] = [new]
            slot_of[new.id] = slot
        return Index(
            offers=tuple(offers),
            slot_of=slot_of,
            live=(self.live & ~bit) | (bit if new else 0),
            **self._changed_parts(slot, old, new),
        )

    def _changed_parts(self, slot: int, old: Offer | None, new: Offer | None) -> dict[str, Any]:
        bit = 1 << slot
        parts: dict[str, Any] = {
            name: (getattr(self, name) & ~bit) | (bit if new and holds(new) else 0)
            for name, holds in FLAGS.items()
        }
        for name, keys in DIMENSIONS.items():
            part = parts[name] = getattr(self, name)
            before = frozenset(keys(old)) if old else None
            after = frozenset(keys(new)) if new else None
            if before != after:
                parts[name] = part.changed(slot, before or (), after)
        for name, bounds in INTERVALS.items():
            part = parts[name] = getattr(self, name)
            if old is None or new is None or bounds(old) != bounds(new):
                parts[name] = part.changed(slot, bounds(new) if new else None)
        return parts

    def refusals(self, reason: TraceReason) -> list[Trace]:
        """Return, by slot, what an offer that fails for the reason leaves behind."""
        if reason not in self.refused:
            self.refused[reason] = refusals(self.offers, reason)
        return self.refused[reason]

    def matching(self, facts: PurchaseFacts, case: Case) -> int:
        """Return the offers that pass every check."""
        alive = self.live
        for check in self.asked:
            if not (alive := check.narrow(self, alive, facts, case)):
                break
        return alive

    def narrowing(self, facts: PurchaseFacts, case: Case) -> Iterator[tuple[TraceReason, int, int]]:
        """Go through the checks in order, each with the offers that fail it and those still left."""
        alive = self.live
        for check in self.asked:
            left = check.narrow(self, alive, facts, case)
            yield check.reason, alive ^ left, left
            alive = left
            if not alive:
                return
