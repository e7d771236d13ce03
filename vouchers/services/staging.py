"""From a file to staged codes: one portion of the file a turn (vouchers.md 4.5, steps 2 and 3).

A portion is read, judged line by line, written by COPY and committed together with the place behind
it. Nothing that is staged can be given out or is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import BinaryIO, cast

from django.db import connection

from vouchers.choices import BatchStep, LineOutcome
from vouchers.importing.lines import Rules
from vouchers.importing.reading import CodeFile, Place, Portion, Problem
from vouchers.masking import masked
from vouchers.models import StagedCode, UploadBatch, UploadLine

# Refusals, and as many warnings, that the page shows; the report reads the file again.
SHOWN = 1_000


def rules_of(batch: UploadBatch) -> Rules:
    """Return what the batch's list and uploader ask of a code."""
    return Rules(
        min_length=batch.voucher_list.code_min_length,
        max_length=batch.voucher_list.code_max_length,
        is_damage_accepted=batch.is_damage_accepted,
        header=batch.header,
    )


def read_portion(batch: UploadBatch) -> None:
    """Stage the next portion of the batch's file, and move on to comparing at its end.

    Raises `FileRefused` for what condemns the file, `FileNotFoundError` where it is gone.
    """
    place = Place(**batch.reading)
    with batch.file.open("rb") as stream:
        file = CodeFile(cast("BinaryIO", stream), rules_of(batch), place)
        portion = file.next() or Portion()
        is_over = place.byte >= batch.file_size and file.next() is None
    stage(batch, portion.good)
    _take_down(batch, portion)
    if is_over:
        batch.remarks = place.remarks
        batch.line_count = place.line
        batch.step = BatchStep.IMPORTING
    batch.reading = asdict(place)
    batch.encoding, batch.is_header_skipped = place.encoding, place.is_header_skipped
    batch.cursor_byte, batch.cursor_line = place.byte, place.line


def stage(batch: UploadBatch, codes: Iterable[tuple[int, str]]) -> None:
    """Write good codes by their lines with one COPY; a backslash is the format's own sign."""
    pk = batch.pk
    rows = [f"{pk}\t{number}\t{code}\n" for number, code in codes]
    if not rows:
        return
    text = "".join(rows)
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    table = StagedCode._meta.db_table
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} (batch_id, line_no, code) FROM STDIN") as copy,
    ):
        copy.write(text)
    batch.staged_count += len(rows)


def count_reasons(batch: UploadBatch, reasons: Counter[str]) -> None:
    """Add to how many lines ended with which reason."""
    batch.reasons = dict(Counter(batch.reasons) + reasons)


def start_again(batch: UploadBatch) -> None:
    """Put the batch back before its first line; the caller saves it."""
    StagedCode.objects.filter(batch_id=batch.pk).delete()
    UploadLine.objects.filter(batch=batch).delete()
    batch.step, batch.reading, batch.reasons, batch.remarks = BatchStep.QUEUED, {}, {}, []
    batch.cursor_byte = batch.cursor_line = batch.staged_count = 0
    batch.row_count = batch.blank_count = batch.accepted_count = 0
    batch.rejected_count = batch.warning_count = 0
    batch.duplicate_in_file_count = batch.duplicate_existing_count = 0
    batch.line_count = batch.full_from_line = None


def _take_down(batch: UploadBatch, portion: Portion) -> None:
    refused = [problem for problem in portion.problems if problem.is_refused]
    warned = [problem for problem in portion.problems if not problem.is_refused]
    batch.row_count += portion.rows
    batch.blank_count += portion.blank
    room_refused = max(0, SHOWN - batch.rejected_count)
    room_warned = max(0, SHOWN - batch.warning_count)
    batch.rejected_count += len(refused)
    batch.warning_count += len(warned)
    count_reasons(batch, Counter(problem.reason for problem in portion.problems))
    shown = [*refused[:room_refused], *warned[:room_warned]]
    UploadLine.objects.bulk_create([_line(batch, problem) for problem in shown], batch_size=500)


def _line(batch: UploadBatch, problem: Problem) -> UploadLine:
    """Note a line; one that is taken in spite of a warning is a code from then on, and masked."""
    return UploadLine(
        batch=batch,
        line_no=problem.line,
        value=problem.value if problem.is_refused else masked(problem.value.strip()),
        outcome=LineOutcome.REJECTED if problem.is_refused else LineOutcome.WARNING,
        reason=problem.reason,
        message=problem.message[:200],
    )
