"""Good and bad files, from the upload to the list (vouchers.md 4.2, 4.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.factories.vouchers import MORNING, make_list, make_partner
from tests.kit import memory
from tests.vouchers.loading import a_file, codes_of, lines_of, upload, work_off
from vouchers.choices import BatchStatus
from vouchers.models import StagedCode, UploadBatch, VoucherCode, VoucherList
from vouchers.services import uploads

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sale(cast: Cast) -> VoucherList:
    return make_list(make_partner(cast.acme, "Puma"), "sale")


@pytest.mark.scenario("VCH-13")
@pytest.mark.parametrize(
    "content",
    [
        b"FIRST1\nSECOND\nTHIRD3\n",
        b"FIRST1\r\nSECOND\r\nTHIRD3\r\n",
        b"FIRST1\rSECOND\rTHIRD3\r",
        b"FIRST1\r\nSECOND\rTHIRD3\n",
        b"FIRST1\nSECOND\nTHIRD3",
    ],
)
def test_lines_may_end_in_any_way(sale: VoucherList, content: bytes) -> None:
    batch = upload(sale, content)
    assert codes_of(sale) == ["FIRST1", "SECOND", "THIRD3"]
    assert (batch.status, batch.accepted_count, batch.blank_count) == ("completed", 3, 0)


@pytest.mark.scenario("VCH-14")
def test_the_mark_of_utf8_is_no_part_of_the_first_code(sale: VoucherList) -> None:
    upload(sale, b"\xef\xbb\xbfABC1\n")
    assert codes_of(sale) == ["ABC1"]


@pytest.mark.scenario("VCH-15")
def test_utf16_is_converted_and_latin_is_refused_with_its_line(sale: VoucherList) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        mark = "\ufeff".encode(encoding)
        upload(sale, mark + f"{encoding}-1\r\n{encoding}-2".encode(encoding))
    assert codes_of(sale) == ["utf-16-le-1", "utf-16-le-2", "utf-16-be-1", "utf-16-be-2"]
    batch = upload(sale, "GOOD01\nGOOD02\ncaf\xe91\n".encode("latin-1"))
    assert (batch.status, batch.error_code, batch.error_line) == ("failed", "ENCODING", 3)
    assert len(codes_of(sale)) == 4


@pytest.mark.scenario("VCH-16")
def test_blank_lines_are_counted_apart(sale: VoucherList) -> None:
    batch = upload(sale, "\n\nCODE01\nCODE02\n\n   \nCODE03\n\n\nCODE04\n\nCODE05\n\n")
    assert (batch.accepted_count, batch.blank_count, batch.rejected_count) == (5, 8, 0)
    assert batch.status == BatchStatus.COMPLETED


@pytest.mark.scenario("VCH-17")
def test_a_heading_is_skipped_unless_told_that_there_is_none(sale: VoucherList) -> None:
    batch = upload(sale, "Voucher Code\nCODE01\n")
    assert (batch.is_header_skipped, batch.accepted_count) == (True, 1)
    assert codes_of(sale) == ["CODE01"]
    batch = upload(sale, "Voucher Code\nCODE02\n", header="no")
    assert not batch.is_header_skipped
    assert lines_of(batch) == [(1, "INNER_SPACE", "")]
    assert codes_of(sale) == ["CODE01", "CODE02"]


@pytest.mark.scenario("VCH-18")
def test_one_line_with_two_columns_refuses_the_whole_file(sale: VoucherList) -> None:
    lines = [f"CODE{number:06d}" for number in range(1, 4_711)]
    batch = upload(sale, [*lines, "A1,B1", "LAST001"])
    assert (batch.status, batch.error_code, batch.error_line) == ("failed", "MANY_COLUMNS", 4_711)
    assert "4711" in batch.error_message
    assert not VoucherCode.objects.filter(voucher_list=sale).exists()
    assert not StagedCode.objects.exists()


@pytest.mark.scenario("VCH-19")
def test_commas_and_quotation_marks_cost_at_most_their_own_line(sale: VoucherList) -> None:
    batch = upload(sale, "A1,\nA2,,,\n")
    assert codes_of(sale) == ["A1", "A2"]
    assert {reason for _, reason, _ in lines_of(batch)} == {"TRAILING_COMMA", "SHORT"}
    batch = upload(sale, '"A,1"\n"A""1"\n"A1\nNEXT01\n"QUOTED1"\n')
    assert lines_of(batch) == [(1, "COMMA", ""), (2, "BAD_CHARACTER", ""), (3, "QUOTE", "")]
    assert codes_of(sale) == ["A1", "A2", "NEXT01", "QUOTED1"]


@pytest.mark.scenario("VCH-24")
def test_a_code_has_at_most_255_characters_and_an_endless_line_is_one_refused_row(
    sale: VoucherList,
) -> None:
    endless = b"X" * (40 * 1024 * 1024)
    content = b"%s\n%s\n%s\nLAST001\n" % (b"A" * 256, b"B" * 255, endless)
    batch = uploads.receive(voucher_list=sale, file=a_file(content), actor=None, at=MORNING)
    with memory.peak() as peak:
        batch = work_off(batch)
    assert [row[:2] for row in lines_of(batch)] == [(1, "TOO_LONG"), (3, "TOO_LONG")]
    assert codes_of(sale) == ["B" * 255, "LAST001"]
    assert peak.grown_mb < 8


@pytest.mark.scenario("VCH-25")
def test_what_a_spreadsheet_damaged_is_refused_unless_ticked(sale: VoucherList) -> None:
    content = "1.23457E+12\n00123\n"
    batch = upload(sale, content, is_damage_accepted=False)
    assert (1, "SPREADSHEET_DAMAGE", "") in lines_of(batch)
    assert codes_of(sale) == ["00123"]
    batch = upload(sale, content, is_damage_accepted=True, is_same_file_fine=True)
    (line,) = batch.lines.filter(reason="SPREADSHEET_DAMAGE")
    assert line.outcome == "warning"
    assert codes_of(sale) == ["00123", "1.23457E+12"]


@pytest.mark.scenario("VCH-26")
def test_formulas_and_foreign_letters_are_refused_with_their_code_point(sale: VoucherList) -> None:
    batch = upload(sale, "=cmd()\nＡＢＣ123\nPUМA-01\nА-CYRILLIC\nGOOD-01\n")
    assert [row[1] for row in lines_of(batch)] == ["FORMULA", *["NON_ASCII"] * 3]
    messages = dict(batch.lines.values_list("line_no", "message"))
    assert "U+FF21" in messages[2]
    assert "U+0410" in messages[4]
    assert codes_of(sale) == ["GOOD-01"]


@pytest.mark.scenario("VCH-27")
def test_sheets_empty_files_and_files_beyond_50_mb_are_refused(
    sale: VoucherList, tmp_path: Path
) -> None:
    refused = {
        "sheet": b"PK\x03\x04" + b"\0" * 100,
        "binary": b"CODE\0CODE",
        "nothing": b"",
        "large": b"CODE0001\n" * ((50 * 1024 * 1024) // 9) + b"CODE000002",
    }
    assert len(refused["large"]) > uploads.reading.MOST_BYTES
    words = {}
    for name, content in refused.items():
        with pytest.raises(uploads.NotACodeFile) as refusal:
            upload(sale, content)
        words[name] = refusal.value.message
    assert "CSV UTF-8" in words["sheet"]
    assert "50 MB" in words["large"]
    assert not UploadBatch.objects.exists()
    assert not list(tmp_path.rglob("*.csv"))
    for content in ("Voucher code\n", "\n \n\n"):
        batch = upload(sale, content)
        assert (batch.status, batch.error_code) == ("failed", "EMPTY_FILE")


def test_fifty_megabytes_to_the_byte_are_received(sale: VoucherList) -> None:
    content = b"CODE0001\n" * ((50 * 1024 * 1024) // 9)
    content += b"X" * (uploads.reading.MOST_BYTES - len(content))
    batch = uploads.receive(voucher_list=sale, file=a_file(content), actor=None, at=sale.created_at)
    assert batch.file_size == uploads.reading.MOST_BYTES


def test_zeros_that_a_spreadsheet_took_are_remarked(sale: VoucherList) -> None:
    assert upload(sale, "123456\n12345678\n9876543\n").remarks != []
    assert upload(sale, "00123456\n22345678\n0076543\n").remarks == []


def test_blanks_around_a_code_are_trimmed_with_a_warning(sale: VoucherList) -> None:
    batch = upload(sale, "  CODE01\u00a0\n\u200bCODE02\ncode;03\ncode\t04\n")
    assert codes_of(sale) == ["CODE01", "CODE02"]
    assert [row[1] for row in lines_of(batch)] == ["TRIMMED"] * 2 + ["BAD_CHARACTER"] * 2


def test_semicolons_in_most_lines_refuse_the_file(sale: VoucherList) -> None:
    batch = upload(sale, ["CODE01", *[f"CODE{n:02d};5 EUR" for n in range(2, 9)]])
    assert (batch.error_code, batch.error_line) == ("MANY_COLUMNS", 2)


def test_codes_keep_every_sign_that_they_may_have(sale: VoucherList) -> None:
    codes = [r"A\tB\nC", "https://x.example/?a=1&b=2#c", "-_./:%*+@&#!=?", "a\\\\", "'quoted'"]
    upload(sale, codes)
    assert codes_of(sale) == codes
