"""Files that tell of redemptions by the thousand (vouchers.md 9.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from directory.models import Organisation, User
from tests.factories.vouchers import MORNING, make_codes, make_list, make_partner
from tests.vouchers.spending import give, redeem
from vouchers.choices import BatchStatus, CodeState
from vouchers.models import Partner, Redemption, RedemptionUpload, VoucherCode, VoucherList
from vouchers.outside_choices import Channel
from vouchers.redemption_files import BadFile, BadRow, heading_of, row_of
from vouchers.services import counting, redemption_uploads
from vouchers.services.redemption_uploads import NotARedemptionFile

ZONE = ZoneInfo("Asia/Nicosia")
HEAD = "code,redeemed_at,reference,amount,currency,status\n"


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return make_list(make_partner(acme, "Puma"), "sale")


def upload(
    business: Organisation, text: str | bytes, *, partner: Partner | None = None,
    actor: User | None = None, at: datetime = MORNING, done: bool = True,
) -> RedemptionUpload:  # fmt: skip
    raw = text if isinstance(text, bytes) else text.encode()
    made = redemption_uploads.receive(
        business=business, file=SimpleUploadedFile("spent.csv", raw), partner=partner,
        channel=Channel.PORTAL if partner else Channel.FILE, actor=actor, name="Ada", at=at,
    )  # fmt: skip
    if done:
        redemption_uploads.work(at=at, portions=100)
    made.refresh_from_db()
    return made


def reasons_of(made: RedemptionUpload) -> dict[int, str]:
    return dict(made.lines.values_list("line_no", "reason"))


@pytest.mark.scenario("VCH-73")
def test_every_row_has_its_outcome_and_good_ones_are_applied(
    acme: Organisation, sale: VoucherList
) -> None:
    give(sale, "GOOD-1")
    give(sale, "GOOD-2")
    give(sale, "SPENT-1")
    redeem(acme, "SPENT-1", reference="R-0")
    short = make_list(sale.partner, "short", expires_at=MORNING + timedelta(days=2))
    give(short, "OVER-1")
    give(make_list(make_partner(acme, "Adidas")), "OTHER-1")
    at = MORNING + timedelta(days=5)
    made = upload(
        acme,
        HEAD
        + "GOOD-1,2026-03-05,R-1,12.50,EUR,\n"
        + "NOBODY-1,,R-2,,,\n"
        + "GOOD-1,,R-3,,,redeemed\n"
        + "SPENT-1,,R-9,,,\n"
        + "OVER-1,,R-4,,,\n"
        + "OTHER-1,,R-5,,,\n"
        + "\n"
        + '"GOOD-2\n'
        + "GOOD-2,,R-6,,,\n"
        + "GOOD-1,2026-03-05,R-1,12.50,EUR,\n",
        partner=sale.partner,
        at=at,
    )
    assert reasons_of(made) == {
        3: "unknown_code", 4: "already_redeemed", 5: "already_redeemed", 6: "expired",
        7: "unknown_code", 9: "bad_row",
    }  # fmt: skip
    assert made.status == BatchStatus.COMPLETED_WITH_ERRORS
    assert (made.row_count, made.accepted_count, made.rejected_count) == (9, 3, 6)
    assert made.reasons["repeated"] == 1
    states = dict(VoucherCode.objects.values_list("code", "state"))
    assert states["GOOD-1"] == states["GOOD-2"] == CodeState.REDEEMED
    assert (states["OVER-1"], states["OTHER-1"]) == (CodeState.ISSUED, CodeState.ISSUED)
    first = Redemption.objects.get(code__code="GOOD-1", result="redeemed")
    assert (first.amount_minor, first.currency, first.channel) == (1250, "EUR", "portal")
    assert first.redeemed_at == datetime(2026, 3, 5, tzinfo=ZoneInfo(acme.time_zone))
    assert not counting.compare(sale).differs
    assert not made.lines.filter(masked_code__contains="OTHER").exists()


def test_a_file_reverses_too(acme: Organisation, sale: VoucherList) -> None:
    give(sale, "GOOD-1")
    made = upload(acme, "status;reference;code\nredeemed;R-1;GOOD-1\nREVERSED;R-1;GOOD-1\n")
    assert (made.status, made.accepted_count) == (BatchStatus.COMPLETED, 2)
    assert VoucherCode.objects.get().state == CodeState.ISSUED


@pytest.mark.parametrize(
    "raw",
    [
        "\ufeffcode\r\nGOOD-1\r\nGOOD-2".encode(),
        "code\nGOOD-1\nGOOD-2\n".encode("utf-16"),
        b"\n\ncode\rGOOD-1\rGOOD-2\r",
    ],
    ids=["bom", "utf-16", "cr"],
)
def test_files_come_in_many_forms(acme: Organisation, sale: VoucherList, raw: bytes) -> None:
    give(sale, "GOOD-1")
    give(sale, "GOOD-2")
    assert upload(acme, raw).accepted_count == 2


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"", "empty"),
        (b"voucher\nA-1\n", "code"),
        (b"code,code\nA-1\n", "twice"),
        ("code\nA-1\né\n".encode("latin-1"), "UTF-8"),
    ],
    ids=["sheet", "empty", "no heading", "twice", "latin"],
)
def test_what_is_no_file_of_redemptions_is_refused(
    acme: Organisation, raw: bytes, word: str
) -> None:
    with pytest.raises(NotARedemptionFile) as refused:
        upload(acme, raw)
    assert word in refused.value.message
    assert not RedemptionUpload.objects.exists()


def test_a_killed_workers_file_goes_on_with_the_next_row(
    acme: Organisation, sale: VoucherList, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [f"ROW-{number:03d}" for number in range(7)]
    for code in codes:
        give(sale, code)
    made = upload(acme, "code,reference\n" + "".join(f"{c},r\n" for c in codes), done=False)
    monkeypatch.setattr(redemption_uploads, "PORTION", 3)
    assert redemption_uploads.work(at=MORNING, portions=1) == 1
    made.refresh_from_db()
    assert (made.row_count, made.status) == (3, BatchStatus.IN_PROGRESS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM vouchers_redemption")
        assert cursor.fetchone()[0] == 3
    redemption_uploads.work(at=MORNING, portions=50)
    made.refresh_from_db()
    assert (made.row_count, made.accepted_count) == (7, 7)
    assert made.reasons == {}


def test_a_small_file_does_not_wait_for_a_large_one(
    acme: Organisation, sale: VoucherList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redemption_uploads, "PORTION", 5)
    large = upload(acme, "code\n" + "NONE\n" * 100, done=False)
    small = upload(acme, "code\nNONE\n", done=False)
    redemption_uploads.work(at=MORNING, portions=2)
    small.refresh_from_db()
    large.refresh_from_db()
    assert small.status == BatchStatus.COMPLETED_WITH_ERRORS
    assert large.status == BatchStatus.IN_PROGRESS


def test_files_go_after_ninety_days_and_counts_stay(acme: Organisation, sale: VoucherList) -> None:
    made = upload(acme, "code\nNONE\n")
    assert redemption_uploads.forget_files(at=MORNING + timedelta(days=90)) == 0
    assert redemption_uploads.forget_files(at=MORNING + timedelta(days=91)) == 1
    made.refresh_from_db()
    assert (bool(made.file), made.rejected_count) == (False, 1)


def test_a_leak_in_a_file_kills_the_code(acme: Organisation, sale: VoucherList) -> None:
    make_codes(sale, codes=["FREE-1"])
    made = upload(acme, "code\nFREE-1\n")
    assert reasons_of(made) == {2: "not_issued"}
    assert VoucherCode.objects.get().state == CodeState.VOID


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (",R-1", "missing"),
        ("A-1,R-1,12.50,", "currency"),
        ("A-1,R-1,twelve,EUR", "12.34"),
        ("A-1,R-1,-5,EUR", "never"),
        ("A-1,R-1,,,2099-01-01", "future"),
        ("A-1,R-1,,,last week", "2026-05-04"),
        ("A-1,R-1,,,,gone", "redeemed or reversed"),
        ("A-1," + "r" * 101, "longer than 100"),
        ('"A-1,R-1', "quotation"),
        ("A" * 5_000, "4,096"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_in_words(line: str, word: str) -> None:
    heading = heading_of("code,reference,amount,currency,redeemed_at,status")
    with pytest.raises(BadRow, match=word):
        row_of(line, heading, zone=ZONE, at=datetime(2026, 5, 4, tzinfo=UTC))


def test_a_moment_without_offset_is_of_the_businesss_time() -> None:
    heading = heading_of("Code;Redeemed_At;other")
    row = row_of("A-1;2026-05-04T12:00;x", heading, zone=ZONE, at=datetime(2026, 6, 1, tzinfo=UTC))
    assert row.redeemed_at == datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def test_a_heading_needs_a_code() -> None:
    with pytest.raises(BadFile):
        heading_of("reference,amount")


def test_a_sign_that_no_column_takes_costs_its_row_and_not_the_file(
    acme: Organisation, sale: VoucherList
) -> None:
    for number in (1, 2):
        give(sale, f"GOOD-{number}")
    # Behind the first four kilobytes, which are looked at before the file is taken.
    long = "".join(f"NOBODY-{number:04d},,R-{number},,,\n" for number in range(300))
    rows = f"{HEAD}GOOD-1,,R-A,,,\n{long}GO\x00OD-2,,R-B,,,\nGOOD-2,,R\x00C,,,\nGOOD-2,,R-D,,,\n"
    made = upload(acme, rows)
    assert (made.status, made.accepted_count) == (BatchStatus.COMPLETED_WITH_ERRORS, 2)
    assert made.reasons == {"unknown_code": 300, "bad_row": 2}
    bad = made.lines.filter(reason="bad_row").order_by("line_no")
    assert [line.message for line in bad] == [
        "The code holds a character that cannot be printed.",
        "The reference holds a character that cannot be printed.",
    ]


@pytest.mark.parametrize(
    "row",
    [
        "GOOD-1,2026-13-40,,,,", "GOOD-1,9999-12-31T23:59:59-14:00,,,,", "GOOD-1,0001-01-01,,,,",
        "GOOD-1,0001-01-01T00:00:00+14:00,,,,", "GOOD-1,,,99999999999999999999,EUR,",
        "GOOD-1,,,1e9,EUR,", "GOOD-1,,,-1,EUR,", "GOOD-1,,,1,XXX1,", "GOOD-1,,,1,,",
    ],
)  # fmt: skip
def test_no_value_of_a_row_stops_the_file(acme: Organisation, sale: VoucherList, row: str) -> None:
    give(sale, "GOOD-1")
    made = upload(acme, f"{HEAD}{row}\nGOOD-1,,R-1,,,\n")
    assert (made.accepted_count, made.reasons) == (1, {"bad_row": 1})
