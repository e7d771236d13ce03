"""An offer as its forms give it: one value with every field, so that each step changes its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from directory.models import Organisation
from events.conditions import EVERYTHING, ConditionSet
from events.selectors.conditions import load_condition_sets
from rewards import versions
from rewards.choices import Frequency, Occasion, PeriodUnit, RedeemMethod
from rewards.configuration import FrequencyTerms, OccasionTerms, ProductGroup, TypeTerms
from rewards.models import RewardOffer
from rewards.offer_types import OfferType
from rewards.selectors.definitions import GROUP_COLUMNS, group_of

# Fields that the row has under the same name.
SAME = (
    "name",
    "code",
    "scheme_id",
    "available_from",
    "available_to",
    "short_description",
    "long_description",
    "terms_and_conditions",
    "featured",
    "currency",
    "award_form",
    "award_amount_minor",
    "award_percentage",
    "award_product_id",
    "max_award_minor",
    "redeem_method",
    "commerce_pool_id",
    "requires_pass",
    "performance_enabled",
)
TEXTS = ("name", "code", "short_description", "long_description", "terms_and_conditions")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferData:
    """Everything that can be said of an offer of a given type; money in minor units of `currency`.

    What belongs to another business or does not exist is refused when it is saved. `rules` are the
    target conditions, `terms` what only the type has (`ReferralTerms`, `AchievementTerms`, …).
    """

    currency: str
    award_form: str
    name: str = ""
    code: str = ""
    owner_id: int | None = None
    scheme_id: int | None = None
    available_from: datetime | None = None
    available_to: datetime | None = None
    short_description: str = ""
    long_description: str = ""
    terms_and_conditions: str = ""
    featured: bool = False
    tags: tuple[str, ...] = ()
    award_amount_minor: int | None = None
    award_percentage: Decimal | None = None
    award_product_id: int | None = None
    award_group: ProductGroup | None = None
    max_award_minor: int | None = None
    redeem_method: str = RedeemMethod.DEFERRED
    commerce_pool_id: int | None = None
    occasion: OccasionTerms = field(default_factory=OccasionTerms)
    requires_pass: bool = False
    frequency: FrequencyTerms = field(default_factory=FrequencyTerms)
    performance_enabled: bool = False
    rules: ConditionSet = EVERYTHING
    terms: TypeTerms | None = None


def defaults_for(kind: OfferType, *, business: Organisation, acting: Organisation) -> OfferData:
    """Return an offer of the type with nothing decided: its first award form, as cashback."""
    return OfferData(
        currency=business.base_currency,
        award_form=kind.award_forms[0],
        owner_id=acting.pk,
        frequency=kind.default_frequency,
        terms=kind.terms_type() if kind.terms_type is not None else None,
    )


def data_of(offer: RewardOffer) -> OfferData:
    """Return the offer as its forms show it; change a part with `dataclasses.replace` and save it."""
    same: dict[str, Any] = {name: getattr(offer, name) for name in SAME}
    return OfferData(
        **same,
        owner_id=offer.owner_id,
        tags=tuple(offer.tags),
        award_group=group_of(offer),
        occasion=OccasionTerms(Occasion(offer.occasion), offer.days_before, offer.days_after),
        frequency=FrequencyTerms(
            Frequency(offer.frequency), offer.frequency_count, PeriodUnit(offer.frequency_unit)
        ),
        rules=load_condition_sets([offer.condition_set_id])[offer.condition_set_id],
        terms=versions.load_terms(offer.kind, offer.terms or None),
    )


def write(row: RewardOffer, data: OfferData, *, owner: Organisation) -> None:
    """Put the data into the row, texts without blanks around them; nothing is saved."""
    for name in SAME:
        setattr(row, name, getattr(data, name))
    for name in TEXTS:
        setattr(row, name, getattr(data, name).strip())
    row.owner = owner
    row.tags = list(dict.fromkeys(tag.strip() for tag in data.tags if tag.strip()))
    row.occasion = data.occasion.kind
    row.days_before, row.days_after = data.occasion.days_before, data.occasion.days_after
    row.frequency = data.frequency.kind
    row.frequency_count, row.frequency_unit = data.frequency.count, data.frequency.unit
    row.terms = _stored(data.terms)
    for kind, column in GROUP_COLUMNS.items():
        group = data.award_group
        setattr(row, column, group.id if group is not None and group.kind == kind else None)


def _stored(terms: TypeTerms | None) -> Mapping[str, Any]:
    return {} if terms is None else versions.plain(terms)
