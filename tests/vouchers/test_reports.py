"""The reports of vouchers, against a town whose figures were worked out by hand (vouchers.md 7.1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import Cast, client_of
from tests.factories.directory import make_business, make_user
from tests.factories.vouchers import (
    link_list,
    make_batch,
    make_campaign,
    make_codes,
    make_list,
    make_partner,
)
from tests.kit.access import AccessContract, Page
from tests.kit.lists import HTMX
from tests.vouchers.campaigning import ask, code_of, person
from tests.vouchers.spending import redeem
from vouchers.choices import Delivery
from vouchers.models import Campaign, Issuance, VoucherList, WaitEntry
from vouchers.selectors import report_ends, reports
from vouchers.selectors.reports import Line, Scope
from vouchers.services import code_expiry

pytestmark = pytest.mark.django_db
REPORTS = "/vouchers/reports"
MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
APRIL = datetime(2026, 4, 10, 12, tzinfo=UTC)
MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SPRING = Scope(since=date(2026, 3, 1), until=date(2026, 5, 31))
TIME = "since=2026-03-01&until=2026-05-31"


def given(campaign: Campaign, name: str, at: datetime, delivery: str = Delivery.NONE) -> str:
    """Give somebody a code, say how its mail fared, and return the code."""
    result = ask(campaign, person(name), at=at)
    assert result.issuance is not None, result
    Issuance.objects.filter(pk=result.issuance.pk).update(delivery_status=delivery)
    return code_of(result)


def wait(campaign: Campaign, name: str, since: datetime) -> None:
    WaitEntry.objects.create(
        campaign=campaign, recipient_key=f"email:{name}@home.example", qualified_at=since,
        idempotency_key=name, source="API", created_at=since, updated_at=since,
    )  # fmt: skip


def stocked(
    business: Organisation, partner: str, tag: str, codes: int, **changes: Any
) -> VoucherList:
    made = make_list(make_partner(business, partner), tag, at=MARCH, **changes)
    batch = make_batch(made, published_count=codes, created_at=MARCH)
    make_codes(made, codes, batch=batch, prefix=f"{tag.upper()}-SECRET-")
    return made


@pytest.fixture
def town(acme: Organisation) -> dict[str, Any]:
    """Puma: 20 codes, 3 given in March and 1 in April, 2 redeemed. Nike: 8 codes, 2 given, expired."""
    sale = stocked(acme, "Puma", "sale", 20)
    winter = stocked(acme, "Nike", "winter", 8, expires_at=APRIL + 5 * DAY)
    thanks = make_campaign(sale, "Thank you", at=MARCH)
    hello = make_campaign(winter, "Hello", at=MARCH)
    first = given(thanks, "ann", MARCH, Delivery.SENT)
    second = given(thanks, "ben", MARCH, Delivery.DELIVERED)
    given(thanks, "cleo", MARCH, Delivery.BOUNCED)
    given(thanks, "dora", APRIL)
    redeem(acme, first, at=MARCH + 2 * DAY)
    redeem(acme, second, at=MARCH + 4 * DAY)
    given(hello, "eric", MARCH)
    given(hello, "fay", APRIL)
    code_expiry.expire_due(at=MAY, limit=10)
    return {"sale": sale, "winter": winter, "thanks": thanks, "hello": hello}


@pytest.fixture
def desk(ana: User) -> Client:
    return client_of(ana)


def figures(line: Line) -> tuple[int, ...]:
    """Return uploaded, distributed, redeemed, expired, mailed, bounced."""
    counts = (line.uploaded, line.issued, line.redeemed, line.expired, line.mailed, line.bounced)
    return tuple(counts)


def used(business: Organisation, by: Any, scope: Scope = SPRING) -> dict[str, Line]:
    return {line.label: line for line in reports.use(business=business, scope=scope, by=by, at=MAY)}


def page(desk: Client, query: str = "", **headers: str) -> Any:
    answer = desk.get(f"{REPORTS}?{query}", headers=headers)
    assert answer.status_code == 200
    return answer


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.usefixtures("town")
def test_use_by_month_counts_codes_where_they_were_given_out(acme: Organisation) -> None:
    lines = used(acme, "month")
    assert {label: figures(line) for label, line in lines.items()} == {
        "Mar 2026": (28, 4, 2, 1, 2, 1),
        "Apr 2026": (0, 2, 0, 1, 0, 0),
        "May 2026": (0, 0, 0, 0, 0, 0),
    }
    assert lines["Mar 2026"].median == 3 * DAY
    assert lines["Apr 2026"].median is None


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("by", "puma", "nike"),
    [("partner", "Puma", "Nike"), ("list", "List sale", "List winter")],
)
def test_use_by_partner_and_by_list_says_what_is_left_too(
    acme: Organisation, by: str, puma: str, nike: str
) -> None:
    lines = used(acme, by)
    assert figures(lines[puma]) == (20, 4, 2, 0, 2, 1)
    assert figures(lines[nike]) == (8, 2, 0, 2, 0, 0)
    assert (lines[puma].stock.available, lines[puma].stock.distributable) == (16, 16)
    assert (lines[nike].stock.available, lines[nike].stock.distributable) == (6, 0)
    assert lines[puma].pending == 2


def test_use_by_campaign_says_what_its_lists_hold_together(
    acme: Organisation, town: dict[str, Any]
) -> None:
    link_list(town["hello"], town["sale"])
    lines = used(acme, "campaign")
    assert figures(lines["Thank you"]) == (0, 4, 2, 0, 2, 1)
    assert figures(lines["Hello"]) == (0, 2, 0, 2, 0, 0)
    assert lines["Hello"].stock.available == 16 + 6


@pytest.mark.usefixtures("town")
def test_totals_are_the_sums_and_the_median_of_all(acme: Organisation) -> None:
    for by in ("month", "partner", "list"):
        lines = list(used(acme, by).values())
        total = reports.total(lines=lines, business=acme, scope=SPRING)
        assert figures(total) == (28, 6, 2, 2, 2, 1)
        assert total.median == 3 * DAY


def test_who_waits_for_several_lists_counts_once(acme: Organisation, town: dict[str, Any]) -> None:
    more = make_list(town["sale"].partner, "more", at=MARCH)
    link_list(town["thanks"], more)
    wait(town["thanks"], "gus", APRIL)
    assert [used(acme, "list")[name].waiting for name in ("List sale", "List more")] == [1, 1]
    lines = used(acme, "partner")
    assert lines["Puma"].waiting == 1
    assert reports.total(lines=lines.values(), business=acme, scope=SPRING).waiting == 1


def test_codes_that_were_taken_back_do_not_count(acme: Organisation, town: dict[str, Any]) -> None:
    Issuance.objects.filter(campaign=town["thanks"], status="issued").update(
        status="revoked", closed_at=MAY
    )
    assert used(acme, "list")["List sale"].issued == 2


@pytest.mark.usefixtures("town")
def test_a_time_and_a_partner_narrow_the_report(acme: Organisation) -> None:
    april = Scope(since=date(2026, 4, 1), until=date(2026, 4, 30))
    assert [figures(line)[:2] for line in used(acme, "month", april).values()] == [(0, 2)]
    nike = make_partner(acme, "Fila")
    assert used(acme, "month", Scope(SPRING.since, SPRING.until, partner=nike.pk)) == {}


def test_months_are_those_of_the_business() -> None:
    kiwi = make_business("Kiwi Solar", admin=make_user(), zone="Pacific/Auckland")
    made = make_list(make_partner(kiwi), at=MARCH - 60 * DAY)
    # 1 March 2026, 00:30 in Auckland, is 28 February in UTC.
    make_codes(made, 1, batch=make_batch(
        made, published_count=1, created_at=datetime(2026, 2, 28, 11, 30, tzinfo=UTC)
    ))  # fmt: skip
    scope = Scope(since=date(2026, 2, 1), until=date(2026, 3, 31))
    lines = used(kiwi, "month", scope)
    assert {label: line.uploaded for label, line in lines.items()} == {"Feb 2026": 0, "Mar 2026": 1}


@pytest.mark.usefixtures("town")
def test_unused_at_expiry_counts_what_nobody_was_given(acme: Organisation) -> None:
    (line,) = report_ends.unused_at_expiry(business=acme, scope=SPRING, at=MAY)
    assert (line.label, line.uploaded, line.issued, line.unused) == ("List winter", 8, 2, 6)
    assert line.share == 75
    before = APRIL + 4 * DAY
    assert report_ends.unused_at_expiry(business=acme, scope=SPRING, at=before) == []


def test_the_aged_wait_list_tells_people_by_how_long_they_wait(
    acme: Organisation, town: dict[str, Any]
) -> None:
    waits = {"a": timedelta(hours=1), "b": DAY, "c": 6 * DAY, "d": 7 * DAY, "e": 29 * DAY,
             "f": 30 * DAY, "g": 60 * DAY}  # fmt: skip
    for name, waited in waits.items():
        wait(town["thanks"], name, MAY - waited)
    (line,) = report_ends.aged_wait_list(business=acme, scope=SPRING, at=MAY)
    assert (line.label, line.counts, line.waiting) == ("Thank you", (1, 2, 1, 1, 2), 7)
    assert line.oldest_at == MAY - 60 * DAY
    nike = Scope(SPRING.since, SPRING.until, partner=town["winter"].partner_id)
    assert report_ends.aged_wait_list(business=acme, scope=nike, at=MAY) == []


def test_another_business_sees_none_of_it(cast: Cast, town: dict[str, Any]) -> None:
    wait(town["thanks"], "gus", APRIL)
    theirs = cast.bright_bikes
    for by in ("month", "partner", "list", "campaign"):
        assert used(theirs, by) == {}
    assert report_ends.unused_at_expiry(business=theirs, scope=SPRING, at=MAY) == []
    assert report_ends.aged_wait_list(business=theirs, scope=SPRING, at=MAY) == []
    stocked(theirs, "Puma", "sale", 5)
    assert used(theirs, "month")["Mar 2026"].uploaded == 5
    assert used(cast.acme, "month")["Mar 2026"].uploaded == 28
    foreign = f"by=list&partner={town['sale'].partner_id}&{TIME}"
    answer = page(client_of(cast.boris), foreign)
    assert "Select a valid choice" in answer.content.decode()
    assert "List sale" not in answer.content.decode()


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("by", ["month", "partner", "list", "campaign", "unused"])
def test_every_line_leads_to_what_it_is_about_and_no_page_shows_a_code(
    desk: Client, by: str
) -> None:
    answer = page(desk, f"by={by}&{TIME}")
    assert answer.context["sheet"].rows
    for row in answer.context["sheet"].rows:
        assert desk.get(row.url).status_code == 200
    assert "SECRET" not in answer.content.decode()
    assert desk.get(answer.context["history_url"]).status_code == 200
    drawn = [chart for chart in answer.context["charts"] if not chart.is_empty]
    assert all(chart.rows for chart in drawn)
    assert answer.content.decode().count("Show as table") == len(drawn) >= 1


def test_files_hold_the_table_with_bare_numbers_and_no_formula(
    desk: Client, town: dict[str, Any]
) -> None:
    VoucherList.objects.filter(pk=town["sale"].pk).update(name="=HYPERLINK(1)")
    text = text_of(desk.get(f"{REPORTS}?by=list&{TIME}&export=csv"))
    assert "SECRET" not in text
    rows = {row["List"]: row for row in csv.DictReader(io.StringIO(text))}
    sale = rows["'=HYPERLINK(1)"]
    assert (sale["Partner and tag"], sale["Uploaded"], sale["Distributed"]) == (
        "Puma · sale",
        "20",
        "4",
    )
    assert (sale["Redemption rate"], sale["Median to redemption"]) == ("50.0", "3.0")
    assert rows["Total"]["Distributed"] == "6"
    book = desk.get(f"{REPORTS}?by=unused&{TIME}&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]
    assert [cell.value for cell in sheet[1]][-3:] == ["Distributed", "Unused", "Share unused"]
    assert [cell.value for cell in sheet[2]][-3:] == [2, 6, 75]


def test_a_file_of_who_waits_can_be_had_too(desk: Client, town: dict[str, Any]) -> None:
    wait(town["thanks"], "gus", now() - 3 * DAY)
    (row, total) = csv.DictReader(
        io.StringIO(text_of(desk.get(f"{REPORTS}?by=waiting&export=csv")))
    )
    assert (row["Campaign"], row["Waiting"], row["1 to 6 days"]) == ("Thank you", "1", "1")
    assert total["Waiting"] == "1"


@pytest.mark.usefixtures("town")
def test_settings_that_make_no_sense_are_named_and_the_last_year_is_shown(desk: Client) -> None:
    answer = page(desk, "since=2026-05-01&until=2026-04-01")
    assert "Choose a day after the first one." in answer.content.decode()
    assert "Choose at most five years." in page(desk, "since=2015-01-01").content.decode()
    queries = ("since=nonsense", "since=0001-01-01&until=0001-01-02", "by=colour", "partner=%00")
    for query in queries:
        assert page(desk, query).context["kind"] == "month"
        assert "is not right" in page(desk, query).content.decode()


@pytest.mark.usefixtures("town")
def test_fragment_is_the_report_without_the_page(desk: Client) -> None:
    part = page(desk, f"by=list&{TIME}", **HTMX).content.decode().strip()
    assert part.startswith('<div id="report"')
    assert part in page(desk, f"by=list&{TIME}").content.decode()


def test_empty_reports_say_when_there_will_be_something(desk: Client) -> None:
    words = {
        "": "Nothing to report yet",
        TIME: "No codes in this time",
        "by=unused": "No list with codes expired",
        "by=waiting": "Nobody is waiting",
    }
    for query, title in words.items():
        shown = page(desk, query).content.decode()
        assert title in shown
        assert reverse("voucher_lists") in shown


@pytest.mark.parametrize("by", ["month", "partner", "list", "campaign", "unused", "waiting"])
def test_a_report_costs_the_same_however_much_there_is(
    desk: Client, acme: Organisation, town: dict[str, Any], by: str
) -> None:
    wait(town["thanks"], "gus", APRIL)
    page(desk, f"by={by}&{TIME}")
    with CaptureQueriesContext(connection) as few:
        page(desk, f"by={by}&{TIME}")
    for name in ("Adidas", "Fila", "Reebok"):
        more = stocked(acme, name, name.lower(), 3, expires_at=APRIL + DAY)
        campaign = make_campaign(more, at=MARCH)
        given(campaign, name, MARCH)
        wait(campaign, name, APRIL)
    with CaptureQueriesContext(connection) as many:
        page(desk, f"by={by}&{TIME}")
    assert len(few) == len(many) <= 15


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        yield Page(REPORTS, "vouchers.read")
