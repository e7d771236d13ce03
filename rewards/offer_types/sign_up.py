"""Improve Memberships / Sign-up: an award for joining, once in a contact's life."""

from __future__ import annotations

from typing import ClassVar

from events.facts import EventFacts
from rewards.choices import ConditionKind, Frequency, Goal, TraceReason, Trigger
from rewards.configuration import Candidate, FrequencyTerms, History, Offer
from rewards.facts import SignUpFacts
from rewards.offer_types.base import OfferType, fixed_amount, register


@register
class SignUp(OfferType):
    """It fires at the later of registration and first joining of the offer's scheme.

    Leaving and joining again never repeats it (rewards.md 3.3).
    """

    key: ClassVar = "SIGNUP"
    label: ClassVar = "Sign-up"
    goal: ClassVar = Goal.MEMBERSHIP
    description: ClassVar = "An amount for registering and joining the scheme."
    listens_to: ClassVar = frozenset({Trigger.SIGN_UP})
    conditions: ClassVar = frozenset({ConditionKind.SEGMENTS, ConditionKind.TIME})
    default_frequency: ClassVar = FrequencyTerms(Frequency.ONCE)
    frequency_is_fixed: ClassVar = True

    def candidates(
        self, offer: Offer, facts: EventFacts, history: History
    ) -> tuple[Candidate, ...] | TraceReason:
        """Return the offer's amount when its scheme is among those joined for the first time."""
        assert isinstance(facts, SignUpFacts)
        if offer.scheme_id is not None and offer.scheme_id not in facts.first_joined:
            return TraceReason.NOT_FIRST_JOINING
        return fixed_amount(offer, facts)
