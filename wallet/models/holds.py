"""Holds: money set aside for one purchase until captured, released or timed out (wallet.md 5.8)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from directory.models import Organisation
from wallet.choices import HoldState, RedemptionMode
from wallet.models.accounts import Account, Wallet
from wallet.models.guards import not_deleted
from wallet.models.uses import PurchaseUse


class Hold(models.Model):
    """Money on an account of its own, so that it cannot be promised twice."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="holds")
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="hold")
    reference = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    requested_minor = models.BigIntegerField(null=True)
    mode = models.CharField(max_length=16, choices=RedemptionMode.choices)
    state = models.CharField(max_length=10, choices=HoldState.choices, default=HoldState.OPEN)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    use = models.OneToOneField(
        PurchaseUse, null=True, on_delete=models.PROTECT, related_name="hold"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_hold_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="wallet_hold_closed",
                condition=Q(state=HoldState.OPEN, closed_at__isnull=True, use__isnull=True)
                | Q(state=HoldState.CAPTURED, closed_at__isnull=False, use__isnull=False)
                | Q(
                    state__in=[HoldState.RELEASED, HoldState.TIMED_OUT],
                    closed_at__isnull=False,
                    use__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(state=HoldState.OPEN), name="wallet_hold_due"
            ),
        ]
        triggers = not_deleted("hold", "A hold")


class HoldPart(models.Model):
    """Where a part of the hold came from, and so where it goes back to."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.PositiveSmallIntegerField(null=True)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_hold_part_amount", condition=Q(amount_minor__gt=0)),
        ]
