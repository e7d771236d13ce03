"""Passes: codes that unlock an offer (rewards.md 2.8). A use is consumed by an award and given back."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import Timestamped
from directory.models import Contact, Organisation
from rewards.choices import Switch
from rewards.models.offers import RewardOffer


@pghistory.track(exclude=["used"])
class Pass(Timestamped):
    """One code for all, or for one contact alone; the offer says what it is worth."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(RewardOffer, on_delete=models.PROTECT, related_name="passes")
    # As it is compared: upper case, without blanks.
    code = models.CharField(max_length=40)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="passes"
    )
    max_usage = models.PositiveIntegerField(default=1)
    used = models.PositiveIntegerField(default=0)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Switch.choices, default=Switch.ACTIVE)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "passes"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "code"], name="rewards_pass_code"),
            models.CheckConstraint(
                name="rewards_pass_usage",
                condition=Q(max_usage__gte=1, used__lte=F("max_usage")),
            ),
            models.CheckConstraint(
                name="rewards_pass_validity",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lt=F("valid_to")),
            ),
        ]
        indexes = [
            models.Index(fields=["offer", "-created_at", "-id"], name="rewards_pass_newest"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_active(self) -> bool:
        return self.status == Switch.ACTIVE

    @property
    def state(self) -> Switch:
        """The status as a choice with its label and tone."""
        return Switch(self.status)

    @property
    def left(self) -> int:
        """How often it may still be used."""
        return self.max_usage - self.used


class PassUse(models.Model):
    """One use of a pass by one award; given back when the purchase is cancelled."""

    unlocked_by = models.ForeignKey(Pass, on_delete=models.PROTECT, related_name="uses")
    award = models.OneToOneField("rewards.Award", on_delete=models.PROTECT, related_name="pass_use")
    used_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="rewards_pass_use_kept", operation=pgtrigger.Delete)]
