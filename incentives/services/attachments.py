"""Files sent with messages: checked by content, stored under a random name (incentives.md 3.7)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File

from core.codes import slug
from core.errors import Invalid
from incentives.models import Message, MessageAttachment

MAX_FILES = 3
MAX_FILE_BYTES = 10 * 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """An upload whose extension and content agree."""

    file: File[Any]
    name: str
    content_type: str


class BadAttachment(Invalid):
    """A file is too many, too big, empty, or not what its name says."""

    code = "bad_attachment"


def _starts(*heads: bytes) -> Callable[[IO[bytes]], bool]:
    return lambda file: file.read(16).startswith(heads)


def _webp(file: IO[bytes]) -> bool:
    head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def _text(file: IO[bytes]) -> bool:
    """Plain text: UTF-8 without control characters that no text has."""
    data = file.read(MAX_FILE_BYTES)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data and not data.startswith((b"MZ", b"\x7fELF"))


def _office(folder: str) -> Callable[[IO[bytes]], bool]:
    def check(file: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(file) as package:
                names = package.namelist()
        except (zipfile.BadZipFile, OSError, ValueError):
            return False
        return "[Content_Types].xml" in names and any(n.startswith(folder) for n in names)

    return check


# extension: (content type that it is served as, whether the content agrees)
KINDS: dict[str, tuple[str, Callable[[IO[bytes]], bool]]] = {
    "pdf": ("application/pdf", _starts(b"%PDF-")),
    "png": ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "gif": ("image/gif", _starts(b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", _webp),
    "txt": ("text/plain", _text),
    "csv": ("text/csv", _text),
    "doc": ("application/msword", _starts(OLE)),
    "xls": ("application/vnd.ms-excel", _starts(OLE)),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _office("word/"),
    ),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _office("xl/"),
    ),
}


def check(files: Sequence[Any]) -> list[CheckedFile]:
    """Return the files that may be stored, or raise `BadAttachment` naming the first that may not."""
    if len(files) > MAX_FILES:
        raise _refused(f"Attach at most {MAX_FILES} files; these are {len(files)}.")
    return [file if isinstance(file, CheckedFile) else _checked(file) for file in files]


def _checked(file: File[Any]) -> CheckedFile:
    name = PurePath(str(file.name).replace("\\", "/")).name[:160] or "file"
    extension = PurePath(name).suffix.lower().lstrip(".")
    if not file.size:
        raise _refused(f"“{name}” is empty.")
    if file.size > MAX_FILE_BYTES:
        raise _refused(f"“{name}” is larger than 10 MB.")
    if extension not in KINDS:
        raise _refused(f"“{name}” is no kind of file that can be sent: {', '.join(KINDS)}.")
    content_type, agrees = KINDS[extension]
    file.seek(0)
    if not agrees(file):
        raise _refused(f"“{name}” is not really a {extension} file.")
    file.seek(0)
    return CheckedFile(file, name, content_type)


def _refused(sentence: str) -> BadAttachment:
    return BadAttachment(sentence, fields={"attachments": sentence})


def store(*, message: Message, files: Sequence[CheckedFile]) -> list[MessageAttachment]:
    """Save the checked files of a message under names that nobody can guess."""
    rows = []
    for checked in files:
        key = slug()
        row = MessageAttachment(
            message=message,
            key=key,
            name=checked.name,
            content_type=checked.content_type,
            size=checked.file.size,
        )
        row.file.save(f"{key}{PurePath(checked.name).suffix.lower()}", checked.file, save=False)
        row.save()
        rows.append(row)
    return rows
