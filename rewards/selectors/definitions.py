"""Offers as the engine sees them, built from their rows in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import F, Max

from directory.models import ProductPrice
from events.conditions import EVERYTHING, ConditionSet
from events.conditions.base import Names
from events.selectors.conditions import load_condition_sets
from rewards import configuration, offer_types, versions
from rewards.choices import (
    AwardForm,
    Frequency,
    Occasion,
    PeriodUnit,
    ProductGroupKind,
    RedeemMethod,
)
from rewards.models import OfferVersion, RewardOffer

GROUP_COLUMNS = {
    ProductGroupKind.TYPE: "group_type_id",
    ProductGroupKind.BRAND: "group_brand_id",
    ProductGroupKind.FAMILY: "group_family_id",
    ProductGroupKind.CATEGORY: "group_category_id",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What a definition takes from beside the offer's own row."""

    conditions: ConditionSet = EVERYTHING
    pool_version_id: int | None = None
    price_minor: int | None = None
    version_id: int | None = None


def definitions_of(rows: Sequence[RewardOffer]) -> dict[int, configuration.Offer]:
    """Return the definitions by the offers' ids; ten queries, whatever their number.

    An offer whose pool takes no money any more counts as inactive: it could not award.
    """
    conditions = load_condition_sets([row.condition_set_id for row in rows])
    pools = _newest_pool_versions(rows)
    prices = _prices(rows)
    stored = {
        (offer_id, number): pk
        for pk, offer_id, number in OfferVersion.objects.filter(
            offer__in=[row.pk for row in rows], number=F("offer__version")
        ).values_list("pk", "offer_id", "number")
    }
    return {
        row.pk: definition(
            row,
            Around(
                conditions=conditions[row.condition_set_id],
                pool_version_id=pools.get(row.commerce_pool_id or 0),
                price_minor=prices.get((row.award_product_id or 0, row.currency)),
                version_id=stored.get((row.pk, row.version)),
            ),
        )
        for row in rows
    }


def definition_of(row: RewardOffer) -> configuration.Offer:
    """Return the definition of one offer."""
    return definitions_of([row])[row.pk]


def with_schemes_named(
    offer: configuration.Offer, schemes: Mapping[int, str]
) -> configuration.Offer:
    """Return the definition with the schemes' names for its sentences; its row knows numbers alone."""
    labels: dict[str, Mapping[int | str, str]] = {
        **offer.conditions.names.labels,
        "scheme": dict(schemes.items()),
    }
    return replace(offer, conditions=replace(offer.conditions, names=Names(labels)))


def definition_at(*, version: OfferVersion) -> configuration.Offer:
    """Return what the offer said in that version (rewards.md 11.5)."""
    return versions.load(version.snapshot)


def definition(row: RewardOffer, around: Around) -> configuration.Offer:
    """Return what the row says, saved or not."""
    kind = offer_types.get(row.type)
    return configuration.Offer(
        id=row.pk or 0,
        type=kind,
        currency=row.currency,
        award=_award(row, around),
        version=row.version,
        version_id=around.version_id,
        public_id=row.public_id,
        name=row.name,
        scheme_id=row.scheme_id,
        is_active=row.is_active and around.pool_version_id is not None,
        activated_at=row.activated_at,
        available_from=row.available_from,
        available_to=row.available_to,
        redeem_method=RedeemMethod(row.redeem_method),
        pool_version_id=around.pool_version_id,
        occasion=configuration.OccasionTerms(
            Occasion(row.occasion), row.days_before, row.days_after
        ),
        requires_pass=row.requires_pass,
        frequency=configuration.FrequencyTerms(
            Frequency(row.frequency), row.frequency_count, PeriodUnit(row.frequency_unit)
        ),
        conditions=around.conditions,
        terms=versions.load_terms(kind, row.terms or None),
    )


def group_of(row: RewardOffer) -> configuration.ProductGroup | None:
    """Return what "the cheapest of" ranges over, or None."""
    for kind, column in GROUP_COLUMNS.items():
        if (key := getattr(row, column)) is not None:
            return configuration.ProductGroup(kind, key)
    return None


def _award(row: RewardOffer, around: Around) -> configuration.AwardTerms:
    return configuration.AwardTerms(
        form=AwardForm(row.award_form),
        amount_minor=row.award_amount_minor,
        percentage=row.award_percentage,
        product_id=row.award_product_id,
        price_minor=around.price_minor,
        group=group_of(row),
        max_minor=row.max_award_minor,
    )


def _newest_pool_versions(rows: Sequence[RewardOffer]) -> dict[int, int]:
    """Return by pool the version that an award takes; pools that take no money are left out."""
    return dict(
        RewardOffer.objects.filter(
            pk__in=[row.pk for row in rows if row.commerce_pool_id is not None],
            commerce_pool__state="ACTIVE",
        )
        .values_list("commerce_pool_id")
        .annotate(Max("commerce_pool__versions__pk"))
    )


def _prices(rows: Sequence[RewardOffer]) -> dict[tuple[int, str], int]:
    products = {row.award_product_id for row in rows if row.award_product_id is not None}
    found = ProductPrice.objects.filter(product__in=products)
    return {
        (product_id, currency): minor
        for product_id, currency, minor in found.values_list(
            "product_id", "currency", "price_minor"
        )
    }
