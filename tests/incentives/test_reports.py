"""The fulfilment report and the list behind it, against figures worked out by hand (6.7)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.money import Money
from incentives.models import Distribution, Offer, Program
from incentives.selectors import fulfilment
from incentives.selectors.fulfilment import Scope
from incentives.services import distributions
from incentives.services.actors import provider
from incentives.services.distributions import Edit
from incentives.terms import Terms
from tests.cast import Cast, client_of
from tests.factories.directory import make_business, make_user
from tests.factories.incentives import make_offer, make_program, record_success
from tests.kit.access import AccessContract, Page
from tests.kit.lists import HTMX, ListContract

pytestmark = pytest.mark.django_db
REPORT = "/provider/reports"
LIST = "/provider/incentive-distributions"


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.finn)


@pytest.fixture
def panels(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


def confirmed(program: Program, terms: Terms, *, at: datetime | None = None, **more: Any) -> Offer:
    return make_offer(program=program, status="approved_confirmed", terms=terms, at=at, **more)


def euro(amount: int) -> Terms:
    return Terms.money(Money(amount * 100, "EUR"), "By bank transfer")


def succeed(offer: Offer, value: Decimal | int | None) -> None:
    actor = provider(offer.business.memberships.earliest("pk").user)
    given = Decimal(value) if value is not None else None
    record_success(offer, actor=actor, at=clock.now(), value=given)


def fail(offer: Offer) -> None:
    row = Distribution.objects.get(offer=offer)
    distributions.update_batch(
        subject=offer,
        edits=[Edit(row.pk, row.version, row.value.number, "The account was closed", "failed")],
        actor=provider(offer.business.memberships.earliest("pk").user),
        at=clock.now(),
    )


@pytest.fixture
def town(panels: Program, cast: Cast) -> dict[str, Program]:
    """Three euro cashbacks (one paid short, one failed, one pending), dollars, percent, words."""
    pump = make_program(cast.acme, "Heat pump")
    succeed(confirmed(panels, euro(50)), 45)
    fail(confirmed(panels, euro(70)))
    confirmed(panels, euro(30))
    succeed(confirmed(pump, Terms.money(Money(2000, "USD"), "By cheque")), 25)
    succeed(
        confirmed(
            pump, Terms.percentage(Decimal("12.5"), "On the pump"), incentive_type="discount"
        ),
        Decimal("12.5"),
    )
    succeed(confirmed(pump, Terms.words("A framed photograph"), incentive_type="other"), None)
    make_offer(program=panels, status="approved")
    confirmed(make_program(cast.bright_bikes), euro(999))
    return {"panels": panels, "pump": pump}


def report(desk: Client, query: str = "", **headers: str) -> Any:
    answer = desk.get(f"{REPORT}?{query}", headers=headers)
    assert answer.status_code == 200
    return answer


def found(answer: Any, part: str = "rows") -> dict[tuple[str, str], dict[str, tuple[int, str]]]:
    """Return the report's lines as label and unit → figure → count and sum in words."""
    return {
        (row.label, row.unit): {
            cell.name: (cell.count, cell.money.format() if cell.money is not None else "")
            for cell in row.cells
        }
        | {"difference": (0, row.difference)}
        for row in answer.context[part]
    }


@pytest.mark.usefixtures("town")
def test_report_by_type_is_what_was_worked_out_by_hand(desk: Client) -> None:
    lines = found(report(desk, "by=type"))
    assert lines == {
        ("Cashback", "EUR"): {
            "promised": (3, "€150.00"),
            "delivered": (1, "€45.00"),
            "failed": (1, "€70.00"),
            "pending": (1, "€30.00"),
            "difference": (0, "−€5.00"),
        },
        ("Cashback", "USD"): {
            "promised": (1, "US$20.00"),
            "delivered": (1, "US$25.00"),
            "failed": (0, "US$0.00"),
            "pending": (0, "US$0.00"),
            "difference": (0, "+US$5.00"),
        },
        ("Discount", "Percentages"): {
            "promised": (1, ""),
            "delivered": (1, ""),
            "failed": (0, ""),
            "pending": (0, ""),
            "difference": (0, "–"),
        },
        ("Other", "Words alone"): {
            "promised": (1, ""),
            "delivered": (1, ""),
            "failed": (0, ""),
            "pending": (0, ""),
            "difference": (0, "–"),
        },
    }


def test_report_by_program_and_its_filters(desk: Client, town: dict[str, Program]) -> None:
    lines = found(report(desk, "by=program"))
    assert {key: figures["promised"] for key, figures in lines.items()} == {
        ("Heat pump", "USD"): (1, "US$20.00"),
        ("Heat pump", "Percentages"): (1, ""),
        ("Heat pump", "Words alone"): (1, ""),
        ("Rooftop panels", "EUR"): (3, "€150.00"),
    }
    only = found(report(desk, f"by=program&program={town['pump'].pk}&incentive_type=cashback"))
    assert list(only) == [("Heat pump", "USD")]
    assert found(report(desk, "by=type&direction=requests")) == {}
    assert len(found(report(desk, "by=type&direction=offers"))) == 4


@pytest.mark.usefixtures("town")
def test_totals_keep_currencies_apart(desk: Client) -> None:
    sums = found(report(desk), "totals")
    assert {unit: figures["promised"] for (_, unit), figures in sums.items()} == {
        "EUR": (3, "€150.00"),
        "USD": (1, "US$20.00"),
        "Percentages": (1, ""),
        "Words alone": (1, ""),
    }


def test_a_distribution_counts_in_the_month_of_its_confirmation_by_the_vendors_clock() -> None:
    business = make_business("Kiwi Solar", admin=make_user(), zone="Pacific/Auckland")
    program = make_program(business)
    # 1 March 2026, 00:30 in Auckland, is 28 February in UTC.
    march = datetime(2026, 2, 28, 11, 30, tzinfo=UTC)
    february = datetime(2026, 2, 28, 10, 30, tzinfo=UTC)
    confirmed(program, euro(50), at=march)
    confirmed(program, euro(20), at=february)
    scope = Scope(since=date(2026, 2, 1), until=date(2026, 3, 31))
    lines = fulfilment.fulfilment(business=business, scope=scope, by="month")
    assert [(line.label, line.promised.minor) for line in lines] == [
        ("Feb 2026", 2000),
        ("Mar 2026", 5000),
    ]
    last_of_february = Scope(since=date(2026, 2, 28), until=date(2026, 2, 28))
    (only,) = fulfilment.fulfilment(business=business, scope=last_of_february, by="month")
    assert only.promised.minor == 2000


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("by", ["month", "type", "program"])
def test_every_figure_leads_to_the_distributions_behind_it(desk: Client, by: str) -> None:
    answer = report(desk, f"by={by}")
    for row in [*answer.context["rows"], *answer.context["totals"]]:
        for cell in row.cells:
            listed = desk.get(cell.url)
            assert listed.status_code == 200
            assert listed.context["page"].total.value == cell.count, cell.url


@pytest.mark.usefixtures("town")
def test_report_is_sent_as_csv_and_as_a_sheet_with_bare_numbers(desk: Client) -> None:
    text = b"".join(desk.get(f"{REPORT}?by=type&export=csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, *rows = list(csv.reader(io.StringIO(text)))
    first = dict(zip(head, rows[0], strict=True))
    assert first["Incentive type"] == "Cashback"
    assert first["Given in"] == "EUR"
    assert (first["Promised"], first["Promised, sum"]) == ("3", "150.00")
    assert first["Delivered more than promised"] == "-5.00"
    assert len(rows) == 4 + 4
    book = desk.get(f"{REPORT}?by=type&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]
    assert [cell.value for cell in sheet[2]][:4] == ["Cashback", "EUR", 3, 150]


@pytest.mark.usefixtures("town")
def test_report_is_drawn_as_charts_with_their_tables(desk: Client) -> None:
    answer = report(desk, "by=type")
    charts = {chart.id: chart for chart in answer.context["charts"]}
    assert set(charts) == {"report-outcomes", "report-eur", "report-usd"}
    assert charts["report-outcomes"].series[0].values == (2, 1, 1)
    assert charts["report-eur"].rows[0]["values"] == ["€150.00", "€45.00"]
    assert charts["report-eur"].series[1].values == (45.0, 0.0, 0.0)


@pytest.mark.usefixtures("town")
def test_settings_that_make_no_sense_are_named_and_the_last_year_is_shown(desk: Client) -> None:
    answer = report(desk, "since=2026-05-01&until=2026-04-01")
    assert "Choose a day after the first one." in answer.content.decode()
    assert len(answer.context["rows"]) == 4
    days_without_a_beginning = "since=0001-01-01&until=0001-01-02"
    wrong = ("since=nonsense", "program=999999", "by=colour", "incentive_type=%00")
    for query in (*wrong, days_without_a_beginning):
        assert len(report(desk, query).context["rows"]) == 4


@pytest.mark.usefixtures("town")
def test_fragment_is_the_report_without_the_page(desk: Client) -> None:
    part = report(desk, "by=type", **HTMX).content.decode().strip()
    assert part.startswith('<div id="report"')
    assert part in report(desk, "by=type").content.decode()


def test_report_before_anything_was_confirmed_says_when_there_will_be_one(desk: Client) -> None:
    assert "Nothing to report yet" in desk.get(REPORT).content.decode()
    page = report(desk, "since=2020-01-01&until=2020-02-01").content.decode()
    assert "Nothing was confirmed in this time" in page


def test_report_costs_the_same_however_much_was_given(desk: Client, panels: Program) -> None:
    confirmed(panels, euro(50))
    report(desk)
    with CaptureQueriesContext(connection) as few:
        report(desk)
    for amount in (10, 20, 30):
        succeed(confirmed(panels, euro(amount)), amount)
    with CaptureQueriesContext(connection) as many:
        report(desk)
    assert len(few) == len(many) <= 5


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        yield Page(REPORT, "audit.read")
        yield Page(LIST, "offers.read")
        yield Page("/provider/messages", "offers.read")
        yield Page("/provider/emails", "offers.read")


class TestDistributionList(ListContract):
    path = LIST
    filter_query = "status=pending"
    search_term = "noor"
    queries = 6

    @pytest.fixture
    def reader(self, desk: Client, panels: Program) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, panels: Program) -> Any:
        return lambda count: [confirmed(panels, euro(50)) for _ in range(count)]


class TestMessageList(ListContract):
    path = "/provider/messages"
    filter_query = "sender=vendor"
    search_term = "trust"
    queries = 6

    @pytest.fixture
    def reader(self, desk: Client, panels: Program) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, panels: Program) -> Any:
        return lambda count: [make_offer(program=panels) for _ in range(count)]


@pytest.mark.usefixtures("town")
def test_distributions_are_listed_with_what_was_promised_and_what_was_given(desk: Client) -> None:
    page = desk.get(f"{LIST}?q=noor&status=success&unit=EUR").content.decode()
    assert "€50.00" in page
    assert "€45.00" in page
    row = Distribution.objects.get(value_minor=4500)
    record = reverse("offer_distributions", args=[row.offer_id])
    assert f"{record}?q=D-{row.pk}" in page


@pytest.mark.usefixtures("town")
def test_another_business_sees_none_of_it(cast: Cast) -> None:
    page = client_of(cast.boris).get(f"{LIST}?unit=EUR").content.decode()
    assert "€45.00" not in page
    assert "€999.00" in page


@pytest.mark.usefixtures("town")
def test_files_of_distributions_hold_numbers_that_can_be_summed(desk: Client) -> None:
    text = b"".join(desk.get(f"{LIST}?export=csv&unit=EUR").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["Currency"] for row in rows} == {"EUR"}
    assert sum(Decimal(row["Promised"]) for row in rows) == Decimal(150)
