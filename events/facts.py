"""All that a rule may look at: an event, its contact, its place and its lines, as frozen values.

Selectors load facts in a fixed number of queries; from then on nothing asks the database. Money is
whole minor units, quantities are decimals with three places, instants are aware. The names beside the
ids are for sentences alone: they take no part in any decision and none in comparisons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

LATE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """A product of the catalogue; `category_ids` is closed upwards.

    A product in Coffee carries Coffee, Hot and Drinks, so that a condition on any of them is one
    look into a set (rewards.md 4.4).
    """

    id: int
    sku: str
    family_id: int | None = None
    brand_id: int | None = None
    type_id: int | None = None
    category_ids: frozenset[int] = frozenset()
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One line of a purchase, merged by SKU and unit price."""

    product: ProductFacts
    quantity: Decimal
    total_minor: int
    net_minor: int

    @property
    def unit_price_minor(self) -> Fraction:
        """Line total ÷ quantity, exactly; a line of less than one unit counts its line total."""
        if self.quantity < 1:
            return Fraction(self.total_minor)
        return Fraction(self.total_minor) / Fraction(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """Where it happened. Country and town are the venue's, else the merchant's, else the business's.

    An event without any organisation is treated as at the business (rewards.md 4.2).
    """

    business_id: int
    merchant_id: int | None = None
    venue_id: int | None = None
    country: str = ""
    town: str = ""
    tags: frozenset[str] = frozenset()
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """The person of the event. `memberships` says since when they are in which scheme."""

    id: int
    registered_at: datetime
    birth: tuple[int, int] | None = None
    birth_year: int | None = None
    name_day: tuple[int, int] | None = None
    segment_ids: frozenset[int] = frozenset()
    memberships: Mapping[int, datetime] = field(default_factory=dict)
    spend_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """What every event has: an achievement, a referral or a sign-up is no more than this.

    `local_at` is `performed_at` on the wall clock of the venue, else its merchant, else the business.
    """

    reference: str
    contact: ContactFacts | None
    place: PlaceFacts
    performed_at: datetime
    local_at: datetime
    received_at: datetime
    classification_id: int | None = None
    classification_name: str = field(default="", compare=False)
    terms_blocked: bool = False

    @property
    def late(self) -> bool:
        """Whether it arrived more than 24 hours after it happened (rewards.md 11.8)."""
        return self.received_at - self.performed_at > LATE_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseFacts(EventFacts):
    """A basket: `total_minor` is net + tax after the till's own discounts, before any of ours."""

    currency: str
    total_minor: int
    net_minor: int
    lines: tuple[LineFacts, ...] = ()
    pass_code: str | None = None
