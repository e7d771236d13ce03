"""Withdrawing a whole upload: what nobody was given becomes void (vouchers.md 4.5).

A code that is put aside was shown to nobody, so its reservation ends; one that comes back later, from a
voucher that was taken back unseen, is void as well (`codes.give_back`). Large uploads are withdrawn
by portions in the background.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from core import jobs
from directory.models import User
from vouchers.choices import BatchStatus, CodeState, IssuanceStatus, UploadActKind
from vouchers.models import Issuance, UploadBatch, VoucherCode
from vouchers.services import reservations, uploads
from vouchers.services.counting import count

# Codes, and reservations, that one transaction ends.
AT_ONCE, HOLDS_AT_ONCE = 20_000, 500
UNUSED = (CodeState.AVAILABLE, CodeState.RESERVED)
# How long after a withdrawal somebody may still be giving a code of it back.
LATEST = timedelta(hours=6)

# Codes that somebody is being given at this moment are left to the next portion.
_VOID = """
UPDATE vouchers_vouchercode SET state = 'void', void_reason = 'batch_withdrawn', voided_at = %s
WHERE id = ANY (ARRAY(
    SELECT id FROM vouchers_vouchercode WHERE batch_id = %s AND state = 'available'
    ORDER BY line_no LIMIT %s FOR UPDATE SKIP LOCKED
))
"""


def withdraw(
    *, batch: UploadBatch, reason: str = "", actor: User | None, at: datetime
) -> UploadBatch:
    """Make every code of a completed upload void that nobody was given; the others stay.

    Reservations on its codes end. Raises `uploads.NotReady` unless it is completed.
    """
    with transaction.atomic():
        held = uploads.locked(batch, *uploads.COMPLETED)
        held.status, held.updated_at = BatchStatus.WITHDRAWING, at
        held.save(update_fields=["status", "updated_at"])
        uploads.note(held, UploadActKind.WITHDRAWN, reason=reason, actor=actor, at=at)
    # Seen by now by whoever gives a code of it back.
    with transaction.atomic():
        held = UploadBatch.objects.select_for_update().get(pk=batch.pk)
        if held.status == BatchStatus.WITHDRAWING:
            void_portion(held, at=at)
            held.save()
        if held.status == BatchStatus.WITHDRAWING:
            jobs.enqueue("vouchers.import_codes")
    return held


def void_portion(batch: UploadBatch, *, at: datetime) -> None:
    """Make the next codes of a batch void, and end the withdrawal after the last.

    The caller saves the batch.
    """
    batch.updated_at = at
    ended = _end_reservations(batch, at=at)
    voided = _void(batch.pk, at)
    count(batch.voucher_list_id, uploaded=-voided, void=voided)
    batch.void_count += ended + voided
    if voided < AT_ONCE and not _unused(batch).exists():
        batch.status = BatchStatus.WITHDRAWN


def sweep(*, at: datetime) -> int:
    """Make void what somebody gave back while its upload was withdrawn; return of how many."""
    recent = UploadBatch.objects.filter(status=BatchStatus.WITHDRAWN, updated_at__gt=at - LATEST)
    return sum(_swept(pk, at) for pk in recent.order_by("pk").values_list("pk", flat=True))


def _swept(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        held = UploadBatch.objects.select_for_update().get(pk=pk)
        if held.status != BatchStatus.WITHDRAWN or not _unused(held).exists():
            return False
        held.status = BatchStatus.WITHDRAWING
        void_portion(held, at=at)
        held.save()
    return True


def _end_reservations(batch: UploadBatch, *, at: datetime) -> int:
    held = Issuance.objects.filter(
        voucher_list=batch.voucher_list_id, status=IssuanceStatus.RESERVED, code__batch=batch
    )
    rows = list(held.order_by("campaign_id", "pk")[:HOLDS_AT_ONCE])
    return sum(reservations.end(one, why="upload withdrawn", at=at) for one in rows)


def _void(batch_id: int, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_VOID, [at, batch_id, AT_ONCE])
        return int(cursor.rowcount)


def _unused(batch: UploadBatch) -> QuerySet[VoucherCode]:
    return VoucherCode.objects.filter(batch=batch, state__in=UNUSED)
