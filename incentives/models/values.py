"""What is promised or given, as columns: an amount of money, a percentage, or words alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from incentives.choices import ValueUnit
from incentives.terms import Terms


class Valued(models.Model):
    """A value in one of three units; each unit has its own column (incentives.md 3.4).

    The class that uses it adds `description` in its own length, and `value_is_sound` as a constraint.
    """

    unit = models.CharField(max_length=8, choices=ValueUnit.choices, blank=True)
    value_minor = models.BigIntegerField(null=True, blank=True)
    value_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    description: models.CharField[str, str]

    class Meta:
        abstract = True

    @property
    def value(self) -> Terms:
        """The columns as one value to compare and to show."""
        return Terms(
            self.unit,
            minor=self.value_minor,
            percent=self.value_percent,
            currency=self.currency,
            description=self.description,
        )


def value_is_sound(name: str, *, zero: bool = False) -> models.CheckConstraint:
    """Let only the column of the unit be filled, above zero (or, where `zero`, not below it)."""
    above = "gte" if zero else "gt"
    return models.CheckConstraint(
        name=name,
        condition=Q(unit="currency", value_percent__isnull=True)
        & ~Q(currency="")
        & (Q(value_minor__isnull=True) | Q(**{f"value_minor__{above}": 0}))
        | Q(unit="percent", value_minor__isnull=True, currency="")
        & (
            Q(value_percent__isnull=True)
            | Q(**{f"value_percent__{above}": 0, "value_percent__lte": 100})
        )
        | Q(
            unit__in=["none", ""], value_minor__isnull=True, value_percent__isnull=True, currency=""
        ),
    )
