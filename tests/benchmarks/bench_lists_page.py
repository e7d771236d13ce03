"""Benchmark 14: the page of voucher lists, with 500 lists and 1,000,000 codes behind it.

The reference is a bare django-tables2 page with the same columns, served under the same middleware to
the same signed-in person; it is given the page's lists, and reads no counter, campaign or alert.
"""

from __future__ import annotations

from collections.abc import Callable

import django_tables2
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path

from tests.benchmarks import fleet, harness
from tests.benchmarks.voucher_data import fill
from tests.cast import Cast, client_of
from tests.factories.vouchers import make_list, make_partner
from vouchers.models import VoucherList

LISTS = (50, 500) if harness.FULL else (20, 60)
CODES_EACH = 2_000 if harness.FULL else 50
ADDRESS = "/vouchers/lists"
CASES = {
    "first page": "",
    "second page": "&page=2",
    "active ones": "&status=active",
    "by utilisation": "&sort=-used_percent",
    "search": "&q=bench",
}
GOAL, GROWTH, MOST_QUERIES = 1.3, 0.05, 12


class BareTable(django_tables2.Table):
    """The columns of the lists' desk without anything around them."""

    list_id = django_tables2.Column(linkify=lambda record: f"{ADDRESS}/{record.list_id}")
    name = django_tables2.Column()
    partner = django_tables2.Column(accessor="partner__name")
    list_tag = django_tables2.Column()
    status = django_tables2.Column()
    use = django_tables2.Column(accessor="pk")
    uploaded = django_tables2.Column(accessor="pk")
    issued = django_tables2.Column(accessor="pk")
    available = django_tables2.Column(accessor="pk")
    campaigns = django_tables2.Column(accessor="pk")
    expires_at = django_tables2.DateTimeColumn()
    updated_at = django_tables2.DateTimeColumn()
    action = django_tables2.Column(accessor="pk")

    class Meta:
        template_name = "django_tables2/bootstrap5.html"


def bare(request: HttpRequest) -> HttpResponse:
    """Serve the reference page: the newest lists, no count, no filters, no navigation."""
    newest = (
        VoucherList.objects.filter(business=request.organisation)  # type: ignore[attr-defined]
        .select_related("partner")
        .order_by("-updated_at", "-id")[:20]
    )
    page = engines["django"].from_string(
        "{% load render_table from django_tables2 %}<html><body>{% render_table table %}</body></html>"
    )
    return HttpResponse(page.render({"table": BareTable(list(newest))}, request))


bare.access = "vouchers.read"  # type: ignore[attr-defined]
urlpatterns = [path("bare", bare), path("", include("config.urls"))]


def grow(cast: Cast, *, start: int, stop: int) -> None:
    """Add lists with their codes, each given out to another share."""
    partner = make_partner(cast.acme)
    for number in range(start, stop):
        made = make_list(partner, f"bench{number}")
        fill(made, CODES_EACH, given=CODES_EACH * (number % 10) // 10)
    fleet.wait_for_the_disk()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def get(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def check(client: Client, lists: int) -> None:
    """Assert that the page names the newest lists with their true numbers."""
    page = get(client, f"{ADDRESS}?per_page=20")
    newest = VoucherList.objects.order_by("-updated_at", "-id")[:20]
    assert all(row.list_id in page for row in newest)
    assert f"of {lists:,} " in page
    assert f"{CODES_EACH:,}" in page


@override_settings(ROOT_URLCONF="tests.benchmarks.bench_lists_page")
def test_a_page_of_lists_costs_little_more_than_a_bare_table(
    transactional_db: None, cast: Cast
) -> None:
    client = client_of(cast.ada)
    rows: list[list[str]] = []
    first: list[float] = []
    most_asked = 0
    worst, made = 0.0, 0
    for size in LISTS:
        grow(cast, start=made, stop=size)
        made = size
        check(client, size)
        for name, query in CASES.items():
            address = f"{ADDRESS}?per_page=20{query}"
            with CaptureQueriesContext(connection) as queries:
                get(client, address)
            asked = len(queries)
            most_asked = max(most_asked, asked)
            pair = harness.paired(_reader(client, "/bare"), _reader(client, address), inner=3)
            worst = max(worst, pair.ratio)
            if name == "first page":
                first.append(pair.ratio)
            rows.append(
                [f"{size:,}", f"{size * CODES_EACH:,}", name, str(asked),
                 f"{pair.reference_ms:.1f}", f"{pair.product_ms:.1f}", f"{pair.ratio:.2f}"]
            )  # fmt: skip
    growth = harness.exponent(LISTS, first)
    harness.write(
        "lists_page",
        "14. A page of voucher lists",
        f"""Server time of twenty voucher lists with their counters, campaigns and alerts, beside a bare
django-tables2 page with the same columns that reads none of them, under the same middleware. Goals: at
most {GOAL} times the bare page (worst here {worst:.2f}), growth n^{GROWTH} (here n^{growth:.3f}), at
most {MOST_QUERIES} queries.""",
        ["lists", "codes", "page", "queries", "bare ms", "ours ms", "ratio"],
        rows,
    )
    assert most_asked <= MOST_QUERIES
    assert growth <= GROWTH
    assert worst <= GOAL


def _reader(client: Client, address: str) -> Callable[[], str]:
    return lambda: get(client, address)
