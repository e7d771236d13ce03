"""Uploads of codes: received, rehearsed, started, cancelled (vouchers.md 4.5); see `withdrawing`.

The file is read and compared first, and nothing of it can be given out. A rehearsal stops there and
shows what would happen; `start` then publishes what was staged. The work itself is done a turn at a
time by `advance`, which any number of workers may call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import F, Max

from core import jobs
from core.errors import Conflict, Invalid
from directory.models import User
from vouchers.choices import (
    BatchKind,
    BatchMode,
    BatchStatus,
    BatchStep,
    HeaderMode,
    ListStatus,
    UploadActKind,
)
from vouchers.importing import reading
from vouchers.importing.lines import FileRefused
from vouchers.models import StagedCode, UploadAct, UploadBatch, UploadLine, VoucherList
from vouchers.services import staging

# A file that nobody decided about is given up after so long; files themselves are kept for 90 days.
UNDECIDED = timedelta(days=7)
KEPT = timedelta(days=90)
COMPLETED = (BatchStatus.COMPLETED, BatchStatus.COMPLETED_WITH_ERRORS)


class NotACodeFile(Invalid):
    """The file cannot be one of codes; the message says why."""

    code = "not_a_code_file"


class ListClosed(Conflict):
    """The list takes no codes in its status."""

    code = "list_closed"


class NotReady(Conflict):
    """The upload is not at the step that the action belongs to."""

    code = "upload_not_ready"


class _Hashed(File):  # type: ignore[type-arg]
    """Hashes a file while the storage reads it, so that it is read once and never whole."""

    def __init__(self, file: Any, name: str) -> None:
        super().__init__(file, name)
        self._source = file
        self.digest, self.length = hashlib.sha256(), 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the file piece by piece; raises `NotACodeFile` beyond 50 MB."""
        self._source.seek(0)
        while piece := self._source.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            self.length += len(piece)
            _refuse_size(self.length)
            self.digest.update(piece)
            yield piece


def receive(
    *,
    voucher_list: VoucherList,
    file: File[bytes],
    mode: str = BatchMode.PARTIAL,
    header: str = HeaderMode.AUTO,
    is_damage_accepted: bool = False,
    issued_before_reason: str = "",
    redeem_until: datetime | None = None,
    is_rehearsal: bool = False,
    is_same_file_fine: bool = False,
    kind: str = BatchKind.FILE,
    uploaded_by_name: str = "",
    told_addresses: Sequence[str] = (),
    actor: User | None,
    at: datetime,
) -> UploadBatch:
    """Keep the file and queue its import; with `is_rehearsal` it stops before anything is published.

    A file that this list has imported before waits for an answer first (F16), unless
    `is_same_file_fine`. Raises `ListClosed` for an expired or archived list, `NotACodeFile` for more
    than 50 MB, for a sheet or an archive, and for an empty file.
    """
    check_open(voucher_list, at=at)
    # Before the storage has anything of it.
    _refuse_what_is_no_code_file(file)
    hashed = _Hashed(file.file or file, f"{voucher_list.pk}.csv")
    batch = UploadBatch(
        business_id=voucher_list.business_id,
        voucher_list=voucher_list,
        kind=kind,
        mode=mode,
        header=header,
        is_damage_accepted=is_damage_accepted,
        issued_before_reason=issued_before_reason.strip(),
        redeem_until=redeem_until,
        is_rehearsal=is_rehearsal,
        file_name=(file.name or "codes.csv").rpartition("/")[2][-200:],
        uploaded_by=actor,
        uploaded_by_name=uploaded_by_name or (actor.email if actor else ""),
        told_addresses=list(told_addresses),
        created_at=at,
        updated_at=at,
    )
    batch.file.save(f"{voucher_list.pk}.csv", hashed, save=False)
    batch.file_size, batch.sha256 = hashed.length, hashed.digest.hexdigest()
    if not is_same_file_fine:
        batch.same_as = _same_file(batch)
    if batch.same_as_id:
        batch.status = BatchStatus.ASKING
    _queue_received(batch, actor, at)
    return batch


def _refuse_what_is_no_code_file(file: File[bytes]) -> None:
    """Raise `NotACodeFile` for a file that is too large, empty, or no text by its first bytes."""
    _refuse_size(file.size)
    if not file.size:
        raise NotACodeFile("The file is empty.")
    file.seek(0)
    _refuse_what_is_no_text(file.read(4_096))


def _queue_received(batch: UploadBatch, actor: User | None, at: datetime) -> None:
    """Queue the batch and note what was overridden; a list that closed meanwhile keeps no file."""
    try:
        with transaction.atomic():
            queue(batch)
            if reason := batch.issued_before_reason:
                note(batch, UploadActKind.OVERRIDDEN, reason=reason, actor=actor, at=at)
    except ListClosed:
        batch.file.delete(save=False)
        raise


def queue(batch: UploadBatch) -> UploadBatch:
    """Give a new batch its number in the list, store it and hint the workers; raises `ListClosed`."""
    with transaction.atomic():
        _held_open(batch.voucher_list_id, at=batch.created_at)
        last = UploadBatch.objects.filter(voucher_list=batch.voucher_list_id).aggregate(
            last=Max("number")
        )["last"]
        batch.number = (last or 0) + 1
        batch.save()
        _hint()
    return batch


def take_anyway(*, batch: UploadBatch, actor: User | None, at: datetime) -> UploadBatch:
    """Answer the question about the same file with yes; raises what `start` raises."""
    with transaction.atomic():
        _held_open(batch.voucher_list_id, at=at)
        held = locked(batch, BatchStatus.ASKING)
        held.status, held.updated_at = BatchStatus.IN_PROGRESS, at
        held.save(update_fields=["status", "updated_at"])
        note(held, UploadActKind.TAKEN_ANYWAY, actor=actor, at=at)
        _hint()
    return held


def start(*, batch: UploadBatch, actor: User | None, at: datetime) -> UploadBatch:
    """Import in earnest what the rehearsal has shown.

    Raises `NotReady` past that step, `ListClosed` where the list has expired or was archived meanwhile.
    """
    with transaction.atomic():
        _held_open(batch.voucher_list_id, at=at)
        held = locked(batch, BatchStatus.REHEARSED)
        held.status, held.is_rehearsal = BatchStatus.IN_PROGRESS, False
        held.updated_at = at
        held.save(update_fields=["status", "is_rehearsal", "updated_at"])
        note(held, UploadActKind.STARTED, actor=actor, at=at)
        _hint()
    return held


def rehearse_again(
    *,
    batch: UploadBatch,
    is_damage_accepted: bool,
    issued_before_reason: str,
    actor: User | None,
    at: datetime,
) -> UploadBatch:
    """Read the file of a rehearsed batch once more under other answers.

    A reason lets codes in that were issued from an archived list before; it is written down with who
    gave it and when. Raises what `start` raises.
    """
    with transaction.atomic():
        _held_open(batch.voucher_list_id, at=at)
        held = locked(batch, BatchStatus.REHEARSED)
        staging.start_again(held)
        held.status, held.is_rehearsal, held.updated_at = BatchStatus.IN_PROGRESS, True, at
        held.is_damage_accepted = is_damage_accepted
        held.issued_before_reason = issued_before_reason.strip()
        held.save()
        reason = held.issued_before_reason
        kind = UploadActKind.OVERRIDDEN if reason else UploadActKind.CHECKED_AGAIN
        note(held, kind, reason=reason, actor=actor, at=at)
        _hint()
    return held


def cancel(*, batch: UploadBatch, actor: User | None, at: datetime) -> UploadBatch:
    """Give the upload up before it publishes; not one of its codes was ever seen.

    Raises `NotReady` once publishing has begun: then it can be withdrawn when it is done.
    """
    if _is_publishing(UploadBatch.objects.get(pk=batch.pk)):
        raise NotReady("Its codes are being published. Withdraw the upload when it is done.")
    with transaction.atomic():
        held = locked(batch, BatchStatus.ASKING, BatchStatus.REHEARSED, BatchStatus.IN_PROGRESS)
        if _is_publishing(held):
            raise NotReady("Its codes are being published. Withdraw the upload when it is done.")
        StagedCode.objects.filter(batch_id=held.pk).delete()
        held.status, held.step = BatchStatus.CANCELLED, BatchStep.DONE
        held.accepted_count, held.ended_at, held.updated_at = 0, at, at
        held.save()
        note(held, UploadActKind.CANCELLED, actor=actor, at=at)
    return held


def note(
    batch: UploadBatch, kind: UploadActKind, *, reason: str = "", actor: User | None, at: datetime
) -> UploadAct:
    """Write down who decided what about the upload; without an actor it was the clock."""
    return UploadAct.objects.create(
        batch=batch,
        kind=kind,
        note=reason,
        user=actor,
        user_name=actor.display_name if actor else "",
        at=at,
    )


def give_up_undecided(*, at: datetime, limit: int = 100) -> int:
    """Cancel uploads that wait for an answer for more than a week, and return how many."""
    waiting = UploadBatch.objects.filter(
        status__in=[BatchStatus.ASKING, BatchStatus.REHEARSED], updated_at__lt=at - UNDECIDED
    )
    batches = list(waiting.order_by("pk")[:limit])
    for batch in batches:
        cancel(batch=batch, actor=None, at=at)
    return len(batches)


def forget_files(*, at: datetime, limit: int = 200) -> int:
    """Delete files and single lines of uploads that ended 90 days ago; the counts stay."""
    old = UploadBatch.objects.filter(ended_at__lt=at - KEPT, file_deleted_at=None)
    batches = list(old.order_by("pk")[:limit])
    for batch in batches:
        with transaction.atomic():
            UploadLine.objects.filter(batch=batch).delete()
            UploadBatch.objects.filter(pk=batch.pk).update(file_deleted_at=at, file="")
        if batch.file:
            batch.file.storage.delete(str(batch.file.name))
    return len(batches)


def _is_publishing(batch: UploadBatch) -> bool:
    return batch.status == BatchStatus.IN_PROGRESS and batch.step == BatchStep.PUBLISHING


def locked(batch: UploadBatch, *statuses: BatchStatus) -> UploadBatch:
    """Lock the batch in one of the statuses; raises `NotReady` in any other."""
    rows = UploadBatch.objects.select_for_update(of=("self",))
    held = rows.select_related("voucher_list__partner").get(pk=batch.pk)
    if held.status not in statuses:
        raise NotReady(f"This upload is now “{held.state.label}”. Look at the page again.")
    return held


def _held_open(voucher_list_id: int, *, at: datetime) -> None:
    """Hold the list, so that nobody archives it meanwhile, and raise `ListClosed` if somebody did."""
    _refuse_closed(VoucherList.objects.select_for_update(no_key=True).get(pk=voucher_list_id), at)


def check_open(voucher_list: VoucherList, *, at: datetime) -> None:
    """Raise `ListClosed` for a list that takes no codes: archived, or expired by the clock."""
    _refuse_closed(VoucherList.objects.get(pk=voucher_list.pk), at)


def _refuse_closed(fresh: VoucherList, at: datetime) -> None:
    if fresh.status == ListStatus.ARCHIVED:
        raise ListClosed("An archived list takes no codes. Upload them to another list.")
    if fresh.status == ListStatus.EXPIRED or fresh.expires_at <= at:
        raise ListClosed("The list has expired. Extend its expiry, then upload the codes.")


def _refuse_size(size: int) -> None:
    if size > reading.MOST_BYTES:
        raise NotACodeFile("The file is larger than 50 MB. Divide it into several files.")


def _refuse_what_is_no_text(head: bytes) -> None:
    try:
        reading.refuse_what_is_no_text(head)
    except FileRefused as refused:
        raise NotACodeFile(refused.message) from refused


def _same_file(batch: UploadBatch) -> UploadBatch | None:
    """Return the completed batch of the list that had exactly this file."""
    same = UploadBatch.objects.filter(
        voucher_list=batch.voucher_list_id, sha256=batch.sha256, status__in=COMPLETED
    )
    return same.order_by(F("number").desc()).first()


def _hint() -> None:
    jobs.enqueue("vouchers.import_codes")
