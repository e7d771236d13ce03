"""The report of an upload, line by line (vouchers.md 4.6).

The file is read once more by the same rules, and what only the database knew is merged in by line
number, so that the report of a million lines needs no million rows. `corrected` is for fixing and
uploading again; its values are as they stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast

from django.db import transaction

from core.errors import Gone
from directory.models import User
from vouchers.choices import BatchKind, Download, LineOutcome
from vouchers.importing.lines import FileRefused
from vouchers.importing.reading import CodeFile, Portion
from vouchers.importing.reasons import COMPARED
from vouchers.models import UploadBatch, UploadDownload, UploadLine, VoucherCode
from vouchers.services.staging import rules_of

HEAD = ("line", "value", "outcome", "reason_code", "message", "first_seen")
ACCEPTED = "accepted"


class NoFile(Gone):
    """The file was deleted after ninety days, or there never was one."""

    code = "no_upload_file"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    line: int
    value: str
    outcome: str
    reason: str = ""
    message: str = ""
    first_seen: str = ""

    @property
    def cells(self) -> list[str]:
        return [
            str(self.line), self.value, self.outcome, self.reason, self.message, self.first_seen,
        ]  # fmt: skip


def note(
    *, batch: UploadBatch, kind: str, actor: User | None, name: str = "", at: datetime
) -> None:
    """Write down who fetched which file of the upload (vouchers.md 2.11).

    `name` is a partner's person, who is no user.
    """
    by = name if actor is None else actor.email
    UploadDownload.objects.create(batch=batch, kind=kind, user=actor, user_name=by, at=at)


def rows(*, batch: UploadBatch, everything: bool = False) -> Iterator[Row]:
    """Yield the refused lines, or every line that is not blank, in their order.

    Raises `NoFile` where the file is gone. Ends where reading was stopped: at the place of a running
    import, or at the line that condemned the file.
    """
    _refuse_without_file(batch)
    compared = _compared(batch)
    waiting = next(compared, None)
    for portion in _portions(batch):
        for row in _judged(portion):
            while waiting is not None and waiting.line_no < row.line:
                waiting = next(compared, None)
            noted = waiting if waiting is not None and waiting.line_no == row.line else None
            merged = _merged(batch, row, noted)
            if everything or merged.outcome == LineOutcome.REJECTED:
                yield merged


def values_to_correct(*, batch: UploadBatch) -> Iterator[str]:
    """Yield the refused values in one column, as they stood, to be corrected and uploaded again."""
    for row in rows(batch=batch):
        yield row.value


def original(*, batch: UploadBatch) -> BinaryIO:
    """Open the file as it was uploaded; raises `NoFile`."""
    _refuse_without_file(batch)
    return cast("BinaryIO", batch.file.open("rb"))


def generated_once(*, batch: UploadBatch, actor: User, at: datetime) -> Iterator[str]:
    """Return the codes of a generated batch, for the coupon engine; a second time raises `NoFile`."""
    if batch.kind != BatchKind.GENERATED:
        raise NoFile("Only generated codes are handed out as a file.")
    with transaction.atomic():
        fresh = UploadBatch.objects.filter(pk=batch.pk, downloaded_at=None)
        if not fresh.exclude(ended_at=None).update(downloaded_at=at):
            raise NoFile("These codes were downloaded before. They are handed out once.")
        note(batch=batch, kind=Download.GENERATED, actor=actor, at=at)
    codes = VoucherCode.objects.filter(batch=batch).order_by("line_no")
    return codes.values_list("code", flat=True).iterator(chunk_size=5_000)


def _refuse_without_file(batch: UploadBatch) -> None:
    if not batch.file or batch.file_deleted_at:
        raise NoFile("The file is no longer kept: files are deleted after ninety days.")


def _portions(batch: UploadBatch) -> Iterator[Portion]:
    with batch.file.open("rb") as stream:
        try:
            file = CodeFile(cast("BinaryIO", stream), rules_of(batch))
            for portion in file:
                yield portion
                if batch.line_count is None and file.place.line >= batch.cursor_line:
                    return
        except FileRefused:
            return


def _judged(portion: Portion) -> Iterator[Row]:
    """Yield the portion's lines in order; of several warnings of a line the first."""
    found: dict[int, Row] = {}
    for problem in portion.problems:
        outcome = LineOutcome.REJECTED if problem.is_refused else LineOutcome.WARNING
        found.setdefault(
            problem.line,
            Row(problem.line, problem.value, outcome, problem.reason, problem.message),
        )
    for number, code in portion.good:
        while found and (first := next(iter(found))) < number:
            yield found.pop(first)
        yield found.pop(number) if number in found else Row(number, code, ACCEPTED)
    yield from found.values()


def _compared(batch: UploadBatch) -> Iterator[UploadLine]:
    lines = UploadLine.objects.filter(batch=batch, reason__in=COMPARED)
    return iter(lines.order_by("line_no", "outcome").iterator(chunk_size=2_000))


def _merged(batch: UploadBatch, row: Row, noted: UploadLine | None) -> Row:
    """Return what the line and the comparison say together; a refusal outdoes a warning."""
    if row.outcome == LineOutcome.REJECTED:
        return row
    if noted is not None:
        return Row(
            row.line, row.value, noted.outcome, noted.reason, noted.message, noted.first_seen
        )
    if batch.full_from_line is not None and row.line >= batch.full_from_line:
        message = "The list holds a million codes."
        return Row(row.line, row.value, LineOutcome.REJECTED, "LIST_FULL", message)
    return row
