"""Upload batches: one file, API call or run of the generator that adds codes (vouchers.md 2.5).

Where the import stands is kept with the batch (`cursor_*`) and committed together with each portion,
so that a killed worker's successor goes on exactly there.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from vouchers.choices import (
    BatchKind,
    BatchMode,
    BatchStatus,
    BatchStep,
    HeaderMode,
    LineOutcome,
)
from vouchers.models.lists import VoucherList


class UploadBatch(Timestamped):
    """One addition of codes to a list."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    voucher_list = models.ForeignKey(VoucherList, on_delete=models.PROTECT, related_name="batches")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=BatchKind.choices, default=BatchKind.FILE)
    mode = models.CharField(max_length=7, choices=BatchMode.choices, default=BatchMode.PARTIAL)
    header = models.CharField(max_length=4, choices=HeaderMode.choices, default=HeaderMode.AUTO)
    # "These codes are correct": what looks like a spreadsheet's damage is only warned of.
    is_damage_accepted = models.BooleanField(default=False)
    # Why codes that were issued from an archived list may come again; empty refuses them.
    issued_before_reason = models.CharField(max_length=300, blank=True)
    redeem_until = models.DateTimeField(null=True, blank=True)
    # Nothing is imported: the batch only says what would happen.
    is_rehearsal = models.BooleanField(default=False)
    # The pattern, quantity and set of a generated batch.
    recipe = models.JSONField(default=dict, blank=True)
    file = models.FileField(upload_to="voucher-uploads/%Y/%m/", blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)
    file_size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(
        max_length=11, choices=BatchStatus.choices, default=BatchStatus.IN_PROGRESS
    )
    step = models.CharField(max_length=10, choices=BatchStep.choices, default=BatchStep.QUEUED)
    # What stopped the whole file, in words, with the line where it was seen.
    error_code = models.CharField(max_length=30, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    error_line = models.PositiveIntegerField(null=True, blank=True)
    encoding = models.CharField(max_length=12, blank=True)
    is_header_skipped = models.BooleanField(default=False)
    line_count = models.PositiveIntegerField(null=True, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    blank_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    duplicate_in_file_count = models.PositiveIntegerField(default=0)
    duplicate_existing_count = models.PositiveIntegerField(default=0)
    published_count = models.PositiveIntegerField(default=0)
    # How many rows ended with each reason code: {"TOO_SHORT": 3}.
    reasons = models.JSONField(default=dict, blank=True)
    cursor_byte = models.BigIntegerField(default=0)
    cursor_line = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    is_cancel_asked = models.BooleanField(default=False)
    # Waiting people who were served from it, for the sentence that says where codes went.
    served_count = models.PositiveIntegerField(default=0)
    file_deleted_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As it was at the time: a person, the portal's contact or the API key.
    uploaded_by_name = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["voucher_list", "number"], name="vouchers_batch_number"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                name="vouchers_batch_open",
                condition=Q(status="in_progress"),
            ),
            models.Index(fields=["voucher_list", "sha256"], name="vouchers_batch_same_file"),
        ]

    def __str__(self) -> str:
        return f"Upload {self.number}"

    @property
    def state(self) -> BatchStatus:
        """The status as a choice with its label and tone."""
        return BatchStatus(self.status)


class UploadLine(models.Model):
    """A line of an upload that was refused, or taken with a warning; good lines are the codes."""

    batch = models.ForeignKey(UploadBatch, on_delete=models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField()
    # As it stood in the file, at most 255 characters of it.
    value = models.CharField(max_length=255)
    outcome = models.CharField(max_length=8, choices=LineOutcome.choices)
    reason = models.CharField(max_length=20)
    message = models.CharField(max_length=200, blank=True)
    # "line 12", or "list VL-7Q3KD9XM2A".
    first_seen = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["batch", "line_no", "reason"], name="vouchers_line_once"
            ),
        ]
