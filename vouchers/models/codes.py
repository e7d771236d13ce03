"""Voucher codes (vouchers.md 2.3, 2.4). A code is money to whoever reads it: pages mask it,
and it is named by its id in addresses, logs and tasks.

`dedupe_scope` is the id of the list, or the negative id of the partner where a code may stand once
with it; it is emptied when the list is archived. Together with `code_key` it is unique, so that two
imports running at once cannot both win.

A million codes arrive at once, so batch and list are not checked row by row: one trigger for each
statement sees that the batch of every new code exists and belongs to its list, and a batch with
codes cannot be deleted.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from core.codes import time_ordered_uuid
from vouchers.choices import CodeState, VoidReason
from vouchers.models.batches import UploadBatch
from vouchers.models.lists import VoucherList


class VoucherCode(models.Model):
    """One string, good for one person."""

    # Ordered by time, so that a million new ones are written at one end of the index.
    id = models.UUIDField(primary_key=True, default=time_ordered_uuid, editable=False)
    voucher_list = models.ForeignKey(
        VoucherList,
        on_delete=models.PROTECT,
        related_name="codes",
        db_index=False,
        db_constraint=False,
    )
    batch = models.ForeignKey(
        UploadBatch,
        on_delete=models.PROTECT,
        related_name="codes",
        db_index=False,
        db_constraint=False,
    )
    line_no = models.PositiveIntegerField()
    code = models.CharField(max_length=255, db_collation="C")
    # How it is compared: the code, in upper case where case does not count.
    code_key = models.CharField(max_length=255, db_collation="C")
    dedupe_scope = models.BigIntegerField(null=True)
    # The order of giving out: increasing, or drawn at random. Claims are ordered by it and never by the
    # primary key: only the index of available codes holds it, and it is flat to the last code.
    pick_key = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=CodeState.choices, default=CodeState.STAGED)
    redeem_until = models.DateTimeField(null=True)
    # When it was first given to anybody; a code that was is never taken a second time (ISSUED_BEFORE).
    given_at = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=16, choices=VoidReason.choices, blank=True)
    void_note = models.CharField(max_length=300, blank=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dedupe_scope", "code_key"], name="vouchers_code_once"),
            models.CheckConstraint(
                name="vouchers_code_void_says_why",
                condition=Q(state="void") & ~Q(void_reason="")
                | ~Q(state="void") & Q(void_reason=""),
            ),
            models.CheckConstraint(
                name="vouchers_code_given",
                condition=~Q(state__in=["issued", "redeemed", "expired"])
                | Q(given_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["voucher_list", "pick_key"],
                name="vouchers_code_available",
                condition=Q(state="available"),
            ),
            # The codes of a batch lie together: an entry for each stretch of pages finds them, and
            # costs an import next to nothing.
            BrinIndex(fields=["batch"], name="vouchers_code_batch_place", autosummarize=True),
            models.Index(
                fields=["code_key"], name="vouchers_code_given_before",
                condition=Q(given_at__isnull=False),
            ),
            models.Index(
                fields=["voucher_list", "state"], name="vouchers_code_touched",
                condition=~Q(state="available"),
            ),
            models.Index(
                fields=["redeem_until"], name="vouchers_code_ending", condition=Q(state="issued")
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Trigger(
                name="vouchers_code_of_its_list",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                func="""
                    IF EXISTS (
                        SELECT FROM (SELECT DISTINCT batch_id, voucher_list_id FROM added) AS pair
                        WHERE NOT EXISTS (
                            SELECT FROM vouchers_uploadbatch AS batch
                            WHERE batch.id = pair.batch_id
                            AND batch.voucher_list_id = pair.voucher_list_id
                        )
                    ) THEN
                        RAISE EXCEPTION 'A code belongs to a batch of its list.';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def stands(self) -> CodeState:
        """The state as a choice with its label and tone."""
        return CodeState(self.state)


class Reveal(models.Model):
    """Somebody of the desk looked at a whole code: who, when and why (at most 50 in an hour)."""

    code = models.ForeignKey(VoucherCode, on_delete=models.CASCADE, related_name="reveals")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    user_name = models.CharField(max_length=254)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
