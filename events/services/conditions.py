"""Storing condition sets: written whole from the pure value that they mean, read back by a selector."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from core.errors import Invalid
from directory.models import (
    Brand,
    Category,
    Organisation,
    Product,
    ProductFamily,
    ProductType,
    Segment,
)
from directory.selectors.network import here_or_below
from events import models
from events.conditions import MOST_SKUS, ConditionSet, TimeRow, too_many_skus
from events.models import Classification


class TooManySkus(Invalid):
    """At most 50 different SKUs stand in one set of conditions (rewards.md 4.4)."""

    code = "too_many_skus"


class UnknownValue(Invalid):
    """A condition names something that the business does not have."""

    code = "unknown_value"


def create(*, business: Organisation, rules: ConditionSet, at: datetime) -> models.ConditionSet:
    """Store a set of conditions; raises `TooManySkus` and `UnknownValue`."""
    _check(business, rules)
    with transaction.atomic():
        stored = models.ConditionSet.objects.create(
            business=business,
            min_quantity=rules.products.min_quantity,
            created_at=at,
            updated_at=at,
        )
        _write(stored, rules)
    return stored


def replace(
    *, stored: models.ConditionSet, rules: ConditionSet, at: datetime
) -> models.ConditionSet:
    """Put other conditions in the place of the set's; raises `TooManySkus` and `UnknownValue`."""
    _check(stored.business, rules)
    with transaction.atomic():
        locked = models.ConditionSet.objects.select_for_update(of=("self",)).get(pk=stored.pk)
        locked.min_quantity, locked.updated_at = rules.products.min_quantity, at
        locked.save(update_fields=["min_quantity", "updated_at"])
        for rows in (
            locked.segments,
            locked.places,
            locked.times,
            locked.classifications,
            locked.products,
        ):
            rows.all().delete()
        models.AmountCondition.objects.filter(conditions=locked).delete()
        _write(locked, rules)
    return locked


def _check(business: Organisation, rules: ConditionSet) -> None:
    if count := too_many_skus(rules.products.product_ids):
        sentence = f"At most {MOST_SKUS} products; these are {count}. Use a category instead."
        raise TooManySkus(sentence, fields={"products": sentence})
    goods, places = rules.products, rules.location
    _all_known(Segment, business, rules.segments.segment_ids)
    _all_known(Classification, business, rules.classification.classification_ids)
    _all_known(Product, business, goods.product_ids)
    _all_known(ProductFamily, business, goods.family_ids)
    _all_known(Brand, business, goods.brand_ids)
    _all_known(ProductType, business, goods.type_ids)
    _all_known(Category, business, goods.category_ids)
    wanted = places.business_ids | places.merchant_ids | places.venue_ids
    if wanted and here_or_below(business=business).filter(pk__in=wanted).count() != len(wanted):
        raise UnknownValue("There is no such merchant or venue.")


def _all_known(model: type[Model], business: Organisation, ids: Iterable[int]) -> None:
    wanted = set(ids)
    rows = model._default_manager.filter(business=business, pk__in=wanted)
    if wanted and rows.count() != len(wanted):
        raise UnknownValue(f"There is no such {model._meta.verbose_name}.")


def _write(stored: models.ConditionSet, rules: ConditionSet) -> None:
    """Insert the rows of each kind that has values."""
    places, amount = rules.location, rules.amount
    models.SegmentCondition.objects.bulk_create(
        models.SegmentCondition(conditions=stored, segment_id=pk)
        for pk in sorted(rules.segments.segment_ids)
    )
    models.ClassificationCondition.objects.bulk_create(
        models.ClassificationCondition(conditions=stored, classification_id=pk)
        for pk in sorted(rules.classification.classification_ids)
    )
    models.LocationCondition.objects.bulk_create(
        models.LocationCondition(conditions=stored, **values)
        for name, keys in (
            ("organisation_id", places.business_ids | places.merchant_ids | places.venue_ids),
            ("country", places.countries),
            ("town", places.towns),
            ("tag", places.tags),
        )
        for values in _each(name, keys)
    )
    models.ProductCondition.objects.bulk_create(
        models.ProductCondition(conditions=stored, **values)
        for name in ("product", "family", "brand", "type", "category")
        for values in _each(f"{name}_id", getattr(rules.products, f"{name}_ids"))
    )
    models.TimeCondition.objects.bulk_create(
        _time(stored, position, row) for position, row in enumerate(rules.time.rows)
    )
    if amount is not None and not amount.is_empty:
        models.AmountCondition.objects.create(
            conditions=stored,
            currency=amount.currency,
            min_minor=amount.min_minor,
            max_minor=amount.max_minor,
        )


def _each(name: str, keys: Iterable[Any]) -> list[dict[str, Any]]:
    return [{name: key} for key in sorted(keys)]


def _time(stored: models.ConditionSet, position: int, row: TimeRow) -> models.TimeCondition:
    first, last = row.yearly_from or (None, None), row.yearly_to or (None, None)
    return models.TimeCondition(
        conditions=stored,
        position=position,
        weekdays=sorted(row.weekdays),
        start_minute=row.start_minute,
        end_minute=row.end_minute,
        from_on=row.from_on,
        to_on=row.to_on,
        yearly_from_month=first[0],
        yearly_from_day=first[1],
        yearly_to_month=last[0],
        yearly_to_day=last[1],
    )
