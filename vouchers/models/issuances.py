"""Issuances: that a code was given, or is held, for a recipient by a campaign (vouchers.md 2.9).

The unique constraints are the guarantee that no code is given twice and no recipient has more than
allowed, whatever runs at the same time; the services only choose what to try.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Contact, Organisation
from vouchers.choices import (
    OPEN_ISSUANCES,
    Delivery,
    IssuanceStatus,
    Outcome,
    Source,
    WaitState,
)
from vouchers.models.campaigns import Campaign
from vouchers.models.codes import VoucherCode
from vouchers.models.lists import VoucherList

OPEN = [status.value for status in OPEN_ISSUANCES]


class Issuance(Timestamped):
    """Code X belongs to recipient Y by campaign Z. A reservation is one that was not confirmed yet."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="issuances")
    # Both empty for the campaign's code for everybody.
    voucher_list = models.ForeignKey(
        VoucherList, null=True, on_delete=models.PROTECT, related_name="issuances"
    )
    code = models.ForeignKey(
        VoucherCode, null=True, on_delete=models.PROTECT, related_name="issuances"
    )
    is_fallback = models.BooleanField(default=False)
    fallback_code = models.CharField(max_length=255, blank=True)
    # The contact's id, else "email:…", else "tel:…".
    recipient_key = models.CharField(max_length=260)
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="voucher_issuances"
    )
    # Where it is mailed to; staff may correct it.
    email = models.EmailField(max_length=254, blank=True)
    # Which of the recipient's allowance it is: 1 to max_per_recipient. Empty once it is free again.
    ordinal = models.PositiveSmallIntegerField(null=True)
    idempotency_key = models.CharField(max_length=200)
    source = models.CharField(max_length=8, choices=Source.choices)
    trigger_ref = models.CharField(max_length=120, blank=True)
    # Why somebody of the desk gave it; why it ended stands below.
    reason = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=8, choices=IssuanceStatus.choices)
    reserved_until = models.DateTimeField(null=True)
    # What was left of a reservation when its list was paused.
    frozen_seconds = models.PositiveIntegerField(null=True)
    is_renewed = models.BooleanField(default=False)
    issued_at = models.DateTimeField(null=True)
    redeem_until = models.DateTimeField(null=True)
    delivery_status = models.CharField(
        max_length=10, choices=Delivery.choices, default=Delivery.NONE
    )
    # When anything left the system that could have shown the code; then it can only become void.
    exposed_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    # Who took it back; empty where the clock ended it.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    event_id = models.UUIDField(default=uuid.uuid4, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(status__in=OPEN), name="vouchers_code_given_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "recipient_key", "ordinal"],
                condition=Q(ordinal__isnull=False),
                name="vouchers_recipient_allowance",
            ),
            models.UniqueConstraint(
                fields=["campaign", "idempotency_key"],
                condition=~Q(status="released"),
                name="vouchers_issued_once_a_key",
            ),
            models.CheckConstraint(
                name="vouchers_issuance_has_a_code",
                condition=Q(is_fallback=True, code__isnull=True, voucher_list__isnull=True)
                & ~Q(fallback_code="")
                | Q(is_fallback=False, code__isnull=False, voucher_list__isnull=False),
            ),
            models.CheckConstraint(
                name="vouchers_issuance_times",
                condition=Q(status="reserved", reserved_until__isnull=False)
                | Q(status="reserved", frozen_seconds__isnull=False)
                | Q(status="released")
                | Q(issued_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-created_at", "-id"], name="vouchers_issued_newest"),
            models.Index(fields=["campaign", "-created_at", "-id"], name="vouchers_issued_by"),
            models.Index(fields=["business", "recipient_key"], name="vouchers_issued_to"),
            models.Index(fields=["voucher_list", "-issued_at"], name="vouchers_issued_from"),
            models.Index(
                fields=["trigger_ref"], name="vouchers_issued_for", condition=Q(source="Manual")
            ),
            models.Index(
                fields=["reserved_until"], name="vouchers_lapsing", condition=Q(status="reserved")
            ),
            models.Index(
                fields=["business", "delivery_status"],
                name="vouchers_undelivered",
                condition=Q(delivery_status__in=["bounced", "failed", "held"]),
            ),
        ]
        triggers = [pgtrigger.Protect(name="vouchers_issuance_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def state(self) -> IssuanceStatus:
        """The status as a choice with its label and tone."""
        return IssuanceStatus(self.status)


class Attempt(models.Model):
    """The log of decisions: somebody was considered, and what came of it in words (kept 180 days)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="attempts")
    recipient_key = models.CharField(max_length=260)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    # "not in segment Gold"; the first thing that stood against it.
    reason = models.CharField(max_length=300, blank=True)
    issuance = models.ForeignKey(Issuance, null=True, on_delete=models.SET_NULL, related_name="+")
    trigger_ref = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "-at", "-id"], name="vouchers_attempt_newest"),
            models.Index(fields=["campaign", "recipient_key", "-at"], name="vouchers_attempt_of"),
            models.Index(fields=["at"], name="vouchers_attempt_age"),
        ]


class WaitEntry(Timestamped):
    """Somebody waits for a code; served in the order of qualifying."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="waiting")
    recipient_key = models.CharField(max_length=260)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    qualified_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=200)
    source = models.CharField(max_length=8, choices=Source.choices)
    trigger_ref = models.CharField(max_length=120, blank=True)
    # Why somebody of the desk wished for it, and who (`created_at` is when); the issuance takes both
    # over.
    reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=WaitState.choices, default=WaitState.WAITING)
    issuance = models.ForeignKey(Issuance, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["campaign", "recipient_key"],
                condition=Q(state="waiting"),
                name="vouchers_waiting_once",
            ),
            models.UniqueConstraint(
                fields=["campaign", "idempotency_key"],
                condition=Q(state="waiting"),
                name="vouchers_waiting_once_a_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "qualified_at", "id"],
                name="vouchers_waiting_order",
                condition=Q(state="waiting"),
            ),
        ]
