"""Spend tokens: a contact's word that a till may take money once, for a few minutes (wallet.md 2.4)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from wallet.models.accounts import Wallet


class SpendToken(models.Model):
    """One permission to spend. Only digests of its opaque value and of its number are kept."""

    wallet = models.ForeignKey(Wallet, on_delete=models.CASCADE, related_name="spend_tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    number_digest = models.BinaryField(max_length=32, unique=True)
    # Empty: as much as possible.
    amount_minor = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # The purchase that it paid for, so that a till may repeat a call whose answer was lost.
    used_for = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="wallet_spend_token_amount",
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gt=0),
            ),
            models.CheckConstraint(
                name="wallet_spend_token_period", condition=Q(expires_at__gte=F("created_at"))
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="wallet_spend_token_age")]
