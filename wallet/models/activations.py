"""Activations: pools that a contact chose for the next purchase (wallet.md 5.6)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from wallet.models.accounts import Wallet
from wallet.models.pools import CommercePool
from wallet.models.uses import PurchaseUse


class Activation(models.Model):
    """One pool, chosen at a moment, good until its hour is over or a purchase uses it up."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="activations")
    pool = models.ForeignKey(
        CommercePool, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    activated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When it was used up or taken back; one that merely ran out may keep it empty.
    ended_at = models.DateTimeField(null=True)
    use = models.ForeignKey(
        PurchaseUse, null=True, on_delete=models.PROTECT, related_name="activations"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["wallet", "pool"],
                condition=Q(ended_at__isnull=True),
                name="wallet_activation_one_open",
            ),
            models.CheckConstraint(
                name="wallet_activation_period", condition=Q(expires_at__gt=F("activated_at"))
            ),
            models.CheckConstraint(
                name="wallet_activation_used",
                condition=Q(use__isnull=True) | Q(ended_at__isnull=False),
            ),
        ]
