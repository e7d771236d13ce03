"""A contact file as a stream of checked lines; memory stays flat whatever its size.

Only a digest of each address is kept, to find one that stands in the file twice.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from core.errors import Invalid
from directory.imports.headers import Headers, read_headers
from directory.imports.rows import Fault, ImportRow, read_row

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
LONGEST_CELL = 20_000
DELIMITERS = ",;\t"


class NotAContactFile(Invalid):
    """The file as a whole cannot be read; the message says why."""

    code = "not_a_contact_file"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number as an editor counts, what it says, or why it cannot be used."""

    number: int
    row: ImportRow | None
    faults: tuple[Fault, ...]
    cells: tuple[str, ...]


class ContactFile:
    """Reads a CSV file of contacts: UTF-8 with or without mark, comma, semicolon or tab."""

    def __init__(self, stream: BinaryIO, *, today: date, region: str = "") -> None:
        """Read the first line; raises `NotAContactFile` when it makes no sense."""
        csv.field_size_limit(LONGEST_CELL)
        self._today, self._region = today, region
        text = Lines(stream)
        first = text.peek()
        self._reader = csv.reader(text, delimiter=delimiter(first), strict=True)
        self.heading = tuple(self._next() or ())
        self.headers: Headers = read_headers(self.heading)
        if self.headers.problem:
            raise NotAContactFile(self.headers.problem)

    def __iter__(self) -> Iterator[Line]:
        """Yield every line that is not empty; raises `NotAContactFile` where the file breaks off."""
        seen: dict[bytes, int] = {}
        count = 0
        while True:
            begin = self._reader.line_num + 1
            cells = self._next()
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise NotAContactFile(
                    f"The file has more than {MOST_ROWS:,} contacts. Divide it into several files."
                )
            yield self._line(begin, cells, seen)

    def _line(self, number: int, cells: list[str], seen: dict[bytes, int]) -> Line:
        if len(cells) > len(self.heading):
            reason = (
                f"The line has {len(cells)} cells, the first line of the file {len(self.heading)}."
            )
            return Line(number, None, (Fault("", reason),), tuple(cells))
        named = {
            column: cell
            for column, cell in zip(self.headers.columns, cells, strict=False)
            if column
        }
        row, faults = read_row(named, today=self._today, region=self._region)
        if row is not None:
            digest = hashlib.blake2b(row.email.encode(), digest_size=8).digest()
            first = seen.setdefault(digest, number)
            if first != number:
                reason = f"The same address stands in line {first}."
                return Line(number, None, (Fault("email", reason),), tuple(cells))
        return Line(number, row, tuple(faults), tuple(cells))

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise NotAContactFile(
                f"Line {self._reader.line_num}: a quotation mark is open or a cell is far too long."
            ) from error


class Lines:
    """Decodes a binary stream line by line and refuses what is no text."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = io.BufferedReader(stream) if isinstance(stream, io.RawIOBase) else stream
        self._number = 0
        self._first: str | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def peek(self) -> str:
        """Return the first line without taking it."""
        self._first = next(self, "")
        if not self._first.strip():
            raise NotAContactFile("The file is empty.")
        return self._first

    def __next__(self) -> str:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        raw = self._stream.readline(LONGEST_CELL * 20)
        if not raw:
            raise StopIteration
        self._number += 1
        if self._number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if b"\0" in raw:
            raise NotAContactFile(
                "This is no text file. Save the sheet as “CSV UTF-8” and choose that file."
            )
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotAContactFile(
                f"Line {self._number} is not UTF-8. Save the sheet as “CSV UTF-8” and try again."
            ) from error


def delimiter(first: str) -> str:
    """Return the delimiter that the first line uses most; a comma when it uses none."""
    return max(DELIMITERS, key=first.count)
