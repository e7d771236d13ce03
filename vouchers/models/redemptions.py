"""Redemptions: that a code was spent, who said so, and the files that say it by the thousand
(vouchers.md 9). Codes are told to us by bearers, so refused reports of codes that exist are kept too.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from vouchers.choices import BatchStatus
from vouchers.models.codes import VoucherCode
from vouchers.models.issuances import Issuance
from vouchers.models.lists import VoucherList
from vouchers.models.partners import Partner
from vouchers.outside_choices import Channel, RedemptionResult, Refusal


class RedemptionUpload(Timestamped):
    """One file of redemptions. Where its reading stands is committed with each portion."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # Only codes of this partner's lists are looked at; empty looks at all of the business.
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="redemption_uploads"
    )
    number = models.PositiveIntegerField()
    channel = models.CharField(max_length=6, choices=Channel.choices, default=Channel.FILE)
    # As UTF-8 without a byte order mark, whatever came.
    file = models.FileField(upload_to="voucher-redemptions/%Y/%m/", blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)
    file_size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(
        max_length=11, choices=BatchStatus.choices, default=BatchStatus.IN_PROGRESS
    )
    error_message = models.CharField(max_length=300, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    # How many rows ended with each reason code: {"expired": 3}.
    reasons = models.JSONField(default=dict, blank=True)
    cursor_byte = models.BigIntegerField(default=0)
    cursor_line = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    file_deleted_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As it was at the time: a person, or the portal's contact.
    uploaded_by_name = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business", "number"], name="vouchers_redemption_upload_number"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                name="vouchers_redeeming",
                condition=Q(status="in_progress"),
            ),
        ]

    def __str__(self) -> str:
        return f"Redemption file {self.number}"

    @property
    def state(self) -> BatchStatus:
        """The status as a choice with its label and tone."""
        return BatchStatus(self.status)


class RedemptionLine(models.Model):
    """A row of a redemption file that was refused; good rows are redemptions."""

    upload = models.ForeignKey(RedemptionUpload, on_delete=models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField()
    masked_code = models.CharField(max_length=255, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=20, choices=Refusal.choices)
    message = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["upload", "line_no"], name="vouchers_redemption_line"),
        ]


class Redemption(Timestamped):
    """One report about a code of the business: accepted, later reversed, or refused."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.ForeignKey(VoucherCode, on_delete=models.PROTECT, related_name="redemptions")
    voucher_list = models.ForeignKey(
        VoucherList, on_delete=models.PROTECT, related_name="redemptions"
    )
    issuance = models.ForeignKey(
        Issuance, null=True, on_delete=models.PROTECT, related_name="redemptions"
    )
    result = models.CharField(max_length=8, choices=RedemptionResult.choices)
    refusal = models.CharField(max_length=16, choices=Refusal.choices, blank=True)
    # The till's own number: the same one again is a repetition and not a second redemption.
    reference = models.CharField(max_length=100, blank=True)
    redeemed_at = models.DateTimeField()
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    location = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    upload = models.ForeignKey(
        RedemptionUpload, null=True, on_delete=models.PROTECT, related_name="redemptions"
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As it was at the time: a person, the portal's contact or the API key.
    reported_by_name = models.CharField(max_length=254)
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by_name = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(result="redeemed"), name="vouchers_redeemed_once"
            ),
            models.CheckConstraint(
                name="vouchers_redemption_refused_says_why",
                condition=Q(result="refused") & ~Q(refusal="") | ~Q(result="refused", refusal=""),
            ),
            models.CheckConstraint(
                name="vouchers_redemption_amount",
                condition=Q(amount_minor__isnull=True, currency="")
                | (Q(amount_minor__gte=0) & ~Q(currency="")),
            ),
            models.CheckConstraint(
                name="vouchers_redemption_reversed",
                condition=Q(result="reversed", reversed_at__isnull=False)
                | (~Q(result="reversed") & Q(reversed_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-redeemed_at", "-id"], name="vouchers_redeemed_newest"
            ),
            models.Index(fields=["code", "-id"], name="vouchers_redemptions_of"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def state(self) -> RedemptionResult:
        """The result as a choice with its label and tone."""
        return RedemptionResult(self.result)


class CodeHold(models.Model):
    """A cart holds a code of an own engine's list for a while (vouchers.md 9.3); one a code."""

    code = models.OneToOneField(
        VoucherCode, primary_key=True, on_delete=models.CASCADE, related_name="hold"
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    held_until = models.DateTimeField()
    held_by_name = models.CharField(max_length=254)


class Guesser(models.Model):
    """Who presented unknown codes lately, and until when they are not listened to.

    A key or an address of the network; 20 misses in 10 minutes block it for 15 (vouchers.md 9.2).
    """

    name = models.CharField(max_length=80, primary_key=True)
    misses = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
