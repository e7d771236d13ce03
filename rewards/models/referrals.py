"""Referrals: who brought whom, once for each contact that was brought (rewards.md 3.3)."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.models import Timestamped
from directory.models import Contact, Organisation
from events.models import BusinessEvent
from rewards.choices import ReferralStatus


class ReferralCase(Timestamped):
    """A contact registered with the code of another; awarded at once or at the first purchase."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    referrer = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="referrals_made")
    referred = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="referral")
    # The referral as it was reported.
    event = models.OneToOneField(
        BusinessEvent, on_delete=models.PROTECT, related_name="referral_case"
    )
    # The purchase that awarded it; empty again when that purchase is cancelled.
    first_purchase = models.ForeignKey(
        BusinessEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(
        max_length=9, choices=ReferralStatus.choices, default=ReferralStatus.WAITING
    )
    status_set_by = models.CharField(max_length=10, default="system")
    status_changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="rewards_referral_two_people", condition=~Q(referrer=F("referred"))
            ),
        ]
        indexes = [
            models.Index(fields=["referrer", "-created_at", "-id"], name="rewards_referral_newest"),
        ]
        triggers = [pgtrigger.Protect(name="rewards_referral_kept", operation=pgtrigger.Delete)]

    @property
    def step(self) -> ReferralStatus:
        """The status as a choice with its label and tone."""
        return ReferralStatus(self.status)
