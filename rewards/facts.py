"""What the engine looks at besides purchases: sign-ups, referrals, achievements and gift runs.

Each is an event of `events.facts` plus the one thing that its offers need to know. An event without
an amount has no currency of its own, so it names that of the beneficiary's wallet (rewards.md 4.1).
A class says with `trigger` which offers listen to it; one without is a purchase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.facts import ContactFacts, EventFacts, PurchaseFacts
from rewards.choices import ReferralMoment, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpFacts(EventFacts):
    """A contact registered, or joined schemes; `first_joined` are those new to them."""

    currency: str
    first_joined: frozenset[int] = frozenset()

    trigger: ClassVar[Trigger] = Trigger.SIGN_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementFacts(EventFacts):
    """A contact did something that the business has a classification for."""

    currency: str

    trigger: ClassVar[Trigger] = Trigger.ACHIEVEMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftFacts(EventFacts):
    """One contact in one run of one gift offer; the reference names the run."""

    currency: str
    offer_id: int

    trigger: ClassVar[Trigger] = Trigger.GIFT_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFacts(EventFacts):
    """A contact registered with the code of another; `contact` is the one looked at."""

    currency: str
    referrer: ContactFacts
    referred: ContactFacts
    # That of the referred contact's wallet, where it differs from the referrer's.
    referred_currency: str = ""

    trigger: ClassVar[Trigger] = Trigger.REFERRAL
    moment: ClassVar[ReferralMoment] = ReferralMoment.REGISTRATION


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredPurchaseFacts(PurchaseFacts):
    """The first purchase of a referred contact; `contact` is the one looked at.

    Segments and membership are asked of the beneficiary, place, time and amount of the purchase
    (rewards.md 3.1).
    """

    referrer: ContactFacts
    referred: ContactFacts

    trigger: ClassVar[Trigger] = Trigger.REFERRAL
    moment: ClassVar[ReferralMoment] = ReferralMoment.FIRST_PURCHASE


def trigger_of(facts: EventFacts) -> Trigger:
    """Return what kind of event this is to an offer."""
    return getattr(facts, "trigger", Trigger.PURCHASE)


def currency_of(facts: EventFacts) -> str:
    """Return the currency of the event, or of the wallet that an award would go to."""
    return str(getattr(facts, "currency", ""))
