"""Money on its way through a gateway: top-ups asked for, payouts reserved (wallet.md 7, 10)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from directory.models import Organisation
from wallet.choices import PayoutMethod, PayoutState, Pocket, TopUpState
from wallet.models.accounts import Account, Wallet
from wallet.models.guards import not_deleted
from wallet.models.pools import CommercePool
from wallet.models.uses import PurchaseUse


class TopUp(models.Model):
    """A top-up that a contact began. It moves money only once its gateway says that it was paid."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="top_ups")
    gateway = models.CharField(max_length=30)
    pocket = models.CharField(max_length=10, choices=Pocket.choices)
    pool = models.ForeignKey(
        CommercePool, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=TopUpState.choices, default=TopUpState.PENDING)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_top_up_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="wallet_top_up_pool",
                condition=Q(pocket=Pocket.COMMERCE, pool__isnull=False)
                | Q(pool__isnull=True) & ~Q(pocket=Pocket.COMMERCE),
            ),
            models.CheckConstraint(
                name="wallet_top_up_closed",
                condition=Q(state=TopUpState.PENDING, closed_at__isnull=True)
                | Q(closed_at__isnull=False) & ~Q(state=TopUpState.PENDING),
            ),
        ]


class Payout(models.Model):
    """Money that left a pocket for the outside and lies in transit until the gateway answers."""

    # Fixed at reservation: the gateway's idempotency key of every attempt (wallet.md 7.3).
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="payouts")
    # Where it lies in transit; a payout to the open pocket is final at once and has none.
    account = models.OneToOneField(
        Account, null=True, on_delete=models.PROTECT, related_name="payout"
    )
    # The purchase whose redemption caused it.
    use = models.ForeignKey(
        PurchaseUse, null=True, on_delete=models.PROTECT, related_name="payouts"
    )
    method = models.CharField(max_length=10, choices=PayoutMethod.choices)
    # The payment on whose card it goes back, or the registered payout identity; a token, no number.
    destination = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=PayoutState.choices, default=PayoutState.RESERVED
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_payout_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="wallet_payout_transit",
                condition=Q(
                    method=PayoutMethod.WALLET, account__isnull=True, state=PayoutState.PAID
                )
                | Q(account__isnull=False) & ~Q(method=PayoutMethod.WALLET),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "created_at"],
                condition=Q(state=PayoutState.RESERVED),
                name="wallet_payout_reserved",
            ),
        ]
        triggers = not_deleted("payout", "A payout")


class PayoutPart(models.Model):
    """From which account how much of a payout came, and so where it goes back to."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="wallet_payout_part_amount", condition=Q(amount_minor__gt=0)
            ),
        ]
