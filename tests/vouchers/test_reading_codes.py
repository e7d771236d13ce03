"""Lines and files of codes, judged without a database (vouchers.md 4.2, 4.3)."""

from __future__ import annotations

import io
import random

import pytest

from tests.kit import memory
from vouchers.importing import reading
from vouchers.importing.lines import FileRefused, Rules, is_heading, judge
from vouchers.importing.reading import CodeFile, Place
from vouchers.importing.reasons import COMPARED, REASONS

RULES = Rules()


def codes_in(content: bytes, rules: Rules = RULES) -> list[tuple[int, str]]:
    return [row for portion in CodeFile(io.BytesIO(content), rules) for row in portion.good]


@pytest.mark.parametrize(
    ("line", "code", "warnings"),
    [
        ("HOLI-2025", "HOLI-2025", []),
        (" HOLI-2025\t", "HOLI-2025", ["TRIMMED"]),
        ("\u00a0HOLI-2025\u200b", "HOLI-2025", ["TRIMMED"]),
        ("HOLI-2025,", "HOLI-2025", ["TRAILING_COMMA"]),
        ("HOLI-2025,,,", "HOLI-2025", ["TRAILING_COMMA"]),
        ('"HOLI-2025"', "HOLI-2025", []),
        ('"HOLI-2025",""', "HOLI-2025", ["TRAILING_COMMA"]),
        ('" HOLI-2025 "', "HOLI-2025", ["TRIMMED"]),
        ("A1", "A1", ["SHORT"]),
        ("00123", "00123", ["SHORT"]),
        ("@SUM", "@SUM", ["SHORT"]),
        ("https://x.example/?c=1&d=%20#e", "https://x.example/?c=1&d=%20#e", []),
        ("1E5-CODE", "1E5-CODE", []),
        ("'quoted'", "'quoted'", []),
        ("<b>&amp", "<b>&amp", []),
    ],
)
def test_a_line_holds_a_code(line: str, code: str, warnings: list[str]) -> None:
    verdict = judge(line, RULES, 1)
    assert (verdict.code, verdict.refusal) == (code, None)
    assert [warning.reason for warning in verdict.warnings] == warnings


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('"A,1234"', "COMMA"),
        ("HOLI 2025", "INNER_SPACE"),
        ("HOLI\u00a02025", "INNER_SPACE"),
        ("HOLI\u200b2025", "INNER_SPACE"),
        ('"HOLI', "QUOTE"),
        ('HOLI"', "QUOTE"),
        ('"HOLI"x', "QUOTE"),
        ('"A""1234"', "BAD_CHARACTER"),
        ('A"12"34', "BAD_CHARACTER"),
        ("HOLI;2025", "BAD_CHARACTER"),
        ("HOLI\t2025", "BAD_CHARACTER"),
        ("HOLI\x012025", "BAD_CHARACTER"),
        ("HOLI\x7f2025", "BAD_CHARACTER"),
        ("HÖLI2025", "NON_ASCII"),
        ("HOLI–2025", "NON_ASCII"),
        ("＝cmd()", "NON_ASCII"),
        ("=cmd()", "FORMULA"),
        ("1.23457E+12", "SPREADSHEET_DAMAGE"),
        ("1e+9", "SPREADSHEET_DAMAGE"),
        ("X", "TOO_SHORT"),
        ("X" * 256, "TOO_LONG"),
        ("X" * 5_000, "TOO_LONG"),
        ('""', "TOO_SHORT"),
    ],
)
def test_a_line_is_refused_for_a_reason(line: str, reason: str) -> None:
    verdict = judge(line, RULES, 1)
    assert verdict.refusal is not None
    assert (verdict.code, verdict.refusal.reason) == ("", reason)
    assert reason in REASONS


@pytest.mark.parametrize("line", ["", "   ", "\t", "\u00a0\u200b", ",,,", " , ,"])
def test_a_line_without_anything_is_blank(line: str) -> None:
    assert judge(line, RULES, 1).is_blank


@pytest.mark.parametrize("line", ["A1,B1", ",B1", '"A1","B1"', "A1, B1", "A1,,B1"])
def test_a_second_column_refuses_the_file(line: str) -> None:
    with pytest.raises(FileRefused) as refused:
        judge(line, RULES, 4_711)
    assert (refused.value.code, refused.value.line) == ("MANY_COLUMNS", 4_711)


@pytest.mark.parametrize(
    "line", ["code", "CODES", " Voucher Code ", "voucher_code", '"Promotion  code"', "Serial,,"]
)
def test_known_headings_are_recognised(line: str) -> None:
    assert is_heading(line)
    assert not is_heading(f"{line}-1")


def test_the_quick_look_at_a_line_agrees_with_the_thorough_one() -> None:
    dice = random.Random(7)
    signs = 'AZ09az-_./:%*+@&#!=?,;" \t\u00e9E+.1'
    for rules in (RULES, Rules(min_length=4, max_length=7), Rules(max_length=3)):
        for _ in range(20_000):
            line = "".join(dice.choices(signs, k=dice.randint(0, 9)))
            try:
                verdict = judge(line, rules, 1)
            except FileRefused:
                assert rules.plain.fullmatch(line) is None
                continue
            plain = verdict.code == line != "" and not verdict.warnings
            assert (rules.plain.fullmatch(line) is not None) == plain, line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [7, 16, 64, 1_000])
def test_portions_cut_no_line_wherever_they_end(
    encoding: str, end: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", block - block % 2)
    codes = [f"C{number}" * (number % 3 + 1) for number in range(40)]
    mark = "" if encoding == "utf-8" else "\ufeff"
    content = (mark + end.join(codes)).encode(encoding)
    if block <= 16:
        codes = [code for code in codes if len(code) * (2 if mark else 1) < block - 4]
        found = [code for _, code in codes_in(content)]
        assert [code for code in found if code in codes] == codes
        return
    assert codes_in(content) == list(enumerate(codes, 1))


def test_a_reader_goes_on_with_the_next_line_from_a_place_that_was_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "BLOCK", 64)
    content = b"\xef\xbb\xbfVoucher code\r\n" + b"".join(b"CODE%04d\r\n" % n for n in range(100))
    found, place = [], Place()
    for _ in range(200):
        file = CodeFile(io.BytesIO(content), RULES, place)
        portion = file.next()
        if portion is None:
            break
        found += portion.good
        place = file.place
    assert found == [(number + 2, f"CODE{number:04d}") for number in range(100)]
    assert (place.line, place.rows, place.byte) == (101, 100, len(content))


def test_an_endless_line_is_passed_over_in_flat_memory() -> None:
    content = io.BytesIO(b"FIRST1\n" + b"X" * (40 * 1024 * 1024) + b"\r\nLAST01\n")
    with memory.peak() as peak:
        found = list(CodeFile(content, RULES))
    assert [row for portion in found for row in portion.good] == [(1, "FIRST1"), (3, "LAST01")]
    assert [(row.line, row.reason) for portion in found for row in portion.problems] == [
        (2, "TOO_LONG")
    ]
    assert peak.grown_mb < 8


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "EMPTY_FILE", None),
        (b"code\n\n", "EMPTY_FILE", None),
        (b"PK\x03\x04rest", "NOT_CSV", None),
        (b"\x1f\x8b\x08", "NOT_CSV", None),
        (b"%PDF-1.7", "NOT_CSV", None),
        (b"CODE01\nCO\x00DE\n", "NOT_CSV", None),
        (b"CODE01\r\nCODE02\r\n\xe9\n", "ENCODING", 3),
        (b"CODE01;x\nCODE02;y\nCODE03\n", "MANY_COLUMNS", 1),
        (b"\nCODE01\nCODE02\tx\nCODE03\tx\n", "MANY_COLUMNS", 3),
    ],
)
def test_a_file_is_refused_as_a_whole(content: bytes, code: str, line: int | None) -> None:
    with pytest.raises(FileRefused) as refused:
        list(CodeFile(io.BytesIO(content), RULES))
    assert (refused.value.code, refused.value.line) == (code, line)


def test_a_few_semicolons_cost_their_own_lines_only() -> None:
    content = b"CODE01\nCODE02\nCODE;3\n"
    assert codes_in(content) == [(1, "CODE01"), (2, "CODE02")]


def test_the_heading_is_skipped_as_told() -> None:
    assert codes_in(b"\nMy codes\nCODE01\n", Rules(header="yes")) == [(3, "CODE01")]
    assert codes_in(b"serial\nCODE01\n", Rules(header="no")) == [(1, "serial"), (2, "CODE01")]


def test_every_reason_that_is_compared_has_words() -> None:
    assert set(COMPARED) <= set(REASONS)
