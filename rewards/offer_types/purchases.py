"""What the three discounts have in common: they listen to purchases and compete with one another."""

from __future__ import annotations

from typing import ClassVar

from events.facts import EventFacts, PurchaseFacts
from rewards.choices import RedeemMethod, TraceReason, Trigger
from rewards.configuration import Candidate, History, Offer
from rewards.offer_types.base import OfferType
from rewards.rules.award_amounts import purchase_amount


class Discount(OfferType):
    """An award that a purchase earns, at once or as cashback; birthdays and name days may limit it."""

    listens_to: ClassVar = frozenset({Trigger.PURCHASE})
    redeem_methods: ClassVar = (RedeemMethod.INSTANT, RedeemMethod.DEFERRED)
    has_occasion: ClassVar = True
    resolves: ClassVar = True

    def candidates(
        self, offer: Offer, facts: EventFacts, history: History
    ) -> tuple[Candidate, ...] | TraceReason:
        """Return the amount that the purchase comes to under the offer, or why none."""
        assert isinstance(facts, PurchaseFacts)
        assert facts.contact is not None
        found = purchase_amount(offer, facts, self.base_minor(offer, facts))
        if isinstance(found, TraceReason):
            return found
        amount, product_id = found
        return (Candidate(offer, facts.contact.id, amount, product_id),)

    def base_minor(self, offer: Offer, facts: PurchaseFacts) -> int:
        """Return what a percentage is taken of: the total as it was submitted.

        Another offer's discount on the same purchase does not lower it (rewards.md 3.2).
        """
        return facts.total_minor
