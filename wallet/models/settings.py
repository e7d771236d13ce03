"""What a business has chosen for redemption, returns, holds and journals (wallet.md 5.1)."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from directory.models import Organisation
from wallet.choices import ClawbackPolicy, PayoutMethod, RedemptionMode, Reduction


@pghistory.track()
class WalletSettings(models.Model):
    """One row for each business; a business that chose nothing has the defaults."""

    business = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="wallet_settings"
    )
    redemption_mode = models.CharField(
        max_length=16, choices=RedemptionMode.choices, default=RedemptionMode.ON_SPEND
    )
    reduction = models.CharField(
        max_length=10, choices=Reduction.choices, default=Reduction.BACK_END
    )
    caps_commerce_at_90 = models.BooleanField(default=False)
    pays_out_on_redemption = models.BooleanField(default=False)
    payout_method = models.CharField(
        max_length=10, choices=PayoutMethod.choices, default=PayoutMethod.WALLET
    )
    payout_threshold_minor = models.BigIntegerField(null=True, blank=True)
    only_best_instant_discount = models.BooleanField(default=False)
    clawback_policy = models.CharField(
        max_length=5, choices=ClawbackPolicy.choices, default=ClawbackPolicy.LIMIT
    )
    grace_days = models.PositiveSmallIntegerField(default=7)
    hold_minutes = models.PositiveSmallIntegerField(default=15)
    four_eyes_above_minor = models.BigIntegerField(default=10_000)
    commerce_is_transferable = models.BooleanField(default=False)
    # What contacts may top up by themselves, in minor units; none are offered where it is empty.
    top_up_amounts = ArrayField(models.BigIntegerField(), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "wallet settings"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_settings_hold", condition=Q(hold_minutes__gte=1)),
            models.CheckConstraint(
                name="wallet_settings_threshold",
                condition=Q(payout_threshold_minor__isnull=True) | Q(payout_threshold_minor__gt=0),
            ),
        ]
