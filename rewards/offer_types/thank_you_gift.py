"""Reward Achievement / Thank You Gift: an amount to every member of the scheme, once for each run."""

from __future__ import annotations

from typing import ClassVar

from events.facts import EventFacts
from rewards.choices import GiftRunKind, Goal, Occasion, TraceReason, Trigger
from rewards.configuration import Candidate, GiftTerms, History, Offer
from rewards.facts import GiftFacts
from rewards.offer_types.base import OfferType, Problems, fixed_amount, register


@register
class ThankYouGift(OfferType):
    """A run names one offer and goes through the contacts; each member in the segments gets it.

    Which run has paid whom already is the caller's to know: the key (run, contact) is unique
    (rewards.md 11.10).
    """

    key: ClassVar = "GIFT"
    label: ClassVar = "Thank You Gift"
    goal: ClassVar = Goal.ACHIEVEMENT
    description: ClassVar = "An amount for every member, simply to say thank you."
    listens_to: ClassVar = frozenset({Trigger.GIFT_RUN})
    terms_type: ClassVar = GiftTerms

    def views(self, offer: Offer, facts: EventFacts) -> tuple[EventFacts, ...]:
        """Return the event when it is this offer's run."""
        return (facts,) if isinstance(facts, GiftFacts) and facts.offer_id == offer.id else ()

    def candidates(
        self, offer: Offer, facts: EventFacts, history: History
    ) -> tuple[Candidate, ...] | TraceReason:
        """Return the offer's amount."""
        return fixed_amount(offer, facts)

    def mistakes(self, offer: Offer) -> Problems:
        """Return what is wrong as it stands; a schedule needs its moment, its pace or its day."""
        found = super().mistakes(offer)
        terms = offer.terms
        if not isinstance(terms, GiftTerms):
            return found
        if terms.schedule == GiftRunKind.AT and terms.at is None:
            found["gift_at"] = "Say when the gift is given."
        if terms.schedule == GiftRunKind.RECURRING and terms.every < 1:
            found["gift_every"] = "Enter 1 or more."
        if terms.schedule == GiftRunKind.ON_OCCASION and terms.occasion == Occasion.NONE:
            found["gift_occasion"] = "Choose birthdays or name days."
        return found
