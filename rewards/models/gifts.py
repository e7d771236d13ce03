"""Runs of Thank You Gifts (rewards.md 3.3): each pays every member in the segments once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from rewards.choices import GiftRunKind, GiftRunStatus
from rewards.models.offers import RewardOffer


class GiftRun(Timestamped):
    """One run of one gift offer. The scheduled instant is its key: a repeated job cannot pay twice."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(RewardOffer, on_delete=models.PROTECT, related_name="gift_runs")
    kind = models.CharField(max_length=12, choices=GiftRunKind.choices)
    scheduled_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=GiftRunStatus.choices, default=GiftRunStatus.PLANNED
    )
    status_set_by = models.CharField(max_length=10, default="system")
    status_changed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # How far it has come; a worker that takes over goes on after this contact.
    last_contact_id = models.BigIntegerField(default=0)
    contact_count = models.PositiveIntegerField(default=0)
    awarded_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    awarded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["offer", "scheduled_at"], name="rewards_gift_run_scheduled_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["scheduled_at"],
                name="rewards_gift_run_due",
                condition=Q(status__in=[GiftRunStatus.PLANNED, GiftRunStatus.RUNNING]),
            ),
            models.Index(
                fields=["business", "-scheduled_at", "-id"], name="rewards_gift_run_newest"
            ),
        ]
        triggers = [pgtrigger.Protect(name="rewards_gift_run_kept", operation=pgtrigger.Delete)]

    @property
    def step(self) -> GiftRunStatus:
        """The status as a choice with its label and tone."""
        return GiftRunStatus(self.status)

    @property
    def performed_at(self) -> datetime:
        return self.scheduled_at
