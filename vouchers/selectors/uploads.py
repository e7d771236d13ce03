"""What the pages of uploads show (vouchers.md 8, pages 5 to 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from core.errors import NotFound
from directory.models import Organisation
from vouchers.choices import BatchKind, BatchStatus, BatchStep, CodeState
from vouchers.importing.reasons import DAMAGE, WARNINGS, words
from vouchers.models import UploadBatch, UploadDownload, UploadLine, VoucherCode

SHOWN = 1_000
WORKING = (BatchStatus.IN_PROGRESS, BatchStatus.WITHDRAWING)
# How much of the bar reading and comparing take; publishing takes the rest.
READ, COMPARED = 30, 40
NOUNS = {BatchKind.GENERATED: "Drawing codes"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is: a percentage that only grows, and what it means in words."""

    percent: int
    step: str
    done: int
    rate: int | None
    seconds_left: int | None

    @property
    def left_words(self) -> str:
        """Say how long it will take: "about 20 seconds left"."""
        if self.seconds_left is None:
            return ""
        if self.seconds_left < 90:
            return f"about {max(1, self.seconds_left)} seconds left"
        return f"about {round(self.seconds_left / 60)} minutes left"


@dataclass(frozen=True, slots=True)
class Reason:
    """How many lines of an upload ended with a reason."""

    code: str
    label: str
    count: int
    # Whether its lines are taken all the same.
    is_warning: bool = False


def upload(*, business: Organisation, list_id: str, number: int) -> UploadBatch:
    """Return one upload of a list of the business; raises `NotFound`."""
    rows = UploadBatch.objects.filter(business=business, voucher_list__list_id=list_id)
    found = (
        rows.select_related("voucher_list__partner", "same_as", "uploaded_by")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotFound("There is no such upload.")
    return found


def is_working(batch: UploadBatch) -> bool:
    """Tell whether a worker has something to do with the upload."""
    return batch.status in WORKING


def is_cancellable(batch: UploadBatch) -> bool:
    """Tell whether the upload can still be given up: until its codes are being published."""
    waiting = (BatchStatus.ASKING, BatchStatus.REHEARSED)
    return batch.status in waiting or (
        batch.status == BatchStatus.IN_PROGRESS and batch.step != BatchStep.PUBLISHING
    )


def is_withdrawable(batch: UploadBatch) -> bool:
    """Tell whether codes of the upload can still be made void."""
    ended = (BatchStatus.COMPLETED, BatchStatus.COMPLETED_WITH_ERRORS)
    return batch.status in ended and batch.published_count > 0


def progress(batch: UploadBatch, *, at: datetime) -> Progress:
    """Return how far the upload is, how fast it goes and when it will be done."""
    percent, done = _share(batch)
    step = BatchStep(batch.step)
    label = NOUNS.get(BatchKind(batch.kind), step.label) if step == "scanning" else step.label
    begun = batch.started_at
    elapsed = ((batch.heartbeat_at or at) - begun).total_seconds() if begun else 0
    if elapsed < 1 or not percent:
        return Progress(int(percent), label, done, None, None)
    left = elapsed * (100 - percent) / percent
    return Progress(int(percent), label, done, int(done / elapsed), int(left))


def reasons(batch: UploadBatch) -> list[Reason]:
    """Return the reasons of refused and warned lines, the most frequent first."""
    found = sorted(batch.reasons.items(), key=lambda item: (-item[1], item[0]))
    taken = WARNINGS | ({DAMAGE} if batch.is_damage_accepted else set())
    return [Reason(code, words(code), count, code in taken) for code, count in found]


def problems(batch: UploadBatch, *, reason: str = "") -> QuerySet[UploadLine]:
    """Return the first thousand noted lines, of one reason or of all."""
    rows = UploadLine.objects.filter(batch=batch)
    rows = rows.filter(reason=reason) if reason else rows
    return rows.order_by("line_no", "reason")[:SHOWN]


def downloads(batch: UploadBatch) -> list[UploadDownload]:
    """Return who fetched files of the upload, the newest first."""
    return list(UploadDownload.objects.filter(batch=batch).order_by("-at")[:20])


def unused_counts(batch: UploadBatch) -> tuple[int, int]:
    """Return how many codes of the upload are free, and how many are put aside: a withdrawal makes both
    void."""
    mine = VoucherCode.objects.filter(batch=batch)
    free = Count("pk", filter=Q(state=CodeState.AVAILABLE))
    held = Count("pk", filter=Q(state=CodeState.RESERVED))
    found = mine.aggregate(free=free, held=held)
    return found["free"], found["held"]


def _share(batch: UploadBatch) -> tuple[float, int]:
    """Return the percentage done, and the lines or codes that the present step has worked through."""
    step = BatchStep(batch.step)
    if step == BatchStep.DONE:
        return 100, batch.published_count
    if step == BatchStep.PUBLISHING:
        share = batch.published_count / max(1, batch.accepted_count)
        return COMPARED + (100 - COMPARED) * share, batch.published_count
    if step == BatchStep.IMPORTING:
        return READ, batch.cursor_line
    whole = batch.row_count if batch.kind == BatchKind.GENERATED else batch.file_size
    done = batch.staged_count if batch.kind == BatchKind.GENERATED else batch.cursor_byte
    return READ * min(1, done / max(1, whole)), batch.cursor_line
