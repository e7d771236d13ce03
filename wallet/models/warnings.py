"""Expiry warnings: which lot was announced when, so that each announcement is made once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from wallet.models.lots import Lot


class ExpiryWarning(models.Model):
    """A lot's holder was told so many days ahead that its money will lapse (wallet.md 9.4)."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="warnings", db_index=False)
    days = models.PositiveSmallIntegerField()
    # The expiry that was announced: one moved later is announced anew.
    expires_at = models.DateTimeField()
    warned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["lot", "days", "expires_at"], name="wallet_warning_once"
            ),
        ]
