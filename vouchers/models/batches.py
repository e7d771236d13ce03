"""Upload batches: one file, API call or run of the generator that adds codes (vouchers.md 2.5).

Where the import stands is kept with the batch (`cursor_*`, `reading`, `published_line`) and committed
together with each portion, so that a killed worker's successor goes on exactly there.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from vouchers.choices import (
    BatchKind,
    BatchMode,
    BatchStatus,
    BatchStep,
    Download,
    HeaderMode,
    LineOutcome,
    UploadActKind,
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
    # An earlier batch with the same file: whoever uploads is asked before anything is read.
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
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
    # Codes that a withdrawal made void.
    void_count = models.PositiveIntegerField(default=0)
    # How many rows ended with each reason code: {"TOO_SHORT": 3}.
    reasons = models.JSONField(default=dict, blank=True)
    # Remarks on the file as a whole: "leading zeros may be lost".
    remarks = models.JSONField(default=list, blank=True)
    cursor_byte = models.BigIntegerField(default=0)
    cursor_line = models.PositiveIntegerField(default=0)
    # What the reader must remember from one portion of the file to the next.
    reading = models.JSONField(default=dict, blank=True)
    # Good codes that wait in `StagedCode`, or waited there before they were published.
    staged_count = models.PositiveIntegerField(default=0)
    published_line = models.PositiveIntegerField(default=0)
    # From this line on, what is not refused for another reason found the list full.
    full_from_line = models.PositiveIntegerField(null=True, blank=True)
    # When it had its last turn; the batch that waits longest is next.
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    # Turns that broke down for a reason nobody foresaw.
    failure_count = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Waiting people who were served from it, for the sentence that says where codes went.
    served_count = models.PositiveIntegerField(default=0)
    # When the uploader was mailed what came of it, and waiting people were served.
    told_at = models.DateTimeField(null=True, blank=True)
    # Who is mailed besides the uploader.
    told_addresses = ArrayField(models.EmailField(max_length=254), default=list, blank=True)
    # The codes of a generated batch are handed out as a file once.
    downloaded_at = models.DateTimeField(null=True, blank=True)
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
                fields=["voucher_list", "id"],
                name="vouchers_batch_open",
                condition=Q(status__in=["in_progress", "withdrawing"]),
            ),
            models.Index(fields=["voucher_list", "sha256"], name="vouchers_batch_same_file"),
        ]
        triggers = [
            # The other half of what `vouchers_code_of_its_list` looks after.
            pgtrigger.Trigger(
                name="vouchers_batch_with_codes",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM vouchers_vouchercode WHERE batch_id = OLD.id) THEN
                        RAISE EXCEPTION 'An upload with codes is never deleted.';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Upload {self.number}"

    @property
    def total(self) -> int:
        """Codes that the batch would bring, were none refused."""
        return self.accepted_count + self.rejected_count

    @property
    def is_asking(self) -> bool:
        return self.status == BatchStatus.ASKING

    @property
    def is_rehearsed(self) -> bool:
        return self.status == BatchStatus.REHEARSED

    @property
    def is_failed(self) -> bool:
        return self.status == BatchStatus.FAILED

    @property
    def is_cancelled(self) -> bool:
        return self.status == BatchStatus.CANCELLED

    @property
    def is_withdrawing(self) -> bool:
        return self.status == BatchStatus.WITHDRAWING

    @property
    def is_withdrawn(self) -> bool:
        return self.status == BatchStatus.WITHDRAWN

    @property
    def is_generated(self) -> bool:
        return self.kind == BatchKind.GENERATED

    @property
    def state(self) -> BatchStatus:
        """The status as a choice with its label and tone."""
        return BatchStatus(self.status)


class UploadLine(models.Model):
    """A line of an upload that was refused, or taken with a warning.

    What only the database can know (doubles, codes issued before) is written for every line. What
    the line itself shows is written for the first thousand, for the page: the report reads the file
    again. What is a code by now, of this upload or of another, stands here masked.
    """

    batch = models.ForeignKey(
        UploadBatch,
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    line_no = models.PositiveIntegerField()
    # As it stood in the file, at most 255 characters of it; masked where it is a code.
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

    @property
    def is_warning(self) -> bool:
        return self.outcome == LineOutcome.WARNING


class StagedCode(models.Model):
    """A good code of an upload that is not published: nobody can be given it, nothing counts it.

    Filled by COPY while the file is read; what is left after comparing is inserted into the codes by
    one statement for each portion. No foreign key is checked row by row: the rows come and go with
    their batch, which is locked meanwhile.
    """

    pk = models.CompositePrimaryKey("batch_id", "line_no")
    batch_id = models.BigIntegerField()
    line_no = models.PositiveIntegerField()
    code = models.CharField(max_length=255, db_collation="C")


class UploadAct(models.Model):
    """Somebody of the desk decided about an upload: who, what, when, and the reason they gave."""

    batch = models.ForeignKey(UploadBatch, on_delete=models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=9, choices=UploadActKind.choices)
    note = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    user_name = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["batch", "-at"], name="vouchers_acts_of_batch")]


class UploadDownload(models.Model):
    """Somebody of the desk fetched a file with codes in it: who, which, when."""

    batch = models.ForeignKey(UploadBatch, on_delete=models.CASCADE, related_name="downloads")
    kind = models.CharField(max_length=9, choices=Download.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    user_name = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["batch", "-at"], name="vouchers_downloads_of_batch")]
