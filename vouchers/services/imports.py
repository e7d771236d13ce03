"""The worker's side of uploads: who is next, and one turn of its work (vouchers.md 4.5).

A turn is one transaction of about a second: the batch that waits longest is locked, one portion of
it is done, and where it stands is committed with it. So a small file is never stuck behind a large
one, even with one worker; a killed worker loses its turn alone, and its lock with it, so that the next
one goes on at once. Uploads to one list take their turns in order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import OperationalError, transaction
from django.db.models import Exists, F, OuterRef

from vouchers.choices import BatchKind, BatchMode, BatchStatus, BatchStep
from vouchers.importing.lines import FileRefused
from vouchers.models import UploadBatch
from vouchers.services import comparing, drawing, publishing, staging, withdrawing

logger = structlog.get_logger(__name__)

OPEN = (BatchStatus.IN_PROGRESS, BatchStatus.WITHDRAWING)
# A file of so few rows is read, compared and published in one turn.
SMALL = 20_000
# A batch whose turn has broken down so often for a reason nobody foresaw is given up.
PATIENCE = 5


def advance(*, clock: Callable[[], datetime], turns: int = 10_000) -> int:
    """Give turns to waiting batches until none is left, or `turns` are done; return how many."""
    for number in range(turns):
        if not turn(at=clock()):
            return number
    return turns


def turn(*, at: datetime) -> UploadBatch | None:
    """Do one portion of the batch that waits longest, or return None where none waits."""
    batch = None
    try:
        with transaction.atomic():
            batch = _next()
            if batch is not None:
                _work(batch, at=at)
                batch.heartbeat_at = batch.updated_at = at
                batch.started_at = batch.started_at or at
                batch.save()
    except OperationalError as error:
        # A deadlock or a lost connection: nothing was done, and the next turn does it.
        logger.warning("import_turn_lost", batch=batch and batch.pk, error=type(error).__name__)
        _postpone(batch, at=at)
    except Exception:
        _postpone(batch, at=at)
        raise
    return batch


def _next() -> UploadBatch | None:
    """Lock the open batch that had its turn longest ago; only the first of each list may run."""
    before = UploadBatch.objects.filter(
        voucher_list=OuterRef("voucher_list"), status__in=OPEN, pk__lt=OuterRef("pk")
    )
    waiting = UploadBatch.objects.filter(~Exists(before), status__in=OPEN)
    return (
        waiting.select_related("voucher_list__partner")
        .order_by(F("heartbeat_at").asc(nulls_first=True), "pk")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )


def _work(batch: UploadBatch, *, at: datetime) -> None:
    try:
        with transaction.atomic():
            _step(batch, at=at)
            while _goes_on(batch):
                _step(batch, at=at)
    except FileRefused as refused:
        publishing.fail(batch, code=refused.code, message=refused.message, line=refused.line, at=at)
    except FileNotFoundError:
        message = "The uploaded file is no longer there. Upload it again."
        publishing.fail(batch, code="FILE_GONE", message=message, at=at)


def _goes_on(batch: UploadBatch) -> bool:
    """Tell whether the batch is so small, and known to be, that its turn is not over."""
    is_read = batch.step in (BatchStep.IMPORTING, BatchStep.PUBLISHING)
    is_small = is_read and batch.row_count <= SMALL
    return is_small and batch.status == BatchStatus.IN_PROGRESS


def _step(batch: UploadBatch, *, at: datetime) -> None:
    if batch.status == BatchStatus.WITHDRAWING:
        withdrawing.void_portion(batch, at=at)
    elif batch.step == BatchStep.PUBLISHING:
        publishing.publish(batch, at=at)
    elif batch.step == BatchStep.IMPORTING:
        comparing.compare(batch)
        _decide(batch, at=at)
    else:
        batch.step = BatchStep.SCANNING
        if batch.kind == BatchKind.GENERATED:
            drawing.draw_portion(batch)
        else:
            staging.read_portion(batch)


def _decide(batch: UploadBatch, *, at: datetime) -> None:
    """Say what follows the comparison: nothing, a person's word, more codes, or publishing."""
    if batch.kind == BatchKind.GENERATED and drawing.is_short(batch):
        batch.step = BatchStep.SCANNING
        return
    if batch.mode == BatchMode.STRICT and batch.rejected_count:
        publishing.fail_strictly(batch, at=at)
        return
    batch.step = BatchStep.PUBLISHING
    if batch.is_rehearsal:
        batch.status = BatchStatus.REHEARSED


def _postpone(batch: UploadBatch | None, *, at: datetime) -> None:
    """Let others go first after a turn that broke down; give the batch up after several."""
    if batch is None:
        return
    with transaction.atomic():
        held = UploadBatch.objects.select_for_update().get(pk=batch.pk)
        if held.status not in OPEN:
            return
        held.failure_count += 1
        held.heartbeat_at = at
        if held.failure_count >= PATIENCE and held.published_count == 0:
            message = "The import broke down several times. Nothing was imported; upload it again."
            publishing.fail(held, code="BROKEN", message=message, at=at)
        held.save()
