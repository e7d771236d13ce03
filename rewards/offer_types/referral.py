"""Improve Memberships / Referrals: an award for bringing somebody, for coming, or for both."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from events.facts import EventFacts
from rewards.choices import Beneficiary, ConditionKind, Goal, TraceReason, Trigger
from rewards.configuration import Candidate, History, Offer, ReferralTerms
from rewards.facts import ReferralFacts, ReferredPurchaseFacts
from rewards.offer_types.base import (
    OfferType,
    Problems,
    beneficiary_of,
    fixed_amount,
    is_fair,
    register,
)

K = ConditionKind


@register
class Referral(OfferType):
    """€1 to the referrer at the first purchase: two of three friends buy, so 2.00 (rewards.md 3.3).

    Each referred contact counts once for each beneficiary, unless the award was cancelled.
    """

    key: ClassVar = "REFER"
    label: ClassVar = "Referrals"
    goal: ClassVar = Goal.MEMBERSHIP
    description: ClassVar = "An amount for bringing a new contact, for being brought, or for both."
    listens_to: ClassVar = frozenset({Trigger.REFERRAL})
    conditions: ClassVar = frozenset({K.SEGMENTS, K.LOCATION, K.TIME, K.AMOUNT})
    frequency_is_fixed: ClassVar = True
    terms_type: ClassVar = ReferralTerms

    def views(self, offer: Offer, facts: EventFacts) -> tuple[EventFacts, ...]:
        """Return the referral for the referrer, the referred, or both, when it is the moment."""
        assert isinstance(facts, ReferralFacts | ReferredPurchaseFacts)
        terms = _terms(offer)
        if terms.moment != facts.moment:
            return ()
        views = []
        if terms.beneficiary in (Beneficiary.REFERRER, Beneficiary.BOTH):
            views.append(replace(facts, contact=facts.referrer))
        if terms.beneficiary in (Beneficiary.REFERRED, Beneficiary.BOTH):
            views.append(_of_the_referred(facts))
        return tuple(views)

    def candidates(
        self, offer: Offer, facts: EventFacts, history: History
    ) -> tuple[Candidate, ...] | TraceReason:
        """Return the beneficiary's amount, once for each referred contact."""
        assert isinstance(facts, ReferralFacts | ReferredPurchaseFacts)
        contact_id, about_id = beneficiary_of(facts), facts.referred.id
        if any(
            past.contact_id == contact_id and past.about_id == about_id
            for past in history.awards.get(offer.id, ())
        ):
            return TraceReason.FREQUENCY
        terms = _terms(offer)
        is_second = terms.beneficiary == Beneficiary.BOTH and contact_id == about_id
        minor = terms.referred_minor if is_second else None
        return tuple(
            replace(one, about_id=about_id)
            for one in fixed_amount(offer, facts, amount_minor=minor)
        )

    def mistakes(self, offer: Offer) -> Problems:
        """Return what is wrong as it stands; the second amount is above 0 like the first."""
        found = super().mistakes(offer)
        referred = _terms(offer).referred_minor
        if referred is not None and not is_fair(referred, offer.currency):
            found["referred_amount"] = "Enter an amount above 0 and up to 1,000,000."
        return found

    def gaps(self, offer: Offer, at: datetime) -> Problems:
        """Return what is still missing; two beneficiaries need two amounts."""
        found = super().gaps(offer, at)
        terms = _terms(offer)
        if terms.beneficiary == Beneficiary.BOTH and terms.referred_minor is None:
            found["referred_amount"] = "Enter the amount for the one who is referred."
        return found


def _of_the_referred(
    facts: ReferralFacts | ReferredPurchaseFacts,
) -> ReferralFacts | ReferredPurchaseFacts:
    if isinstance(facts, ReferredPurchaseFacts):
        return replace(facts, contact=facts.referred)
    currency = facts.referred_currency or facts.currency
    return replace(facts, contact=facts.referred, currency=currency)


def _terms(offer: Offer) -> ReferralTerms:
    return offer.terms if isinstance(offer.terms, ReferralTerms) else ReferralTerms()
