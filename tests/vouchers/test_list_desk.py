"""The desk of voucher lists: contracts, access, thresholds and links (vouchers.md 8, 1 to 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import Cast, client_of
from tests.factories.vouchers import make_batch, make_campaign, make_codes, make_list, make_partner
from tests.kit.access import AccessContract, Page
from tests.kit.lists import ListContract
from tests.vouchers.campaigning import ask, person, stocked
from vouchers.choices import ListStatus
from vouchers.models import VoucherList

pytestmark = pytest.mark.django_db
TABS = ("", "_codes", "_uploads", "_campaigns", "_alerts", "_activity")


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return make_list(make_partner(acme, "Puma"), "sale", at=now())


@pytest.fixture
def desk(mara: User) -> Client:
    return client_of(mara)


def of(row: VoucherList, name: str = "", *more: Any) -> str:
    return reverse(f"voucher_list{name}", args=[row.list_id, *more])


class TestLists(ListContract):
    path = "/vouchers/lists"
    filter_query = "status=active"
    search_term = "list"
    queries = 13

    @pytest.fixture
    def reader(self, ana: User) -> Client:
        return client_of(ana)

    @pytest.fixture
    def make_rows(self, acme: Organisation) -> Callable[[int], Any]:
        partner = make_partner(acme)

        def make(count: int) -> None:
            for _ in range(count):
                make_codes(make_list(partner, at=now()), 2)

        return make


class TestUploads(ListContract):
    filter_query = "status=completed"
    search_term = "codes"
    queries = 9

    @pytest.fixture(autouse=True)
    def place(self, sale: VoucherList) -> None:
        type(self).path = of(sale, "_uploads")

    @pytest.fixture
    def reader(self, ana: User) -> Client:
        return client_of(ana)

    @pytest.fixture
    def make_rows(self, sale: VoucherList) -> Callable[[int], Any]:
        return lambda count: [make_batch(sale) for _ in range(count)]


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        row = stocked(cast.acme, 1, at=now())
        yield Page(reverse("voucher_lists"), "vouchers.read")
        yield Page(reverse("voucher_list_new"), "vouchers.write")
        yield Page(reverse("voucher_list_new"), "vouchers.write", post_only=True)
        yield Page(reverse("voucher_list_tag"), "vouchers.write")
        for name in TABS:
            yield Page(of(row, name), "vouchers.read", own_row=True)
        for name in ("_edit", "_archive", "_delete"):
            yield Page(of(row, name), "vouchers.write", own_row=True)
        for name in ("_edit", "_archive", "_thresholds", "_pause", "_activate"):
            yield Page(of(row, name), "vouchers.write", own_row=True, post_only=True)
        yield Page(of(row, "_link"), "campaigns.write", own_row=True, post_only=True)


@pytest.mark.parametrize("tab", ["", "_campaigns", "_alerts", "_activity"])
def test_a_tab_takes_a_fixed_number_of_queries(desk: Client, sale: VoucherList, tab: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(of(sale, tab)).status_code == 200
        return len(queries)

    make_codes(sale, 40)
    make_campaign(sale)
    desk.post(of(sale, "_pause"), {"seen": "active"})
    desk.post(of(sale, "_activate"), {"seen": "paused"})
    asked()
    few = asked()
    for _ in range(4):
        campaign = make_campaign(sale)
        for name in ("ana", "ben", "cleo"):
            ask(campaign, person(name), at=now())
        desk.post(of(sale, "_pause"), {"seen": "active"})
        desk.post(of(sale, "_activate"), {"seen": "paused"})
    assert asked() == few <= 20


def test_heading_offers_what_the_status_allows_and_the_rest_in_its_menu(
    desk: Client, acme: Organisation, ana: User
) -> None:
    partner = make_partner(acme)
    expected = {
        ListStatus.ACTIVE: (["Edit", "Upload codes"], ["Pause", "Archive"]),
        ListStatus.PAUSED: (["Activate", "Edit", "Upload codes"], ["Archive"]),
        ListStatus.EXPIRED: (["Edit"], ["Archive"]),
        ListStatus.ARCHIVED: ([], []),
    }
    for status, (shown, folded) in expected.items():
        context = desk.get(of(make_list(partner, status=status, at=now()))).context
        found = [[one["act"].label for one in context[name]] for name in ("acts", "more_acts")]
        assert found == [shown, folded], status
    context = client_of(ana).get(of(make_list(partner, at=now()))).context
    assert context["acts"] == context["more_acts"] == []


def test_bad_thresholds_are_shown_again_as_typed(desk: Client, sale: VoucherList) -> None:
    typed = {
        "version": sale.version,
        "warn_used_percent": "777",
        "warn_addresses": "not an address",
    }
    answer = desk.post(of(sale, "_thresholds"), typed)
    assert answer.status_code == 422
    for value in ("777", "not an address"):
        assert value in answer.content.decode()
    before = sale.warn_used_percent
    sale.refresh_from_db()
    assert sale.warn_used_percent == before


def test_campaign_is_linked_with_a_quota_and_unlinked_again(
    desk: Client, sale: VoucherList
) -> None:
    campaign = make_campaign(business=sale.business, name="Thanks")
    answer = desk.post(of(sale, "_link"), {"campaign": campaign.pk, "quota": "0"})
    assert answer.status_code == 422
    assert not sale.mappings.exists()
    answer = desk.post(of(sale, "_link"), {"campaign": campaign.pk, "quota": "5"})
    assert answer["Location"] == of(sale, "_campaigns")
    mapping = sale.mappings.get()
    assert (mapping.campaign, mapping.quota) == (campaign, 5)
    page = desk.get(of(sale, "_campaigns")).content.decode()
    assert "0 / 5" in page
    assert desk.post(of(sale, "_unlink", mapping.pk)).status_code == 303
    mapping.refresh_from_db()
    assert mapping.removed_at is not None


def test_campaign_of_another_business_cannot_be_linked(
    desk: Client, sale: VoucherList, bright_bikes: Organisation
) -> None:
    theirs = make_campaign(business=bright_bikes)
    assert desk.post(of(sale, "_link"), {"campaign": theirs.pk, "quota": ""}).status_code == 422
    assert not sale.mappings.exists()
