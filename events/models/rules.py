"""Condition sets as rows: one narrow table for each kind, with real foreign keys.

What they mean stands in `events.conditions`; a selector turns rows into those values. A thing that a
condition names cannot be deleted. A set is replaced as a whole or copied, never edited in part.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import (
    Brand,
    Category,
    Organisation,
    Product,
    ProductFamily,
    ProductType,
    Segment,
)
from events.models.events import Classification


def one_of(*names: str) -> Q:
    """Say that exactly one of the columns is filled."""
    found = Q()
    for name in names:
        found |= Q(**{f"{other}__isnull": other != name for other in names})
    return found


class ConditionSet(Timestamped):
    """What an offer, a donation, a campaign or a commerce pool asks of an event."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # Matching lines must sum to at least this quantity.
    min_quantity = models.DecimalField(max_digits=9, decimal_places=3, default=Decimal(1))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="events_set_min_quantity", condition=Q(min_quantity__gt=0)),
        ]


class SegmentCondition(models.Model):
    """A segment of which the contact must be."""

    conditions = models.ForeignKey(ConditionSet, on_delete=models.CASCADE, related_name="segments")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="conditions")


class LocationCondition(models.Model):
    """A place, country, town or tag: exactly one of them."""

    conditions = models.ForeignKey(ConditionSet, on_delete=models.CASCADE, related_name="places")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions"
    )
    country = models.CharField(max_length=2, null=True, blank=True)  # noqa: DJ001
    town = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001
    tag = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="events_location_one",
                condition=one_of("organisation", "country", "town", "tag"),
            ),
        ]


class TimeCondition(models.Model):
    """A row of weekdays (0 Monday), minutes of the day, dates and a yearly range."""

    conditions = models.ForeignKey(ConditionSet, on_delete=models.CASCADE, related_name="times")
    position = models.PositiveSmallIntegerField()
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    start_minute = models.PositiveSmallIntegerField(default=0)
    end_minute = models.PositiveSmallIntegerField(default=1440)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    yearly_from_month = models.PositiveSmallIntegerField(null=True, blank=True)
    yearly_from_day = models.PositiveSmallIntegerField(null=True, blank=True)
    yearly_to_month = models.PositiveSmallIntegerField(null=True, blank=True)
    yearly_to_day = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="events_time_minutes",
                condition=Q(start_minute__lt=1440, end_minute__lte=1440),
            ),
            models.CheckConstraint(
                name="events_time_dates",
                condition=Q(from_on__isnull=True)
                | Q(to_on__isnull=True)
                | Q(from_on__lt=models.F("to_on")),
            ),
            models.CheckConstraint(
                name="events_time_yearly_whole",
                condition=Q(
                    yearly_from_month__isnull=True,
                    yearly_from_day__isnull=True,
                    yearly_to_month__isnull=True,
                    yearly_to_day__isnull=True,
                )
                | Q(
                    yearly_from_month__isnull=False,
                    yearly_from_day__isnull=False,
                    yearly_to_month__isnull=False,
                    yearly_to_day__isnull=False,
                ),
            ),
        ]


class ClassificationCondition(models.Model):
    """A classification that the event must carry."""

    conditions = models.ForeignKey(
        ConditionSet, on_delete=models.CASCADE, related_name="classifications"
    )
    classification = models.ForeignKey(
        Classification, on_delete=models.PROTECT, related_name="conditions"
    )


class AmountCondition(models.Model):
    """The bounds of a purchase's total, both included."""

    conditions = models.OneToOneField(ConditionSet, on_delete=models.CASCADE, related_name="amount")
    currency = models.CharField(max_length=3)
    min_minor = models.BigIntegerField(null=True, blank=True)
    max_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="events_amount_bounds",
                condition=Q(min_minor__isnull=True)
                | Q(max_minor__isnull=True)
                | Q(min_minor__lte=models.F("max_minor")),
            ),
        ]


class ProductCondition(models.Model):
    """A product, family, brand, type or category: exactly one of them."""

    conditions = models.ForeignKey(ConditionSet, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions"
    )
    family = models.ForeignKey(
        ProductFamily, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions"
    )
    brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions"
    )
    type = models.ForeignKey(
        ProductType, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions"
    )
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="conditions"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="events_product_one",
                condition=one_of("product", "family", "brand", "type", "category"),
            ),
        ]
