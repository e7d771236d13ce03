"""What every type of offer says about itself, and what it decides.

A type is a class with one instance. Its class attributes are data for forms, filters and the activation
check; `views` and `candidates` are its part of the evaluation. It never queries and keeps nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from core.money import Money
from core.registry import Registry
from events.facts import EventFacts
from rewards.choices import (
    AwardForm,
    ConditionKind,
    Effect,
    Frequency,
    Goal,
    Occasion,
    PassKind,
    RedeemMethod,
    TraceReason,
    Trigger,
)
from rewards.configuration import Candidate, FrequencyTerms, History, Offer
from rewards.rules.validity import condition_of

REGISTRY: Registry[OfferType] = Registry("offer types")
Problems = dict[str, str]
LARGEST_AWARD = Decimal(1_000_000)


class OfferType(ABC):
    """One row of the table of rewards.md 3.1.

    `required` lists the conditions without which an offer cannot be activated: of each group at least
    one kind. `resolves` says whether its awards compete with others of the same purchase.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    goal: ClassVar[Goal]
    description: ClassVar[str]
    listens_to: ClassVar[frozenset[Trigger]]
    conditions: ClassVar[frozenset[ConditionKind]] = frozenset({ConditionKind.SEGMENTS})
    required: ClassVar[tuple[frozenset[ConditionKind], ...]] = ()
    award_forms: ClassVar[tuple[AwardForm, ...]] = (AwardForm.AMOUNT,)
    redeem_methods: ClassVar[tuple[RedeemMethod, ...]] = (RedeemMethod.DEFERRED,)
    has_occasion: ClassVar[bool] = False
    pass_kind: ClassVar[PassKind] = PassKind.NONE
    default_frequency: ClassVar[FrequencyTerms] = FrequencyTerms()
    frequency_is_fixed: ClassVar[bool] = False
    resolves: ClassVar[bool] = False
    effect: ClassVar[Effect] = Effect.AWARD
    terms_type: ClassVar[type | None] = None

    def views(self, offer: Offer, facts: EventFacts) -> tuple[EventFacts, ...]:
        """Return the event once for each contact who may benefit, as the conditions are to see it.

        Nothing means that the event is no concern of the offer: it leaves no trace.
        """
        return (facts,)

    @abstractmethod
    def candidates(
        self, offer: Offer, facts: EventFacts, history: History
    ) -> tuple[Candidate, ...] | TraceReason:
        """Return what a matching offer would grant for the event, or why nothing.

        Every check of rewards.md 4.1 has passed by then. Amounts are positive.
        """

    def problems(self, offer: Offer, at: datetime) -> Problems:
        """Return all that keeps the offer from being activated, by field (rewards.md 2.4)."""
        return self.gaps(offer, at) | self.mistakes(offer)

    def mistakes(self, offer: Offer) -> Problems:
        """Return what is wrong as it stands, by field: no draft is saved with it."""
        return (
            self._award_mistakes(offer)
            | self._shape_mistakes(offer)
            | self._condition_mistakes(offer)
        )

    def gaps(self, offer: Offer, at: datetime) -> Problems:
        """Return what is still missing, by field: a draft may be saved without it."""
        found = Problems()
        if not offer.award.is_complete:
            found["award"] = "Say what is awarded."
        if self.terms_type is not None and not isinstance(offer.terms, self.terms_type):
            found["terms"] = f"Fill in the settings of {self.label}."
        for group in self.required:
            kinds = [kind for kind in ConditionKind if kind in group]
            if not any(condition_of(offer, kind) for kind in kinds):
                words = " or ".join(str(kind.label).lower() for kind in kinds)
                found[kinds[0].value] = f"{self.label} needs a condition on {words}. Add one."
        if offer.pool_version_id is None and self.effect == Effect.AWARD:
            found["commerce_pool"] = "Choose the commerce pool that the award is spent under."
        if offer.available_to is not None and offer.available_to <= at:
            found["available_to"] = "The availability has ended. Choose a later end."
        return found

    def _award_mistakes(self, offer: Offer) -> Problems:
        award, found = offer.award, Problems()
        if award.form not in self.award_forms:
            allowed = " or ".join(str(form.label).lower() for form in self.award_forms)
            found["award_form"] = f"{self.label} can give only a {allowed}. Choose one of these."
        if award.amount_minor is not None and not is_fair(award.amount_minor, offer.currency):
            found["award_amount"] = "Enter an amount above 0 and up to 1,000,000."
        if award.percentage is not None and not 0 < award.percentage <= 100:
            found["award_percentage"] = "Enter a percentage from 0.01 to 100."
        if award.max_minor is not None and award.max_minor <= 0:
            found["max_award_amount"] = "Enter a largest award above 0, or leave it empty."
        return found

    def _shape_mistakes(self, offer: Offer) -> Problems:
        found = Problems()
        if offer.redeem_method not in self.redeem_methods:
            found["redeem_method"] = f"{self.label} gives cashback only. Choose cashback."
        if offer.occasion.kind != Occasion.NONE and not self.has_occasion:
            found["occasion"] = f"{self.label} cannot be tied to a birthday or name day."
        if offer.requires_pass and self.pass_kind == PassKind.NONE:
            found["requires_pass"] = f"{self.label} cannot be unlocked by a pass."
        if self.frequency_is_fixed and offer.frequency != self.default_frequency:
            label = Frequency(self.default_frequency.kind).label
            found["frequency"] = f"{self.label} is always given “{label}”."
        return found

    def _condition_mistakes(self, offer: Offer) -> Problems:
        return {
            kind.value: f"{self.label} has no condition on {kind.label.lower()}. Remove it."
            for kind in ConditionKind
            if kind not in self.conditions and condition_of(offer, kind)
        }


def is_fair(minor: int, currency: str) -> bool:
    """Tell whether an award may be of that amount."""
    return 0 < Money(minor, currency).amount <= LARGEST_AWARD


def register(offer_type: type[OfferType]) -> type[OfferType]:
    """Register the one instance of a type under its key; used as a decorator."""
    REGISTRY.register(offer_type.key, offer_type())
    return offer_type


def beneficiary_of(facts: EventFacts) -> int:
    """Return the id of the contact who is looked at; evaluation has made sure that there is one."""
    assert facts.contact is not None
    return facts.contact.id


def fixed_amount(
    offer: Offer, facts: EventFacts, *, amount_minor: int | None = None
) -> tuple[Candidate, ...]:
    """Return the offer's amount, or the one given, for the contact who is looked at."""
    minor = offer.award.amount_minor if amount_minor is None else amount_minor
    assert minor is not None
    cap = offer.award.max_minor
    return (Candidate(offer, beneficiary_of(facts), minor if cap is None else min(minor, cap)),)
