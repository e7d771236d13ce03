"""Limits and fees: how much may move in a period, and what moving it costs (wallet.md 10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from directory.models import Organisation
from wallet.choices import ChargedOn, LimitOn, LimitPeriod
from wallet.models.accounts import Wallet


@pghistory.track()
class LimitRule(models.Model):
    """A maximum for each day, week or month: of the business for all, or of a contact for itself."""

    business = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="wallet_limits", db_index=False
    )
    # Whose own rule it is; empty for a rule that binds everybody.
    wallet = models.ForeignKey(
        Wallet, null=True, blank=True, on_delete=models.CASCADE, related_name="own_limits"
    )
    name = models.CharField(max_length=80)
    applies_to = models.CharField(max_length=8, choices=LimitOn.choices)
    period = models.CharField(max_length=7, choices=LimitPeriod.choices)
    most_minor = models.BigIntegerField(null=True, blank=True)
    most_times = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business", "wallet", "applies_to", "period"],
                nulls_distinct=False,
                name="wallet_limit_once",
            ),
            models.CheckConstraint(
                name="wallet_limit_says_something",
                condition=Q(most_minor__isnull=False) | Q(most_times__isnull=False),
            ),
            models.CheckConstraint(
                name="wallet_limit_amount",
                condition=Q(most_minor__isnull=True) | Q(most_minor__gte=0),
            ),
        ]


@pghistory.track()
class FeeRule(models.Model):
    """What a debit or a credit costs the contact: a share, a fixed amount, or both."""

    business = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="wallet_fees")
    name = models.CharField(max_length=80)
    charged_on = models.CharField(max_length=6, choices=ChargedOn.choices)
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    fixed_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="wallet_fee_amount",
                condition=Q(percent__gte=0, percent__lte=100, fixed_minor__gte=0)
                & (Q(percent__gt=0) | Q(fixed_minor__gt=0)),
            ),
        ]
