"""Somebody came by a trigger, and the campaign waits for what must not follow (vouchers.md 5.2)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from directory.models import Contact
from events.models import BusinessEvent
from vouchers.models.campaigns import Campaign
from vouchers.models.issuances import Issuance


class Watch(models.Model):
    """One arrival whose time runs; gone once it was decided about, which the log of decisions says."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="watches")
    recipient_key = models.CharField(max_length=260)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    # The code is asked for under this key, so an event that arrives twice gives one.
    idempotency_key = models.CharField(max_length=200)
    trigger_ref = models.CharField(max_length=120, blank=True)
    # What happened, where it was a business event or something that became of a voucher.
    event = models.ForeignKey(
        BusinessEvent, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    issuance = models.ForeignKey(
        Issuance, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "watches"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["campaign", "idempotency_key"], name="vouchers_watch_once"
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="vouchers_watch_due")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.recipient_key}"
