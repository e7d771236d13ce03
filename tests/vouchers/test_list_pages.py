"""The pages of lists and partners: what they show, and in how many queries (vouchers.md 8, 1 to 4)."""

from __future__ import annotations

import pytest

from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from vouchers.choices import CodeState, ListStatus

PAGES = ("", "/codes", "/uploads", "/campaigns", "/alerts", "/activity", "/edit", "/archive")


@pytest.fixture
def busy(acme: Organisation):
    made = make_list(make_partner(acme, "Puma"), "sale")
    make_codes(made, 5)
    make_codes(made, 1, state=CodeState.VOID)
    make_campaign(made, "Welcome")
    return made


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_list_opens(busy, ada: User, page: str) -> None:
    response = client_of(ada).get(f"/vouchers/lists/{busy.list_id}{page}")
    assert response.status_code == 200
    assert "List sale" in response.content.decode()


@pytest.mark.parametrize(
    "page",
    ["/vouchers/lists", "/vouchers/lists/new", "/vouchers/partners", "/vouchers/partners/new"],
)
def test_the_lists_of_the_desk_open(busy, ada: User, page: str) -> None:
    assert client_of(ada).get(page).status_code == 200


def test_codes_are_masked_everywhere(acme: Organisation, ada: User) -> None:
    made = make_list(make_partner(acme))
    code = make_codes(made, codes=["SECRETCODE42"])[0]
    client = client_of(ada)
    pages = [f"/vouchers/lists/{made.list_id}/codes", f"/vouchers/codes/{code.pk}"]
    for url in [*pages, pages[0] + "?export=csv"]:
        response = client.get(url)
        body = b"".join(response) if response.streaming else response.content
        assert b"SECRETCODE42" not in body
        assert "SE••••••42" in body.decode("utf-8-sig")


def test_an_empty_business_is_told_how_to_begin(ada: User) -> None:
    body = client_of(ada).get("/vouchers/lists").content.decode()
    assert "No voucher lists yet" in body
    assert 'href="/vouchers/lists/new"' in body


def test_archived_lists_are_hidden_until_asked_for(acme: Organisation, ada: User) -> None:
    make_list(make_partner(acme), "gone", status=ListStatus.ARCHIVED)
    client = client_of(ada)
    assert "List gone" not in client.get("/vouchers/lists").content.decode()
    assert "List gone" in client.get("/vouchers/lists?status=archived").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("used=50", {"a"}),
        ("linked=no", {"b", "c"}),
        ("linked=yes", {"a"}),
        ("status=paused", {"c"}),
        ("q=tag-b", {"b"}),
        ("q=Nike", {"c"}),
    ],
)
def test_filters_narrow_the_lists(
    acme: Organisation, ada: User, query: str, found: set[str]
) -> None:
    puma, nike = make_partner(acme, "Puma"), make_partner(acme, "Nike")
    a = make_list(puma, "tag-a", name="a")
    make_codes(a, 1)
    make_codes(a, 1, state=CodeState.ISSUED)
    make_campaign(a)
    make_codes(make_list(puma, "tag-b", name="b"), 4)
    make_list(nike, "tag-c", name="c", status=ListStatus.PAUSED)
    response = client_of(ada).get(f"/vouchers/lists?{query}")
    assert {row.name for row in response.context["page"].rows} == found


@pytest.mark.parametrize(
    "sort", ["used_percent", "-available_count", "partner", "-expires_at", "list_id"]
)
def test_every_kind_of_column_sorts(busy, ada: User, sort: str) -> None:
    response = client_of(ada).get(f"/vouchers/lists?sort={sort}")
    assert response.status_code == 200
    assert response.context["view"].sort == sort


def test_five_hundred_lists_take_as_many_queries_as_five(
    acme: Organisation, ada: User, django_assert_max_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    partner = make_partner(acme)
    client = client_of(ada)
    counts = []
    for more in (5, 495):
        for _ in range(more):
            make_list(partner)
        client.get("/vouchers/lists?per_page=50")
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/vouchers/lists?per_page=50")
        counts.append(len(found))
    assert counts[0] == counts[1] <= 14
