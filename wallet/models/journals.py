"""Manual journals: credits and debits by hand, the large ones by two people (wallet.md 10)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from directory.models import Organisation
from wallet.choices import JournalDirection, JournalState, Pocket
from wallet.models.accounts import Wallet
from wallet.models.guards import not_deleted
from wallet.models.pools import CommercePool


class Journal(models.Model):
    """A credit or debit of one pocket, with a reason and the people who answer for it."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="journals")
    direction = models.CharField(max_length=6, choices=JournalDirection.choices)
    pocket = models.CharField(max_length=10, choices=Pocket.choices)
    pool = models.ForeignKey(CommercePool, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=JournalState.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_journal_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="wallet_journal_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="wallet_journal_four_eyes",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("created_by")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "created_at"],
                condition=Q(state=JournalState.PENDING),
                name="wallet_journal_pending",
            ),
        ]
        triggers = not_deleted("journal", "A journal")
