"""A file of codes in portions of half a megabyte, whatever its size and however long its lines.

Where a reader stands is a small `Place` that is kept with the batch; a reader that starts from it
goes on with the very next line. UTF-8 with or without mark, UTF-16 with mark; lines end with LF,
CRLF or CR, mixed as they come.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from vouchers.importing.lines import FileRefused, Rules, is_blank, is_heading, judge

MOST_BYTES = 50 * 1024 * 1024
BLOCK = 512 * 1024
# So much of a value is shown where it was refused.
SHOWN = 255
# Lines in which a semicolon or a tab shows that the file has columns.
LOOKED_AT = 200
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NOT_TEXT = {
    b"PK\x03\x04": "an Excel or zip file",
    b"PK\x05\x06": "a zip file",
    b"\x1f\x8b": "a compressed file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
}
END = re.compile(r"\r\n|\r|\n")
ADVICE = "Save the sheet as “CSV UTF-8” and upload that file."


@dataclass(slots=True)
class Place:
    """Where the reader stands, and what it must remember of the lines before."""

    encoding: str = ""
    byte: int = 0
    line: int = 0
    rows: int = 0
    is_begun: bool = False
    is_header_skipped: bool = False
    has_small_letters: bool = False
    is_all_digits: bool = True
    has_leading_zero: bool = False
    shortest: int = 0
    longest: int = 0

    @property
    def remarks(self) -> list[str]:
        """Return what is to be said of the file as a whole."""
        if not self.is_all_digits or self.has_leading_zero or self.shortest == self.longest:
            return []
        lengths = f"{self.shortest} to {self.longest} long"
        return [f"All codes are digits, {lengths}, none begins with 0: zeros may have been lost."]


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was refused, or taken with a warning."""

    line: int
    value: str
    is_refused: bool
    reason: str
    message: str


@dataclass(slots=True)
class Portion:
    """What a stretch of the file held."""

    good: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    blank: int = 0


def refuse_what_is_no_text(head: bytes) -> None:
    """Raise `FileRefused` when the first bytes are those of a sheet, an archive or a PDF (F14)."""
    for signature, name in NOT_TEXT.items():
        if head.startswith(signature):
            raise FileRefused("NOT_CSV", f"This is {name}. {ADVICE}")
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\0" in head:
        raise FileRefused("NOT_CSV", f"This is no text file. {ADVICE}")


class CodeFile:
    """Reads one file by portions; `place` is where the next one begins."""

    def __init__(self, stream: BinaryIO, rules: Rules, place: Place | None = None) -> None:
        """Begin at the place, or at the start; raises `FileRefused` for what is no text."""
        self._stream, self._rules = stream, rules
        self.place = place or Place()
        if not self.place.encoding:
            stream.seek(0)
            head = stream.read(4_096)
            refuse_what_is_no_text(head)
            mark, encoding = next(
                (known for known in MARKS if head.startswith(known[0])), (b"", "utf-8")
            )
            self.place.encoding, self.place.byte = encoding, len(mark)

    def __iter__(self) -> Iterator[Portion]:
        """Yield every portion up to the end of the file."""
        while (portion := self.next()) is not None:
            yield portion

    def next(self) -> Portion | None:
        """Return the next portion and move the place behind it, or None at the end.

        Raises `FileRefused` for what condemns the whole file; `EMPTY_FILE` at an end without rows.
        """
        raw, is_cut = self._block()
        if not raw:
            if not self.place.rows:
                raise FileRefused("EMPTY_FILE", "The file holds no code.")
            return None
        if is_cut:
            return self._endless_line(raw)
        text = self._text(raw)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not lines[-1]:
            lines.pop()
        portion = self._judge(lines)
        self.place.byte += len(raw)
        self.place.line += len(lines)
        self.place.rows += portion.rows
        self._remember(portion.good)
        return portion

    @property
    def _unit(self) -> int:
        return 1 if self.place.encoding == "utf-8" else 2

    def _block(self) -> tuple[bytes, bool]:
        """Return bytes up to a line's end, and whether there was none within the block."""
        self._stream.seek(self.place.byte)
        block = self._stream.read(BLOCK)
        if len(block) < BLOCK:
            return block, False
        end = self._last_end(block)
        if not end:
            return block, True
        block = block[:end]
        if block.endswith("\r".encode(self.place.encoding)):
            self._stream.seek(self.place.byte + end)
            after = self._stream.read(self._unit)
            if after == "\n".encode(self.place.encoding):
                block += after
        return block, False

    def _last_end(self, block: bytes) -> int:
        """Return how many bytes lead up to and include the last line's end; 0 without one."""
        ends = []
        for sign in ("\n", "\r"):
            sought, found = sign.encode(self.place.encoding), len(block)
            while (found := block.rfind(sought, 0, found)) > 0 and found % self._unit:
                found += self._unit - 1  # Half of one unit and half of the next.
            ends.append(found + self._unit if found >= 0 else 0)
        return max(ends)

    def _text(self, raw: bytes) -> str:
        try:
            text = raw.decode(self.place.encoding)
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode(self.place.encoding, "replace")
            line = (
                self.place.line + 1 + before.replace("\r\n", "\n").replace("\r", "\n").count("\n")
            )
            raise FileRefused("ENCODING", f"Line {line} is not UTF-8. {ADVICE}", line) from error
        if "\0" in text:
            raise FileRefused("NOT_CSV", f"This is no text file. {ADVICE}")
        return text

    def _endless_line(self, block: bytes) -> Portion:
        """Pass over a line that is longer than a block without keeping it (K3)."""
        value = block[:200].decode(self.place.encoding, "replace")[:40]
        position = self.place.byte
        while True:
            if self._unit == 1 and b"\0" in block:
                raise FileRefused("NOT_CSV", f"This is no text file. {ADVICE}")
            end = self._first_end(block)
            if end is not None:
                position += end
                break
            position += len(block)
            self._stream.seek(position)
            block = self._stream.read(BLOCK)
            if not block:
                break
        self.place.byte = position
        self.place.line += 1
        self.place.rows += 1
        self.place.is_begun = True
        number = self.place.line
        problem = Problem(
            number, value, True, "TOO_LONG", "The line is longer than 4,096 characters."
        )
        return Portion(problems=[problem], rows=1)

    def _first_end(self, block: bytes) -> int | None:
        """Return how many bytes the first line's end closes, or None without one."""
        encoding = "latin-1" if self._unit == 1 else self.place.encoding
        text = block.decode(encoding, "replace")
        end = END.search(text)
        return None if end is None else len(text[: end.end()].encode(encoding))

    def _judge(self, lines: list[str]) -> Portion:
        portion = Portion()
        first = self.place.line + 1
        begin = 0 if self.place.is_begun else self._begin(lines, portion)
        plain, good = self._rules.plain.fullmatch, portion.good
        for number, line in enumerate(lines[begin:], first + begin):
            if plain(line):
                good.append((number, line))
            else:
                self._look_at(number, line, portion)
        portion.rows += len(good)
        return portion

    def _begin(self, lines: list[str], portion: Portion) -> int:
        """Pass blank lines and the heading (F13); return the index of the first line of codes."""
        begin = next((index for index, line in enumerate(lines) if not is_blank(line)), len(lines))
        portion.blank += begin
        if begin == len(lines):
            return begin
        self.place.is_begun = True
        self._refuse_columns(lines, begin)
        header = self._rules.header
        if header == "yes" or (header == "auto" and is_heading(lines[begin])):
            self.place.is_header_skipped = True
            begin += 1
        return begin

    def _refuse_columns(self, lines: list[str], begin: int) -> None:
        """Raise `FileRefused` where most of the first lines hold a semicolon or a tab (F7)."""
        filled = (index for index in range(begin, len(lines)) if not is_blank(lines[index]))
        rows = [(index, lines[index]) for index in islice(filled, LOOKED_AT)]
        for sign, name in ((";", "semicolons"), ("\t", "tabs")):
            holding = [index for index, line in rows if sign in line.strip()]
            if len(holding) * 2 > len(rows):
                line = self.place.line + 1 + holding[0]
                raise FileRefused(
                    "MANY_COLUMNS",
                    f"From line {line} on, {name} divide the lines into columns. Keep only the"
                    " column of codes and upload again.",
                    line,
                )

    def _look_at(self, number: int, line: str, portion: Portion) -> None:
        """Judge a line that is not plainly a code."""
        verdict = judge(line, self._rules, number)
        if verdict.is_blank:
            portion.blank += 1
            return
        if verdict.refusal is not None:
            refusal = verdict.refusal
            portion.rows += 1
            portion.problems.append(
                Problem(number, line[:SHOWN], True, refusal.reason, refusal.message)
            )
            return
        portion.good.append((number, verdict.code))
        for warning in verdict.warnings:
            portion.problems.append(
                Problem(number, line[:SHOWN], False, warning.reason, warning.message)
            )

    def _remember(self, good: list[tuple[int, str]]) -> None:
        """Note what the remarks on the whole file are made of."""
        if not good:
            return
        place, codes = self.place, [code for _, code in good]
        joined = "".join(codes)
        place.has_small_letters = place.has_small_letters or joined != joined.upper()
        place.is_all_digits = place.is_all_digits and joined.isascii() and joined.isdigit()
        if place.is_all_digits:
            lengths = set(map(len, codes))
            place.shortest = min(*lengths, place.shortest or 999, 999)
            place.longest = max(*lengths, place.longest, 0)
            place.has_leading_zero = place.has_leading_zero or any(
                code.startswith("0") for code in codes
            )
