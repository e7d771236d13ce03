"""Offers, schemes and settings as the engine sees them, and what it knows of the contact's past.

Frozen values without ids of anything that they do not decide about. Selectors build them in a fixed
number of queries; `rewards.rules.snapshot` compiles them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from core.money import Money
from events.conditions import EVERYTHING, ConditionSet
from events.facts import EventFacts, ProductFacts
from rewards.choices import (
    AwardForm,
    Beneficiary,
    Effect,
    Frequency,
    GiftRunKind,
    Occasion,
    PeriodUnit,
    ProductGroupKind,
    Quorum,
    RedeemMethod,
    ReferralMoment,
    ResolutionMode,
    TraceReason,
    Trigger,
)


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """What "the cheapest of" ranges over: one type, brand, family, or category with all below it."""

    kind: ProductGroupKind
    id: int

    def holds(self, product: ProductFacts) -> bool:
        """Tell whether the product belongs to the group."""
        if self.kind == ProductGroupKind.CATEGORY:
            return self.id in product.category_ids
        own = {
            ProductGroupKind.TYPE: product.type_id,
            ProductGroupKind.BRAND: product.brand_id,
            ProductGroupKind.FAMILY: product.family_id,
        }
        return own[self.kind] == self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardTerms:
    """What an offer gives (rewards.md 3.2): the field that its form names, and a cap for each award.

    `percentage` has at most two decimals. `price_minor` is the catalogue price of the free product
    in the offer's currency, None where it has none.
    """

    form: AwardForm
    amount_minor: int | None = None
    percentage: Decimal | None = None
    product_id: int | None = None
    price_minor: int | None = None
    group: ProductGroup | None = None
    max_minor: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether what the form needs is there."""
        needed = {
            AwardForm.AMOUNT: self.amount_minor,
            AwardForm.PERCENTAGE: self.percentage,
            AwardForm.FREE_PRODUCT: self.product_id,
            AwardForm.CHEAPEST_IN_GROUP: self.group,
        }
        return bool(needed[self.form])


@dataclass(frozen=True, slots=True)
class OccasionTerms:
    """The contact's day that must be near: `days_before` and `days_after` are both included."""

    kind: Occasion = Occasion.NONE
    days_before: int = 0
    days_after: int = 0


@dataclass(frozen=True, slots=True)
class FrequencyTerms:
    """How often one contact may get the offer; `count` and `unit` make the period."""

    kind: Frequency = Frequency.EVERY_TIME
    count: int = 1
    unit: PeriodUnit = PeriodUnit.DAYS


@dataclass(frozen=True, slots=True)
class ReferralTerms:
    """Who gets an award, and when. With BOTH the offer's amount is the referrer's.

    `referred_minor` is the other one's amount then.
    """

    beneficiary: Beneficiary = Beneficiary.REFERRER
    moment: ReferralMoment = ReferralMoment.FIRST_PURCHASE
    referred_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AchievementTerms:
    """How many achievements of the offer's classifications make an award."""

    count: int = 1
    quorum: Quorum = Quorum.ANY


@dataclass(frozen=True, slots=True)
class GiftTerms:
    """When a gift is given: by hand, at one moment, every so often, or on the contact's day.

    `at` is for AT; `first_on`, `every` and `unit` are for RECURRING, `occasion` for ON_OCCASION; both of
    these run at `time_of_day` by the clock of the business.
    """

    schedule: GiftRunKind = GiftRunKind.NOW
    at: datetime | None = None
    first_on: date | None = None
    every: int = 1
    unit: PeriodUnit = PeriodUnit.MONTHS
    time_of_day: time = time(9)
    occasion: Occasion = Occasion.BIRTHDAY


NEVER = datetime.min.replace(tzinfo=UTC)
# What a type asks beyond the fields that all offers share.
TypeTerms = object


class Behaviour(Protocol):
    """What the engine asks of an offer's type; `rewards.offer_types.base` says it in full."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def listens_to(self) -> frozenset[Trigger]: ...

    @property
    def resolves(self) -> bool: ...

    @property
    def effect(self) -> Effect: ...

    def views(self, offer: Offer, facts: EventFacts) -> tuple[EventFacts, ...]:
        """Return the event once for each contact who may benefit; none when it does not concern."""
        ...

    def candidates(
        self, offer: Offer, facts: EventFacts, history: History
    ) -> tuple[Candidate, ...] | TraceReason:
        """Return what the offer would grant for the event, or why nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One version of one reward offer (rewards.md 2.4).

    `scheme_id` None asks for no membership. The availability is half-open; without a start it counts
    from `activated_at`, the latest activation. `version_id` is the stored version that it was read
    from, `public_id` is by what callers know the offer.
    """

    id: int
    type: Behaviour
    currency: str
    award: AwardTerms
    version: int = 1
    version_id: int | None = None
    public_id: UUID | None = None
    name: str = ""
    scheme_id: int | None = None
    is_active: bool = True
    activated_at: datetime | None = None
    available_from: datetime | None = None
    available_to: datetime | None = None
    redeem_method: RedeemMethod = RedeemMethod.DEFERRED
    pool_version_id: int | None = None
    occasion: OccasionTerms = OccasionTerms()
    requires_pass: bool = False
    frequency: FrequencyTerms = FrequencyTerms()
    conditions: ConditionSet = EVERYTHING
    terms: TypeTerms | None = None

    @property
    def title(self) -> str:
        """The name, or what it is as long as it has none."""
        return self.name or f"Untitled {self.type.label}"

    @property
    def is_instant(self) -> bool:
        return self.redeem_method == RedeemMethod.INSTANT


@dataclass(frozen=True, slots=True)
class Scheme:
    id: int
    name: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a business that evaluation reads (rewards.md 2.10)."""

    mode: ResolutionMode = ResolutionMode.ALL
    only_best_instant: bool = False
    late_window: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAward:
    """An award that was not cancelled. `about_id` is the referred contact of a referral."""

    offer_id: int
    contact_id: int
    performed_at: datetime
    occurrence: date | None = None
    about_id: int | None = None


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An achievement that no award of the offer has used yet."""

    reference: str
    classification_id: int
    performed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A code that unlocks one offer (rewards.md 2.8); with `contact_id` for that contact alone."""

    code: str
    offer_id: int
    max_usage: int = 1
    used: int = 0
    is_active: bool = True
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    currency: str = ""
    contact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the engine knows of the past, read under the lock of the contact (rewards.md 11.9).

    `awards` and `achievements` by offer; `passes` are those of the code that the purchase quotes.
    """

    awards: Mapping[int, tuple[PastAward, ...]] = field(default_factory=dict)
    achievements: Mapping[int, tuple[PastEvent, ...]] = field(default_factory=dict)
    passes: tuple[Pass, ...] = ()

    @classmethod
    def of(cls, awards: Iterable[PastAward] = (), passes: Iterable[Pass] = ()) -> History:
        """Group the awards by their offers."""
        grouped: dict[int, tuple[PastAward, ...]] = {}
        for award in awards:
            grouped[award.offer_id] = (*grouped.get(award.offer_id, ()), award)
        return cls(awards=grouped, passes=tuple(passes))


NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A match with its amount, before resolution.

    `product_id` is the product whose one unit is given, `used_events` are the achievements that the
    award uses up, `about_id` is the referred contact of a referral.
    """

    offer: Offer
    contact_id: int
    amount_minor: int
    product_id: int | None = None
    used_events: tuple[str, ...] = ()
    about_id: int | None = None

    @property
    def is_instant(self) -> bool:
        return self.offer.is_instant

    @property
    def scheme_id(self) -> int | None:
        return self.offer.scheme_id

    @property
    def sort_key(self) -> tuple[int, int, datetime, int]:
        """K: the highest amount first, then instant, then activated earlier, then the lower id."""
        offer = self.offer
        activated_at = offer.activated_at or NEVER
        return (-self.amount_minor, 0 if offer.is_instant else 1, activated_at, offer.id)


@dataclass(frozen=True, slots=True)
class Grant:
    """An award to be given: the candidate, and what resolution left of its amount."""

    candidate: Candidate
    amount_minor: int
    occurrence: date | None = None
    pass_code: str | None = None

    @property
    def offer(self) -> Offer:
        return self.candidate.offer

    @property
    def contact_id(self) -> int:
        return self.candidate.contact_id

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.offer.currency)
