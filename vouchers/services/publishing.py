"""From staged codes to codes that can be given out (vouchers.md 4.5, step 4).

One statement inserts a portion and leaves out what another import won meanwhile; batch and counters
are written in the same transaction. Partial: a portion a turn. Strict: all or nothing in one
transaction.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from vouchers import happenings
from vouchers.choices import AssignmentOrder, BatchMode, BatchStatus, BatchStep
from vouchers.models import StagedCode, UploadBatch, VoucherCode
from vouchers.services import comparing
from vouchers.services.counting import count

PORTION = 50_000
# After so many codes the server is told of them at once: until its own round it would plan the next
# import and every claim as if they were not there.
NEWS = 50_000
# Codes of one list are published by one import at a time, whatever started it.
_LOCK_SPACE = 7_301
_INSERT = """
INSERT INTO {codes} (id, voucher_list_id, batch_id, line_no, code, code_key, dedupe_scope, pick_key,
    redeem_until, state, void_reason, void_note)
SELECT (%(stamp)s || substr(gen_random_uuid()::text, 16))::uuid, %(list)s, %(batch)s, line_no, code,
    {key}, %(scope)s, {pick}, %(until)s::timestamptz, 'available', '', ''
FROM {staged} WHERE batch_id = %(batch)s AND line_no > %(first)s AND line_no <= %(last)s
-- Two imports that share codes meet them in the same order and never wait for each other in a ring.
ORDER BY {key} COLLATE "C"
ON CONFLICT (dedupe_scope, code_key) DO NOTHING
"""
_LAST = """
SELECT count(*), max(line_no) FROM (
    SELECT line_no FROM {staged} WHERE batch_id = %s AND line_no > %s ORDER BY line_no LIMIT %s
) AS portion
"""


class Beaten(Exception):
    """Another import won a code of an all-or-nothing batch."""


def publish(batch: UploadBatch, *, at: datetime) -> None:
    """Publish the next portion, or all of a strict batch; a last one completes the batch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, batch.voucher_list_id])
    comparing.fit(batch)
    if batch.mode == BatchMode.STRICT:
        _publish_all(batch, at=at)
    elif not _publish_portion(batch, at=at):
        _complete(batch, at=at)


def fail(
    batch: UploadBatch, *, code: str, message: str, at: datetime, line: int | None = None
) -> None:
    """End the batch without a single code of it."""
    StagedCode.objects.filter(batch_id=batch.pk).delete()
    batch.status, batch.step = BatchStatus.FAILED, BatchStep.DONE
    batch.error_code, batch.error_message, batch.error_line = code, message[:300], line
    batch.accepted_count, batch.ended_at = 0, at
    happenings.of_batch(happenings.UPLOAD_FAILED, batch, at)


def fail_strictly(batch: UploadBatch, *, at: datetime) -> None:
    """End an all-or-nothing batch because lines of it were refused."""
    lines = "line was" if batch.rejected_count == 1 else "lines were"
    message = f"{batch.rejected_count:,} {lines} refused, so nothing was imported."
    fail(batch, code="STRICT", message=message, at=at)


def _publish_all(batch: UploadBatch, *, at: datetime) -> None:
    try:
        with transaction.atomic():
            while batch.rejected_count == 0 and _publish_portion(batch, at=at):
                pass
            if batch.rejected_count:
                raise Beaten
    except Beaten:
        # What was written is undone; the other import's codes stand there and are named once more.
        batch.published_count = batch.published_line = 0
        batch.rejected_count = batch.duplicate_existing_count = 0
        batch.reasons = {}
        comparing.fit(batch)
        comparing.take_out_existing(batch)
        fail_strictly(batch, at=at)
    else:
        _complete(batch, at=at)


def _publish_portion(batch: UploadBatch, *, at: datetime) -> bool:
    """Insert the next staged codes and tell whether there may be more."""
    staged = StagedCode._meta.db_table
    first = batch.published_line
    with connection.cursor() as cursor:
        cursor.execute(_LAST.format(staged=staged), [batch.pk, first, PORTION])
        found, last = cursor.fetchone() or (0, 0)
        if not found:
            return False
        own = batch.voucher_list
        cursor.execute(
            _INSERT.format(
                codes=VoucherCode._meta.db_table,
                staged=staged,
                key=comparing.key_of(own),
                pick=_pick_key(batch),
            ),
            {
                "stamp": _stamp(at),
                "list": own.pk,
                "batch": batch.pk,
                "scope": comparing.scope_of(own),
                "until": batch.redeem_until,
                "first": first,
                "last": last,
            },
        )
        added = int(cursor.rowcount)
    if added < found:
        comparing.take_out_existing(batch, first=first + 1, last=last)
        batch.accepted_count -= found - added
    batch.published_line = last
    batch.published_count += added
    count(own.pk, uploaded=added)
    return bool(found == PORTION)


def _pick_key(batch: UploadBatch) -> str:
    """Return the SQL for the order of giving out: upload by upload and line by line, or drawn."""
    if batch.voucher_list.assignment_order == AssignmentOrder.RANDOM:
        return "floor(random() * 9007199254740992)::bigint"
    return f"{batch.number}::bigint * 4294967296 + line_no"


def _stamp(at: datetime) -> str:
    """Return the first 15 signs of UUIDs of version 7, so that codes stand together in their index."""
    milliseconds = f"{int(at.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7"


def _complete(batch: UploadBatch, *, at: datetime) -> None:
    StagedCode.objects.filter(batch_id=batch.pk).delete()
    clean = batch.rejected_count == 0
    batch.status = BatchStatus.COMPLETED if clean else BatchStatus.COMPLETED_WITH_ERRORS
    batch.step, batch.accepted_count, batch.ended_at = BatchStep.DONE, batch.published_count, at
    happenings.of_batch(happenings.UPLOAD_COMPLETED, batch, at)
    if batch.published_count >= NEWS:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {VoucherCode._meta.db_table}")
