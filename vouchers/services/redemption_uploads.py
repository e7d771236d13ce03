"""Files of redemptions: stored, worked through in portions, reported (vouchers.md 9.4).

A file is kept as plain UTF-8, whatever came, and read from a cursor that is committed together with
what each portion did: a killed worker loses nothing, and its successor goes on with the next row.
Several files are worked on by turns, so that a small one does not wait for a large one.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import transaction
from django.db.models import Max

from core import batches, jobs
from core.errors import Invalid
from directory.models import Organisation, User
from vouchers.choices import BatchStatus
from vouchers.importing.lines import FileRefused
from vouchers.importing.reading import MARKS, MOST_BYTES, refuse_what_is_no_text
from vouchers.masking import masked
from vouchers.models import Partner, RedemptionLine, RedemptionUpload
from vouchers.outside_choices import Channel, Refusal
from vouchers.redemption_files import (
    LONGEST_LINE,
    BadFile,
    BadRow,
    Heading,
    code_in,
    heading_of,
    row_of,
)
from vouchers.services import redeeming
from vouchers.services.redeeming import Report, Reporter

PORTION = 200
KEPT = timedelta(days=90)
REPEATED = "repeated"


class Sent(Protocol):
    """A file as a form brings it."""

    @property
    def name(self) -> str | None: ...
    def chunks(self) -> Iterable[bytes]: ...


class NotARedemptionFile(Invalid):
    """The file cannot be one of redemptions; the message says why."""

    code = "not_a_redemption_file"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"file": sentence})


def receive(
    *,
    business: Organisation,
    file: Sent,
    channel: Channel = Channel.FILE,
    partner: Partner | None = None,
    actor: User | None = None,
    name: str,
    at: datetime,
) -> RedemptionUpload:
    """Store a file and queue it; its first line names the columns (vouchers.md 9.4).

    Raises `NotARedemptionFile` for what is no text, too large, empty, or without a column `code`.
    """
    with TemporaryFile() as plain:
        digest, size, line_count = _transcribed(file, plain)
        _require_heading(plain)
        plain.seek(0)
        with transaction.atomic():
            Organisation.objects.select_for_update(no_key=True).get(pk=business.pk)
            last = RedemptionUpload.objects.filter(business=business).aggregate(n=Max("number"))[
                "n"
            ]
            upload = RedemptionUpload(
                business=business,
                partner=partner,
                number=(last or 0) + 1,
                channel=channel,
                file_name=Path(file.name or "redemptions.csv").name[:200],
                file_size=size,
                sha256=digest,
                line_count=line_count,
                uploaded_by=actor,
                uploaded_by_name=name[:254],
                created_at=at,
                updated_at=at,
            )
            upload.file.save(f"{business.pk}-{upload.number}.csv", File(plain), save=False)
            upload.save()
            jobs.enqueue("vouchers.work_redemptions")
    return upload


def work(*, at: datetime, portions: int) -> int:
    """Work on open files by turns, a portion each, and return how many portions were done."""
    done = 0
    while done < portions:
        keys = list(
            RedemptionUpload.objects.filter(status=BatchStatus.IN_PROGRESS)
            .order_by("created_at", "pk")
            .values_list("pk", flat=True)
        )
        worked = sum(_portion(key, at) for key in keys[: portions - done])
        if not worked:
            break
        done += worked
    return done


def forget_files(*, at: datetime) -> int:
    """Delete files that ended more than 90 days ago; counts and refused rows stay."""
    rows = RedemptionUpload.objects.filter(ended_at__lt=at - KEPT, file_deleted_at=None)
    uploads = list(rows.exclude(file="")[:200])
    for upload in uploads:
        upload.file.delete(save=False)
        RedemptionUpload.objects.filter(pk=upload.pk).update(file="", file_deleted_at=at)
    return len(uploads)


def _transcribed(file: Sent, plain: IO[bytes]) -> tuple[str, int, int]:
    """Write the file as UTF-8 with plain line ends; return digest and size of what came, and lines."""
    digest, size, line_count = hashlib.sha256(), 0, 0
    decoder: io.IncrementalNewlineDecoder | None = None
    try:
        for piece in file.chunks():
            size += len(piece)
            if size > MOST_BYTES:
                raise NotARedemptionFile("The file is larger than 50 MB. Divide it.")
            digest.update(piece)
            if decoder is None:
                refuse_what_is_no_text(piece[:LONGEST_LINE])
                decoder, piece = _decoder_of(piece)
            text = decoder.decode(piece)
            line_count += text.count("\n")
            plain.write(text.encode())
        rest = decoder.decode(b"", final=True) if decoder else ""
    except FileRefused as error:
        raise NotARedemptionFile(error.message) from error
    except UnicodeError as error:
        raise NotARedemptionFile("The file is not UTF-8. Save it as “CSV UTF-8”.") from error
    plain.write(rest.encode())
    return digest.hexdigest(), size, line_count + 1


def _decoder_of(head: bytes) -> tuple[io.IncrementalNewlineDecoder, bytes]:
    mark, encoding = next((one for one in MARKS if head.startswith(one[0])), (b"", "utf-8"))
    inner = codecs.getincrementaldecoder(encoding)()
    return io.IncrementalNewlineDecoder(inner, translate=True), head[len(mark) :]


def _require_heading(plain: IO[bytes]) -> None:
    plain.seek(0)
    try:
        _heading(plain)
    except BadFile as error:
        raise NotARedemptionFile(str(error)) from error


def _heading(stream: IO[bytes]) -> tuple[Heading, int]:
    """Return the heading and how many lines it took, blank ones before it included."""
    passed = 0
    while line := stream.readline(LONGEST_LINE + 1):
        passed += 1
        if line.strip():
            return heading_of(line.decode(errors="replace").rstrip("\n")), passed
    raise BadFile("The file is empty.")


def _portion(key: int, at: datetime) -> int:
    with transaction.atomic():
        open_one = RedemptionUpload.objects.filter(pk=key, status=BatchStatus.IN_PROGRESS)
        for upload in batches.claim(
            open_one.select_related("business", "partner", "uploaded_by"), limit=1
        ):
            with upload.file.open("rb") as stream:
                _Portion(upload, at).work(stream)
            return 1
    return 0


class _Portion:
    """One stretch of a file: rows done, refused rows noted, the cursor moved behind them."""

    def __init__(self, upload: RedemptionUpload, at: datetime) -> None:
        self.upload, self.at = upload, at
        self.zone = ZoneInfo(upload.business.time_zone)
        self.reasons: Counter[str] = Counter(upload.reasons)
        self.refused: list[RedemptionLine] = []
        self.reporter = Reporter(
            business=upload.business,
            channel=Channel(upload.channel),
            name=upload.uploaded_by_name,
            partner=upload.partner,
            user=upload.uploaded_by,
        )

    def work(self, stream: Any) -> None:
        """Take rows from the cursor on, and close the upload at the end of the file."""
        upload = self.upload
        heading, passed = _heading(stream)
        if upload.cursor_byte:
            stream.seek(upload.cursor_byte)
        else:
            upload.cursor_line = passed
        is_over = self._take(stream, heading)
        upload.cursor_byte = stream.tell()
        upload.reasons, upload.updated_at = dict(self.reasons), self.at
        if is_over:
            errors = upload.rejected_count
            upload.status = BatchStatus.COMPLETED_WITH_ERRORS if errors else BatchStatus.COMPLETED
            upload.ended_at = self.at
        RedemptionLine.objects.bulk_create(self.refused)
        upload.save()

    def _take(self, stream: Any, heading: Heading) -> bool:
        for _ in range(PORTION):
            line = stream.readline(LONGEST_LINE + 1)
            if not line:
                return True
            self.upload.cursor_line += 1
            while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                more = stream.readline(LONGEST_LINE + 1)
                line = line[: LONGEST_LINE + 1] + more[-1:]
                if not more:
                    break
            if line.strip():
                self._row(line.decode(errors="replace").rstrip("\n"), heading)
        return False

    def _row(self, line: str, heading: Heading) -> None:
        self.upload.row_count += 1
        try:
            row = row_of(line, heading, zone=self.zone, at=self.at)
        except BadRow as error:
            self._refuse(code_in(line, heading), "", Refusal.BAD_ROW, str(error))
            return
        report = Report(
            code=row.code,
            reference=row.reference,
            redeemed_at=row.redeemed_at,
            amount_minor=row.amount_minor,
            currency=row.currency,
            location=row.location,
            upload=self.upload,
        )
        act = redeeming.reverse if row.is_reversal else redeeming.redeem
        verdict = act(report=report, reporter=self.reporter, at=self.at)
        if verdict.refusal is not None:
            self._refuse(row.code, row.reference, verdict.refusal, verdict.message)
            return
        self.upload.accepted_count += 1
        if verdict.is_repeat:
            self.reasons[REPEATED] += 1

    def _refuse(self, code: str, reference: str, reason: Refusal, message: str) -> None:
        self.upload.rejected_count += 1
        self.reasons[reason.value] += 1
        self.refused.append(
            RedemptionLine(
                upload=self.upload,
                line_no=self.upload.cursor_line,
                masked_code=masked(code) if code else "",
                reference=reference,
                reason=reason,
                message=message[:200],
            )
        )
