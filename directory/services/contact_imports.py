"""Contact imports: a rehearsal that counts, then the same over again, in earnest.

A file is worked through in chunks. Each chunk is classified by one look at the database (new,
changed, same) and, in earnest, written set-wise in one transaction together with the counts and the
place reached: a killed worker goes on where it stopped, and a second worker on the same import finds
that the place has moved and stops. The same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from core import jobs
from core.calendar import local
from core.errors import Conflict
from directory.choices import ImportStatus
from directory.imports import reading
from directory.imports.reading import ContactFile, Line, NotAContactFile
from directory.models import ContactImport, Organisation, User
from directory.services import contact_batches
from directory.services.contact_batches import Counts

CHUNK = 1_000
FAULTS_SHOWN = 50
# A run that has not moved for so long was killed; the next one goes on.
STALLED = timedelta(minutes=5)
KEPT = timedelta(days=30)
RUNNING = (ImportStatus.CHECKING, ImportStatus.IMPORTING)


class NotReady(Conflict):
    """The import is not at the step that the action belongs to."""

    code = "import_not_ready"


class _Overtaken(Exception):
    """Another worker is on this import."""


@dataclass(slots=True)
class Report:
    """What became of a file."""

    rows: int = 0
    counts: Counts = field(default_factory=Counts)
    bad: int = 0
    unknown_headers: tuple[str, ...] = ()


def upload(
    *, business: Organisation, file: UploadedFile[Any], actor: User, at: datetime
) -> ContactImport:
    """Keep an uploaded file and begin its rehearsal.

    Raises `NotAContactFile` where the size or the first line shows that it is none.
    """
    if (file.size or 0) > reading.MOST_BYTES:
        raise NotAContactFile("The file is larger than 20 MB. Divide it into several files.")
    _open(file, business=business, at=at)
    file.seek(0)
    name = (file.name or "contacts.csv")[-200:]
    file.name = f"{business.pk}.csv"
    job = ContactImport.objects.create(
        business=business, created_by=actor, file=file, file_name=name, created_at=at, updated_at=at
    )
    jobs.enqueue("directory.run_contact_import", import_id=job.pk)
    return job


def start(*, job: ContactImport, at: datetime) -> ContactImport:
    """Import in earnest what the rehearsal has shown."""
    _move(job, source=ImportStatus.READY, target=ImportStatus.IMPORTING, at=at)
    jobs.enqueue("directory.run_contact_import", import_id=job.pk)
    return job


def cancel(*, job: ContactImport, at: datetime) -> ContactImport:
    """Give the import up after its rehearsal; nothing was written."""
    _move(job, source=ImportStatus.READY, target=ImportStatus.CANCELLED, at=at)
    return job


def run(*, job: ContactImport, at: datetime) -> ContactImport:
    """Work the import through to the end of its step; a finished one is left as it is."""
    if job.status not in RUNNING:
        return job
    try:
        with job.file.open("rb") as stream:
            file = _open(stream, business=job.business, at=at)
            for chunk in _chunks(_after(file, job.done_rows)):
                _advance(job, chunk, at=at)
    except _Overtaken:
        job.refresh_from_db()
        return job
    except (NotAContactFile, FileNotFoundError) as error:
        message = getattr(error, "message", "The file is no longer there. Upload it again.")
        _finish(job, ImportStatus.FAILED, at=at, message=message)
        return job
    checked = job.status == ImportStatus.CHECKING
    _finish(
        job,
        ImportStatus.READY if checked else ImportStatus.DONE,
        at=at,
        message=_about_headers(file.headers.unknown),
    )
    return job


def run_file(
    *,
    business: Organisation,
    stream: BinaryIO,
    write: bool,
    at: datetime,
    on_chunk: Callable[[Report, list[Line]], None] = lambda report, bad: None,
) -> Report:
    """Rehearse or import a file at once, for the command line.

    `on_chunk` hears of the progress and of the bad lines of each chunk.
    """
    file = _open(stream, business=business, at=at)
    report = Report(unknown_headers=file.headers.unknown)
    for chunk in _chunks(iter(file)):
        rows = [line.row for line in chunk if line.row is not None]
        with transaction.atomic():
            counts = _with_retry(business, rows, write=write, at=at)
        report.rows += len(chunk)
        report.counts += counts
        bad = [line for line in chunk if line.row is None]
        report.bad += len(bad)
        on_chunk(report, bad)
    return report


def bad_lines(*, job: ContactImport) -> Iterator[list[str]]:
    """Yield the result file: a heading, then every line that cannot be imported, with its reasons."""
    with job.file.open("rb") as stream:
        file = _open(stream, business=job.business, at=job.created_at)
        yield ["line", "reason", *file.heading]
        for line in file:
            if line.row is None:
                yield [str(line.number), reasons(line), *line.cells]


def reasons(line: Line) -> str:
    """Return why a line cannot be imported, as one text."""
    return " ".join(
        f"{fault.column}: {fault.reason}" if fault.column else fault.reason for fault in line.faults
    )


def stalled(*, at: datetime) -> list[int]:
    """Return the imports that nobody has worked on for a while, oldest first."""
    rows = ContactImport.objects.filter(status__in=RUNNING, updated_at__lt=at - STALLED)
    return list(rows.order_by("updated_at").values_list("pk", flat=True)[:20])


def forget_files(*, at: datetime) -> int:
    """Delete uploaded files that are older than thirty days and return how many; the counts stay."""
    old = ContactImport.objects.filter(created_at__lt=at - KEPT).exclude(file="")
    for job in old:
        job.file.delete(save=False)
        ContactImport.objects.filter(pk=job.pk).update(file="")
    return len(old)


def _open(stream: Any, *, business: Organisation, at: datetime) -> ContactFile:
    today = local(at, business.time_zone).date()
    return ContactFile(stream, today=today, region=business.country)


def _after(file: ContactFile, done: int) -> Iterator[Line]:
    """Yield the lines beyond those that an earlier run has written; all are read, for duplicates."""
    return islice(iter(file), done, None)


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _advance(job: ContactImport, chunk: list[Line], *, at: datetime) -> None:
    """Work one chunk and note how far we are, in one transaction."""
    rows = [line.row for line in chunk if line.row is not None]
    bad = [line for line in chunk if line.row is None]
    with transaction.atomic():
        place = ContactImport.objects.select_for_update().get(pk=job.pk)
        if place.status != job.status or place.done_rows != job.done_rows:
            raise _Overtaken
        write = job.status == ImportStatus.IMPORTING
        counts = _with_retry(job.business, rows, write=write, at=at)
        job.done_rows += len(chunk)
        job.new_count += counts.new
        job.changed_count += counts.changed
        job.same_count += counts.same
        job.bad_count += len(bad)
        room = FAULTS_SHOWN - len(job.faults)
        job.faults += [{"line": line.number, "reason": reasons(line)} for line in bad[:room]]
        job.updated_at = at
        job.save(
            update_fields=[
                "done_rows",
                "new_count",
                "changed_count",
                "same_count",
                "bad_count",
                "faults",
                "updated_at",
            ]
        )


def _with_retry(business: Organisation, rows: list[Any], *, write: bool, at: datetime) -> Counts:
    """Work the rows; when somebody added one of the addresses meanwhile, look again and repeat."""
    try:
        with transaction.atomic():
            return contact_batches.work(business=business, rows=rows, write=write, at=at)
    except IntegrityError:
        with transaction.atomic():
            return contact_batches.work(business=business, rows=rows, write=write, at=at)


def _move(job: ContactImport, *, source: ImportStatus, target: ImportStatus, at: datetime) -> None:
    """Change the step once, with the counts at zero for the next run; raises `NotReady`."""
    values: dict[str, Any] = {"status": target, "updated_at": at}
    if target == ImportStatus.IMPORTING:
        values |= {
            "done_rows": 0,
            "new_count": 0,
            "changed_count": 0,
            "same_count": 0,
            "bad_count": 0,
            "faults": [],
            "row_count": job.row_count,
        }
    if not ContactImport.objects.filter(pk=job.pk, status=source).update(**values):
        raise NotReady("This import is past that step. Look at the page again.")
    job.refresh_from_db()


def _finish(job: ContactImport, target: ImportStatus, *, at: datetime, message: str) -> None:
    changed = ContactImport.objects.filter(
        pk=job.pk, status=job.status, done_rows=job.done_rows
    ).update(status=target, message=message[:300], row_count=job.done_rows, updated_at=at)
    if changed:
        job.status, job.message, job.row_count = target, message, job.done_rows


def _about_headers(unknown: tuple[str, ...]) -> str:
    if not unknown:
        return ""
    return f"These columns are not known and were left out: {', '.join(unknown)}."
