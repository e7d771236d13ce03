"""The configuration of a business, compiled once and read by every evaluation until it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rewards.choices import Trigger
from rewards.configuration import Offer, Scheme, Settings
from rewards.rules.index import Index


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An immutable configuration: settings, schemes switched off, and the offers by their trigger.

    Purchases are many and so are their offers: those are indexed. A change of one offer makes a new
    snapshot that shares the rest with the old one.
    """

    settings: Settings = field(default_factory=Settings)
    closed_schemes: frozenset[int] = frozenset()
    index: Index = field(default_factory=lambda: Index.of(()))
    others: Mapping[Trigger, tuple[Offer, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        offers: Iterable[Offer],
        *,
        schemes: Iterable[Scheme] = (),
        settings: Settings | None = None,
    ) -> Snapshot:
        """Compile the offers of a business. Inactive ones may be left out or brought along."""
        offers = tuple(offers)
        empty = cls(settings or Settings(), _closed(schemes))
        purchase_offers = (offer for offer in offers if Trigger.PURCHASE in offer.type.listens_to)
        return replace(
            empty,
            index=Index.of(purchase_offers),
            others={
                trigger: _ordered(offer for offer in offers if trigger in offer.type.listens_to)
                for trigger in Trigger
                if trigger != Trigger.PURCHASE
            },
        )

    def with_offer(self, offer: Offer) -> Snapshot:
        """Return the snapshot with the offer added, or in place of its former version."""
        hears_purchases = Trigger.PURCHASE in offer.type.listens_to
        return replace(
            self,
            index=self.index.with_offer(offer) if hears_purchases else self.index,
            others={
                trigger: _ordered((*_without(self.others.get(trigger, ()), offer.id), offer))
                if trigger in offer.type.listens_to
                else self.others.get(trigger, ())
                for trigger in Trigger
                if trigger != Trigger.PURCHASE
            },
        )

    def without_offer(self, offer_id: int) -> Snapshot:
        """Return the snapshot without the offer."""
        return replace(
            self,
            index=self.index.without_offer(offer_id),
            others={trigger: _without(offers, offer_id) for trigger, offers in self.others.items()},
        )

    def with_schemes(self, schemes: Iterable[Scheme]) -> Snapshot:
        """Return the snapshot with these schemes in place of all former ones."""
        return replace(self, closed_schemes=_closed(schemes))

    def with_settings(self, settings: Settings) -> Snapshot:
        """Return the snapshot under other settings."""
        return replace(self, settings=settings)

    def offers(self) -> tuple[Offer, ...]:
        """Return every offer once, by id."""
        found = {offer.id: offer for offers in self.others.values() for offer in offers}
        found |= {offer.id: offer for offer in self.index.in_use()}
        return _ordered(found.values())

    def offer(self, offer_id: int) -> Offer:
        """Return one offer; raises `KeyError` when the configuration does not have it."""
        slot = self.index.slot_of.get(offer_id)
        if slot is not None:
            return self.index.offers[slot]
        for offers in self.others.values():
            for offer in offers:
                if offer.id == offer_id:
                    return offer
        raise KeyError(offer_id)

    def segment_ids(self) -> frozenset[int]:
        """Return every segment that some offer asks for."""
        others = (offer for offers in self.others.values() for offer in offers)
        asked = (offer.conditions.segments.segment_ids for offer in others)
        return frozenset(self.index.segments.values).union(*asked)

    def listening_to(self, trigger: Trigger) -> tuple[Offer, ...]:
        """Return the offers that such an event may concern, by id."""
        if trigger == Trigger.PURCHASE:
            return _ordered(self.index.in_use())
        return self.others.get(trigger, ())


def _ordered(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    return tuple(sorted(offers, key=lambda offer: offer.id))


def _without(offers: tuple[Offer, ...], offer_id: int) -> tuple[Offer, ...]:
    return tuple(offer for offer in offers if offer.id != offer_id)


def _closed(schemes: Iterable[Scheme]) -> frozenset[int]:
    return frozenset(scheme.id for scheme in schemes if not scheme.is_active)
