"""What a business has chosen for its rewards (rewards.md 2.10)."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from directory.models import Organisation
from rewards.choices import (
    PeriodUnit,
    RedeemMethod,
    ReferralMethod,
    ResolutionMode,
    SelfSubmission,
)


def _by_mail() -> list[str]:
    return [ReferralMethod.EMAIL.value]


@pghistory.track(exclude=["revision"])
class RewardSettings(models.Model):
    """One row for each business; a business that chose nothing has the defaults.

    `revision` counts every change of what evaluation reads: schemes, offers and these settings.
    """

    business = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="reward_settings"
    )
    mode = models.CharField(
        max_length=15, choices=ResolutionMode.choices, default=ResolutionMode.ALL
    )
    only_best_instant = models.BooleanField(default=False)
    late_window_days = models.PositiveSmallIntegerField(default=30)
    enforces_b2b_submission = models.BooleanField(default=False)
    # When on, the users of merchants create and activate only these types with these methods.
    restricts_merchants = models.BooleanField(default=False)
    allowed_types = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    allowed_methods = ArrayField(
        models.CharField(max_length=8, choices=RedeemMethod.choices), default=list, blank=True
    )
    referral_methods = ArrayField(
        models.CharField(max_length=5, choices=ReferralMethod.choices), default=_by_mail, blank=True
    )
    # How many accepted referrals one referrer may have in `count` `unit`s; empty is no limit.
    referral_cap = models.PositiveIntegerField(null=True, blank=True)
    referral_period_count = models.PositiveSmallIntegerField(default=1)
    referral_period_unit = models.CharField(
        max_length=6, choices=PeriodUnit.choices, default=PeriodUnit.MONTHS
    )
    self_submission = models.CharField(
        max_length=16, choices=SelfSubmission.choices, default=SelfSubmission.NONE
    )
    set_up_at = models.DateTimeField(null=True, blank=True)
    revision = models.BigIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "reward settings"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="rewards_settings_late_window", condition=Q(late_window_days__lte=365)
            ),
            models.CheckConstraint(
                name="rewards_settings_referrals",
                condition=Q(referral_period_count__gte=1)
                & (Q(referral_cap__isnull=True) | Q(referral_cap__gte=1)),
            ),
        ]
