"""The log of rewards: append-only, one row for each award, redemption, spend, reversal and expiry.

A reversal is a new row that points to its award; no row is edited. So a row has no state of its own:
whether an award still stands is asked of the award (rewards.md 10).
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from core.money import Money
from directory.models import Contact, Organisation, Product
from events.models import BusinessEvent, Classification
from rewards.choices import AwardStatus, LogCause, LogType, RedeemMethod
from rewards.models.awards import Award
from rewards.models.gifts import GiftRun
from rewards.models.offers import RewardOffer
from rewards.models.schemes import RewardScheme


class RewardEvent(models.Model):
    """What happened to an award or to its money; reversals and expiries are negative."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # What it tells of ("award:12", "spend:<entry>:<lot>"): written twice, it stands here once.
    key = models.CharField(max_length=120)
    type = models.CharField(max_length=8, choices=LogType.choices)
    cause = models.CharField(max_length=12, choices=LogCause.choices)
    event = models.ForeignKey(
        BusinessEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="log"
    )
    gift_run = models.ForeignKey(
        GiftRun, null=True, blank=True, on_delete=models.PROTECT, related_name="log"
    )
    award = models.ForeignKey(
        Award, null=True, blank=True, on_delete=models.PROTECT, related_name="log"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="reward_log", db_index=False
    )
    offer = models.ForeignKey(
        RewardOffer, null=True, blank=True, on_delete=models.PROTECT, related_name="log"
    )
    scheme = models.ForeignKey(
        RewardScheme, null=True, blank=True, on_delete=models.PROTECT, related_name="log"
    )
    merchant = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    venue = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    classification = models.ForeignKey(
        Classification, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reference_number = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    redeem_method = models.CharField(max_length=8, choices=RedeemMethod.choices, blank=True)
    pool = models.ForeignKey(
        "wallet.CommercePool", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_late = models.BooleanField(default=False)
    performed_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "key"], name="rewards_log_once"),
        ]
        indexes = [
            models.Index(fields=["business", "-performed_at", "-id"], name="rewards_log_newest"),
            models.Index(fields=["business", "-posted_at", "-id"], name="rewards_log_posted"),
            models.Index(fields=["contact", "-performed_at", "-id"], name="rewards_log_of_contact"),
            models.Index(
                fields=["business", "reference_number"],
                condition=~Q(reference_number=""),
                name="rewards_log_reference",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rewards_log_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"RE-{self.pk}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def kind(self) -> LogType:
        """The type as a choice with its label."""
        return LogType(self.type)

    @property
    def state(self) -> AwardStatus:
        """Whether it stands: an award as it is today, anything else as it was written."""
        if self.type == LogType.AWARD and self.award is not None:
            return AwardStatus(self.award.status)
        return AwardStatus.POSTED
