"""Benchmark 9: a page of My Offers, at 10,000, 100,000 and 1,000,000 offers of one provider.

The reference is a bare django-tables2 page with the same columns and as many rows, served under the same
middleware to the same signed-in person; it is given the page's rows without any count.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import django_tables2
import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path

from core.keyset import cursor_of, ordering_of
from incentives.models import Offer
from tests.benchmarks import harness, offers_data

SIZES = (10_000, 100_000, 1_000_000) if harness.FULL else (1_000, 10_000)
ADDRESS = "/provider/incentive-offers"
FILTERS = {
    "status": "status=counter",
    "waiting for me": "waiting=provider",
    "delivery": "delivery_method=email",
    "status and type": "status=offered&incentive_type=cashback",
}


class BareTable(django_tables2.Table):
    """The columns of My Offers without anything around them."""

    id = django_tables2.Column(linkify=lambda record: f"{ADDRESS}/detail/{record.pk}")
    recipient_email = django_tables2.Column()
    product = django_tables2.Column(accessor="program__product_service__name")
    message = django_tables2.Column()
    entity_stage = django_tables2.Column()
    incentive_type = django_tables2.Column()
    offer_type = django_tables2.Column()
    delivery_method = django_tables2.Column()
    status = django_tables2.Column()
    waiting = django_tables2.Column(accessor="waits_for")
    created_at = django_tables2.DateTimeColumn()
    updated_at = django_tables2.DateTimeColumn()
    action = django_tables2.Column(accessor="pk")

    class Meta:
        template_name = "django_tables2/bootstrap5.html"


def bare(request: HttpRequest) -> HttpResponse:
    """Serve the reference page: the newest offers, no count, no filters, no navigation."""
    rows = int(request.GET["rows"])
    newest = (
        Offer.objects.filter(business=request.organisation)  # type: ignore[attr-defined]
        .select_related("program__product_service")
        .order_by("-created_at", "-id")[:rows]
    )
    page = engines["django"].from_string(
        "{% load render_table from django_tables2 %}<html><body>{% render_table table %}</body></html>"
    )
    return HttpResponse(page.render({"table": BareTable(list(newest))}, request))


bare.access = "offers.read"  # type: ignore[attr-defined]
urlpatterns = [path("bare", bare), path("", include("config.urls"))]


@pytest.fixture
def client(transactional_db: None) -> Client:
    desk = offers_data.provider_with_offers()
    client = Client()
    client.force_login(desk.user)
    client.desk = desk  # type: ignore[attr-defined]
    return client


def get(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def ids(page: str) -> list[int]:
    """Return the offers that a page lists, in order, each once."""
    found = re.findall(r"/provider/incentive-offers/detail/(\d+)", page)
    return list(dict.fromkeys(map(int, found)))


def check_pages(client: Client, size: int) -> dict[str, str]:
    """Assert that first, middle and last page hold the right rows; return their addresses."""
    order = Offer.objects.order_by("-created_at", "-id")
    first = f"{ADDRESS}?per_page=20"
    last = f"{ADDRESS}?per_page=20&page=last"
    assert ids(get(client, first)) == list(order.values_list("id", flat=True)[:20])
    shown = ids(get(client, last))
    assert shown == list(order.reverse().values_list("id", flat=True)[: len(shown)])[::-1]
    page = get(client, first)
    if size > 10_000:
        assert "10,000" in page, "a capped count says so"
    middle = _middle(size)
    beyond = order[size // 2 + 1 : size // 2 + 21]
    assert ids(get(client, middle)) == list(beyond.values_list("id", flat=True))
    return {"first": first, "middle": middle, "last": last}


def _middle(size: int) -> str:
    """Return the address of the page after the middle row, as the pager itself would write it."""
    offers = Offer.objects.order_by("-created_at", "-id")
    place = cursor_of(offers[size // 2], ordering_of(offers, ["-created_at", "-id"]))
    return f"{ADDRESS}?per_page=20&after={place.encode()}"


@override_settings(ROOT_URLCONF="tests.benchmarks.bench_table_page")
def test_a_page_of_offers_costs_little_more_than_a_bare_table(client: Client) -> None:
    rows: list[list[str]] = []
    first_ratios: list[float] = []
    worst_ratio = last_to_first = 0.0
    made = 0
    for size in SIZES:
        offers_data.grow(client.desk, start=made + 1, stop=size, searchable=False)  # type: ignore[attr-defined]
        made = size
        addresses = check_pages(client, size)
        cases = {f"{name} page, 20 rows": address for name, address in addresses.items()}
        cases["first page, 50 rows"] = f"{ADDRESS}?per_page=50"
        cases |= {
            f"{name}, 20 rows": f"{ADDRESS}?per_page=20&{query}" for name, query in FILTERS.items()
        }
        for name, address in cases.items():
            with CaptureQueriesContext(connection) as queries:
                get(client, address)
            asked = len(queries)
            assert asked <= 6, [query["sql"][:90] for query in queries.captured_queries]
            count = 50 if "50 rows" in name else 20
            pair = harness.paired(
                _reader(client, f"/bare?rows={count}"), _reader(client, address), inner=3
            )
            if name == "first page, 20 rows":
                first_ratios.append(pair.ratio)
            worst_ratio = max(worst_ratio, pair.ratio)
            rows.append(
                [f"{size:,}", name, str(asked), f"{pair.reference_ms:.1f}",
                 f"{pair.product_ms:.1f}", f"{pair.ratio:.2f}"]
            )  # fmt: skip
        ends = harness.paired(
            _reader(client, addresses["first"]), _reader(client, addresses["last"]), inner=3
        )
        last_to_first = max(last_to_first, ends.ratio)
    growth = harness.exponent(SIZES, first_ratios)
    harness.write(
        "table_page",
        "9. A page of My Offers",
        f"""Server time of one page of the list beside a bare django-tables2 page with the same columns
and as many rows, under the same middleware. Goals: at most 1.3 times the bare page (worst here
{worst_ratio:.2f}), growth over the sizes n^0.05 (here n^{growth:.3f}), last page at most 1.3 times
the first (here {last_to_first:.2f}), at most 6 queries.""",
        ["offers", "page", "queries", "bare ms", "ours ms", "ratio"],
        rows,
    )
    assert growth <= 0.05
    assert last_to_first <= 1.3
    assert worst_ratio <= 1.3


def _reader(client: Client, address: str) -> Callable[[], str]:
    return lambda: get(client, address)
