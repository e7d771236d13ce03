"""What becomes of an upload: duplicates, modes, cancelling, withdrawing (vouchers.md 4.4, 4.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from core.models import Mail
from tests.cast import Cast
from tests.factories.vouchers import MORNING, make_batch, make_codes, make_list, make_partner
from tests.vouchers.campaigning import ask, code_of, person, running
from tests.vouchers.loading import a_file, codes_of, lines_of, upload, work_off
from vouchers.choices import BatchStatus, CodeState, DuplicateScope, ListStatus, Outcome
from vouchers.importing import reading
from vouchers.models import StagedCode, UploadBatch, VoucherCode, VoucherList
from vouchers.services import comparing, counting, imports, upload_ends, uploads, withdrawing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sale(cast: Cast) -> VoucherList:
    return make_list(make_partner(cast.acme, "Puma"), "sale")


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give small files a turn for each step, as large ones have."""
    monkeypatch.setattr(imports, "SMALL", 0)


def is_conserved(voucher_list: VoucherList) -> bool:
    """Tell whether the counters say what the codes are (R-CONS)."""
    return not counting.compare(voucher_list).differs


def archive(voucher_list: VoucherList) -> None:
    """Put the list aside: its codes count as duplicates no more."""
    VoucherCode.objects.filter(voucher_list=voucher_list).update(dedupe_scope=None)
    VoucherList.objects.filter(pk=voucher_list.pk).update(
        status=ListStatus.ARCHIVED, codes_released_at=MORNING
    )


@pytest.mark.scenario("VCH-20")
def test_of_a_code_twice_in_a_file_the_first_is_kept(sale: VoucherList) -> None:
    lines = [f"CODE{number:04d}" for number in range(1, 12)]
    lines[1] = lines[8] = "TWICE01"
    batch = upload(sale, lines)
    assert lines_of(batch) == [(9, "DUPLICATE_IN_FILE", "first on line 2")]
    assert codes_of(sale).count("TWICE01") == 1
    assert (batch.accepted_count, batch.duplicate_in_file_count) == (10, 1)


@pytest.mark.scenario("VCH-22")
def test_the_five_cases_of_duplicates(cast: Cast) -> None:
    puma, nike = make_partner(cast.acme, "Puma"), make_partner(cast.acme, "Nike")
    first = make_list(puma, "summer")
    make_codes(first, codes=["SAME-01"])
    allowed = {
        "A: the first list": 1,
        "B: another tag": upload(make_list(puma, "winter"), "SAME-01\n").accepted_count,
        "C: another partner": upload(make_list(nike, "summer"), "SAME-01\n").accepted_count,
        "D: the same list": upload(first, "SAME-01\n").accepted_count,
    }
    archive(first)
    again = upload(make_list(puma, "summer"), "SAME-01\n")
    allowed["E: an archived list of the tag"] = again.accepted_count
    assert list(allowed.values()) == [1, 1, 1, 0, 1]


@pytest.mark.scenario("VCH-23")
def test_a_code_issued_from_an_archived_list_comes_again_only_with_a_reason(cast: Cast) -> None:
    puma = make_partner(cast.acme, "Puma")
    old = make_list(puma, "sale")
    codes = [f"AGAIN-{number:02d}" for number in range(10)]
    make_codes(old, codes=codes[:3], state=CodeState.ISSUED)
    make_codes(old, codes=codes[3:])
    archive(old)
    new = make_list(puma, "sale")
    batch = upload(new, codes, is_rehearsal=True, actor=cast.ada)
    assert (batch.status, batch.accepted_count) == (BatchStatus.REHEARSED, 7)
    assert [row[1] for row in lines_of(batch)] == ["ISSUED_BEFORE"] * 3
    assert codes_of(new) == []
    uploads.rehearse_again(
        batch=batch,
        is_damage_accepted=False,
        issued_before_reason="Never used",
        actor=cast.mara,
        at=MORNING,
    )
    audited = batch.acts.get(kind="override")
    assert (audited.user, audited.note) == (cast.mara, "Never used")
    batch = work_off(batch)
    assert (batch.status, batch.accepted_count) == (BatchStatus.REHEARSED, 10)
    uploads.start(batch=batch, actor=None, at=MORNING)
    batch = work_off(batch)
    assert sorted(codes_of(new)) == codes
    assert set(batch.lines.values_list("outcome", "reason")) == {("warning", "ISSUED_BEFORE")}
    assert (batch.issued_before_reason, batch.uploaded_by) == ("Never used", cast.ada)
    assert upload(make_list(puma, "sale2"), codes).accepted_count == 10


def test_codes_of_another_list_are_doubles_where_the_partner_counts(cast: Cast) -> None:
    puma = make_partner(cast.acme, "Puma", duplicate_scope=DuplicateScope.PARTNER)
    other, own = make_list(puma, "other"), make_list(puma, "own")
    make_codes(other, codes=["THERE-1"])
    batch = upload(own, "THERE-1\nFRESH-1\n")
    assert lines_of(batch) == [(1, "DUPLICATE_IN_PARTNER", f"list {other.list_id}")]
    assert batch.lines.get().value == "TH••••••-1"


def test_capitals_clash_with_a_warning_or_make_a_double(cast: Cast) -> None:
    puma = make_partner(cast.acme, "Puma")
    exact, folded = make_list(puma, "exact"), make_list(puma, "folded", code_case="insensitive")
    make_codes(exact, codes=["SUMMER-1"])
    batch = upload(exact, "summer-1\nWinter-1\nWINTER-1\n")
    assert (batch.accepted_count, batch.status) == (3, BatchStatus.COMPLETED)
    assert [row[:2] for row in lines_of(batch)] == [(n, "CASE_CLASH") for n in (1, 2, 3)]
    batch = upload(folded, "summer-1\nSUMMER-1\n")
    assert lines_of(batch) == [(2, "DUPLICATE_IN_FILE", "first on line 1")]
    assert codes_of(folded) == ["summer-1"]


@pytest.mark.scenario("VCH-29")
def test_a_full_list_takes_the_first_lines_only_and_strictly_none(
    sale: VoucherList,
) -> None:
    fill(sale, 999_990)
    lines = [f"CODE{number:04d}" for number in range(1, 21)]
    strict = upload(sale, lines, mode="strict")
    assert (strict.status, strict.accepted_count, strict.rejected_count) == ("failed", 0, 10)
    assert VoucherCode.objects.filter(voucher_list=sale).count() == 999_990
    batch = upload(sale, lines)
    assert (batch.accepted_count, batch.reasons) == (10, {"LIST_FULL": 10})
    assert [row[0] for row in lines_of(batch, "LIST_FULL")] == list(range(11, 21))
    mine = VoucherCode.objects.filter(batch=batch).order_by("line_no")
    assert list(mine.values_list("code", flat=True)) == lines[:10]
    assert VoucherCode.objects.filter(voucher_list=sale).count() == 1_000_000
    assert is_conserved(sale)


def fill(voucher_list: VoucherList, number: int) -> None:
    """Put so many codes into the list, written by the database itself."""
    read = {"has_small_letters": False}
    batch = make_batch(voucher_list, published_count=number, reading=read)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vouchers_vouchercode (id, voucher_list_id, batch_id, line_no, code,"
            " code_key, dedupe_scope, pick_key, state, void_reason, void_note)"
            " SELECT lpad(to_hex(n), 32, '0')::uuid, %(list)s, %(batch)s, n, code, code, %(list)s, n,"
            " 'available', '', '' FROM (SELECT n, 'FULL' || lpad(n::text, 7, '0') AS code"
            " FROM generate_series(1, %(number)s) AS n) AS one",
            {"list": voucher_list.pk, "batch": batch.pk, "number": number},
        )
        # What the server does by itself within a minute of so many new rows.
        cursor.execute("ANALYZE vouchers_vouchercode")
    counting.count(voucher_list.pk, uploaded=number)


@pytest.mark.scenario("VCH-30")
@pytest.mark.scenario("VCH-31")
def test_one_bad_line_of_a_hundred_thousand_fails_strictly_and_is_left_out_partially(
    sale: VoucherList,
) -> None:
    lines = [f"CODE{number:08d}" for number in range(100_000)]
    lines[4_710] = "BAD CODE"
    strict = upload(sale, lines, mode="strict")
    assert strict.status == BatchStatus.FAILED
    assert "nothing was imported" in strict.error_message
    assert lines_of(strict) == [(4_711, "INNER_SPACE", "")]
    assert not VoucherCode.objects.filter(voucher_list=sale).exists()
    assert not StagedCode.objects.exists()
    batch = upload(sale, lines)
    assert batch.status == BatchStatus.COMPLETED_WITH_ERRORS
    assert (batch.published_count, batch.row_count) == (99_999, 100_000)
    assert VoucherCode.objects.filter(voucher_list=sale).count() == 99_999
    assert is_conserved(sale)


@pytest.mark.scenario("VCH-33")
def test_who_asks_during_an_import_gets_no_staged_code_and_afterwards_all_of_them(
    sale: VoucherList, slowly: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", 256)
    lines = [f"CODE{number:06d}" for number in range(100)]
    campaign = running(sale, on_exhaustion="fallback_code", fallback_code="FOR-ALL")
    batch = uploads.receive(voucher_list=sale, file=a_file(lines), actor=None, at=MORNING)
    asked = 0
    while UploadBatch.objects.get(pk=batch.pk).step != "publishing":
        assert imports.turn(at=MORNING)
        assert ask(campaign, person(f"early{asked}")).outcome == Outcome.FALLBACK
        assert codes_of(sale) == []
        assert counting.compare(sale).stored == (0,) * 6
        asked += 1
    assert asked > 5
    assert StagedCode.objects.count() == 100
    work_off(batch)
    given = [code_of(ask(campaign, person(f"late{number}"))) for number in range(100)]
    assert given == lines
    assert ask(campaign, person("last")).outcome == Outcome.FALLBACK
    assert is_conserved(sale)


@pytest.mark.scenario("VCH-34")
def test_a_cancelled_upload_leaves_nothing_and_a_withdrawn_one_what_was_given(
    sale: VoucherList,
) -> None:
    lines = [f"CODE{number:08d}" for number in range(100_000)]
    batch = uploads.receive(voucher_list=sale, file=a_file(lines), actor=None, at=MORNING)
    while (now := UploadBatch.objects.get(pk=batch.pk)).cursor_byte < 0.6 * now.file_size:
        imports.turn(at=MORNING)
    uploads.cancel(batch=batch, actor=None, at=MORNING)
    assert work_off(batch).status == BatchStatus.CANCELLED
    assert not VoucherCode.objects.exists()
    assert not StagedCode.objects.exists()
    good = upload(sale, lines[:100])
    issued = VoucherCode.objects.filter(code__in=lines[:3])
    issued.update(state=CodeState.ISSUED, given_at=MORNING)
    counting.count(sale.pk, issued=3)
    good = withdrawing.withdraw(batch=good, actor=None, at=MORNING)
    assert (good.status, good.void_count) == (BatchStatus.WITHDRAWN, 97)
    assert codes_of(sale, state=CodeState.VOID) == lines[3:100]
    assert codes_of(sale, state=CodeState.ISSUED) == lines[:3]
    assert is_conserved(sale)
    with pytest.raises(uploads.NotReady):
        withdrawing.withdraw(batch=good, actor=None, at=MORNING)


@pytest.mark.scenario("VCH-35")
def test_the_same_file_is_asked_about_and_changes_nothing(sale: VoucherList) -> None:
    first = upload(sale, "CODE01\nCODE02\n")
    batch = upload(sale, "CODE01\nCODE02\n")
    assert (batch.status, batch.same_as) == (BatchStatus.ASKING, first)
    assert batch.row_count == 0
    uploads.take_anyway(batch=batch, actor=None, at=MORNING)
    batch = work_off(batch)
    assert lines_of(batch) == [
        (1, "DUPLICATE_IN_LIST", "upload 1, line 1"),
        (2, "DUPLICATE_IN_LIST", "upload 1, line 2"),
    ]
    assert codes_of(sale) == ["CODE01", "CODE02"]
    assert is_conserved(sale)


def test_uploads_to_one_list_go_one_after_the_other(sale: VoucherList) -> None:
    batches = [
        uploads.receive(voucher_list=sale, file=a_file([f"N{n}-CODE"]), actor=None, at=MORNING)
        for n in range(3)
    ]
    worked = []
    while batch := imports.turn(at=MORNING):
        worked.append(batch.number)
    assert worked == sorted(worked)
    assert codes_of(sale) == ["N0-CODE", "N1-CODE", "N2-CODE"]
    assert [batch.number for batch in batches] == [1, 2, 3]


def test_a_strict_upload_that_loses_a_code_while_publishing_leaves_nothing(
    sale: VoucherList, slowly: None
) -> None:
    batch = uploads.receive(
        voucher_list=sale,
        file=a_file(["FIRST-1", "LOST-01"]),
        mode="strict",
        actor=None,
        at=MORNING,
    )
    while UploadBatch.objects.get(pk=batch.pk).step != "publishing":
        imports.turn(at=MORNING)
    make_codes(sale, codes=["LOST-01"])
    batch = work_off(batch)
    assert (batch.status, batch.error_code) == (BatchStatus.FAILED, "STRICT")
    assert codes_of(sale) == ["LOST-01"]
    assert [row[:2] for row in lines_of(batch)] == [(2, "DUPLICATE_IN_LIST")]
    assert is_conserved(sale)


@pytest.mark.parametrize("status", [ListStatus.EXPIRED, ListStatus.ARCHIVED])
def test_a_closed_list_takes_no_codes(cast: Cast, status: str) -> None:
    closed = make_list(make_partner(cast.acme), status=status)
    with pytest.raises(uploads.ListClosed):
        upload(closed, "CODE01\n")
    paused = make_list(make_partner(cast.acme), status=ListStatus.PAUSED)
    assert upload(paused, "CODE01\n").accepted_count == 1


def test_whoever_uploaded_is_told_once_what_became_of_it(cast: Cast, sale: VoucherList) -> None:
    batch = upload(sale, "CODE01\nBAD CODE\n", actor=cast.ada)
    assert upload_ends.tell_due(at=MORNING) == 1
    assert upload_ends.tell_due(at=MORNING) == 0
    mail = Mail.objects.get(kind="vouchers_upload")
    assert (mail.to, batch.uploaded_by_name) == (cast.ada.email, cast.ada.email)
    assert "1 of 2 codes were added." in mail.context["sentence"]
    assert "CODE01" not in str(mail.context)


def test_files_are_forgotten_after_ninety_days_and_the_counts_stay(sale: VoucherList) -> None:
    batch = upload(sale, "CODE01\nBAD CODE\n")
    assert uploads.forget_files(at=MORNING + timedelta(days=89)) == 0
    assert uploads.forget_files(at=MORNING + timedelta(days=91)) == 1
    batch = UploadBatch.objects.get(pk=batch.pk)
    assert (bool(batch.file), batch.lines.count(), batch.rejected_count) == (False, 0, 1)


def test_a_file_that_nobody_decided_about_is_given_up_after_a_week(sale: VoucherList) -> None:
    batch = upload(sale, "CODE01\n", is_rehearsal=True)
    assert StagedCode.objects.count() == 1
    assert uploads.give_up_undecided(at=MORNING + timedelta(days=6)) == 0
    assert uploads.give_up_undecided(at=MORNING + timedelta(days=8)) == 1
    assert UploadBatch.objects.get(pk=batch.pk).status == BatchStatus.CANCELLED
    assert StagedCode.objects.count() == 0


def test_a_code_belongs_to_a_batch_of_its_list(sale: VoucherList, cast: Cast) -> None:
    other = make_list(make_partner(cast.acme))
    batch = upload(sale, "CODE01\n")
    with pytest.raises(Exception, match="belongs to a batch of its list"):
        make_codes(other, 1, batch=batch)


def test_a_batch_with_codes_is_never_deleted(sale: VoucherList) -> None:
    batch = upload(sale, "CODE01\n")
    with pytest.raises(Exception, match="never deleted"):
        UploadBatch.objects.filter(pk=batch.pk)._raw_delete("default")


def test_the_room_of_a_list_leaves_out_void_codes(sale: VoucherList) -> None:
    counting.count(sale.pk, uploaded=10, void=5)
    assert comparing.room_in(sale) == 999_990
