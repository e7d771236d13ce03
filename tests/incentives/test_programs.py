"""Incentive programs: list, add, edit, the switch and what it does (incentives.md 2.9, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from incentives.models import Program
from incentives.services import programs
from tests.cast import Cast, client_of
from tests.factories.directory import make_product
from tests.factories.incentives import make_offer, make_program
from tests.kit.access import AccessContract, Page
from tests.kit.lists import ListContract

LIST = "/provider/incentive-programs"


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.mara)


def shown(client: Client, query: str = "") -> list[int]:
    page = client.get(f"{LIST}?{query}").content.decode()
    return [int(pk) for pk in re.findall(r'<tr id="row-(\d+)"', page)]


class TestList(ListContract):
    path = LIST
    filter_query = "status=active"
    search_term = "panels"
    queries = 6

    @pytest.fixture
    def reader(self, desk: Client) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, cast: Cast) -> Callable[[int], Any]:
        return lambda count: [make_program(cast.acme) for _ in range(count)]


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Any:
        program = make_program(cast.acme)
        yield Page(LIST, "programs.read")
        yield Page(f"{LIST}/add", "programs.write")
        yield Page(f"{LIST}/detail/{program.pk}", "programs.read", own_row=True)
        yield Page(f"{LIST}/edit/{program.pk}", "programs.write", own_row=True)
        yield Page(f"{LIST}/deactivate/{program.pk}", "programs.write", own_row=True)
        yield Page(f"{LIST}/activate/{program.pk}", "programs.write", own_row=True, post_only=True)
        yield Page("/provider/dashboard", "offers.read")


def test_new_program_is_active_and_can_be_chosen_at_once(desk: Client, cast: Cast) -> None:
    product = make_product(cast.acme, "Rooftop panels")
    data = {"product_service": product.pk, "nonce": "a", "allowed_incentive_types": ["cashback"]}
    answer = desk.post(f"{LIST}/add", data, follow=True)
    program = Program.objects.get()
    assert answer.redirect_chain == [(f"{LIST}/detail/{program.pk}", 303)]
    assert program.is_active
    assert program.allowed_incentive_types == ["cashback"]
    page = desk.get("/provider/incentive-offers/add").content.decode()
    assert f'<option value="{program.pk}">Rooftop panels</option>' in page


def test_product_has_at_most_one_program(desk: Client, cast: Cast) -> None:
    program = make_program(cast.acme, "Rooftop panels")
    free = make_product(cast.acme, "Heat pump")
    page = desk.get(f"{LIST}/add").content.decode()
    assert f'value="{free.pk}"' in page
    assert f'value="{program.product_service_id}"' not in page
    data = {"product_service": program.product_service_id, "nonce": "a"}
    assert desk.post(f"{LIST}/add", data).status_code == 422
    assert Program.objects.count() == 1


def test_product_of_another_business_is_no_choice(desk: Client, cast: Cast) -> None:
    foreign = make_product(cast.bright_bikes)
    answer = desk.post(f"{LIST}/add", {"product_service": foreign.pk, "nonce": "a"})
    assert answer.status_code == 422
    assert "Select a valid choice" in answer.content.decode()
    assert not Program.objects.exists()


def test_double_click_adds_one_program(desk: Client, cast: Cast) -> None:
    product = make_product(cast.acme)
    data = {"product_service": product.pk, "nonce": "a"}
    first = desk.post(f"{LIST}/add", data)
    assert first.status_code == 303
    assert desk.post(f"{LIST}/add", data).status_code in {303, 422}
    assert Program.objects.count() == 1


def test_add_says_so_when_every_product_has_a_program(desk: Client, cast: Cast) -> None:
    make_program(cast.acme)
    page = desk.get(f"{LIST}/add").content.decode()
    assert "No product or service is free for a program" in page
    assert reverse("product_add") in page


def test_edit_changes_the_kinds_and_refuses_an_older_version(desk: Client, cast: Cast) -> None:
    program = make_program(cast.acme)
    url = f"{LIST}/edit/{program.pk}"
    data = {"version": program.version, "allowed_incentive_types": ["discount", "other"]}
    assert desk.post(url, data).status_code == 303
    again = desk.post(url, {"version": program.version, "allowed_incentive_types": ["cashback"]})
    assert again.status_code == 422
    assert "A colleague changed this program meanwhile" in again.content.decode()
    program.refresh_from_db()
    assert program.allowed_incentive_types == ["discount", "other"]


def test_deactivated_program_takes_no_new_offers_and_keeps_the_old_ones(
    desk: Client, cast: Cast
) -> None:
    program = make_program(cast.acme, "Rooftop panels")
    link = make_offer(program=program, delivery="link")
    sent = make_offer(program=program)
    asked = desk.get(f"{LIST}/deactivate/{program.pk}").content.decode()
    assert "1 shared link that waits to be claimed" in asked
    assert "This program is not active at the moment" in asked
    program.refresh_from_db()
    assert program.is_active
    desk.post(f"{LIST}/deactivate/{program.pk}")
    program.refresh_from_db()
    assert not program.is_active
    make_program(cast.acme, "Heat pump")
    page = desk.get("/provider/incentive-offers/add").content.decode()
    assert "Rooftop panels" not in page
    for offer in (link, sent):
        offer.refresh_from_db()
        assert offer.status == "offered"
    public = Client().get(reverse("offer_link", args=[link.link_slug]))
    assert "This program is not active at the moment" in public.content.decode()
    desk.post(f"{LIST}/activate/{program.pk}")
    program.refresh_from_db()
    assert program.is_active
    assert Client().get(reverse("offer_link", args=[link.link_slug])).status_code == 200


def test_list_counts_offers_and_acknowledgements_of_each_program(desk: Client, cast: Cast) -> None:
    busy, quiet = make_program(cast.acme, "Busy"), make_program(cast.acme, "Quiet")
    make_offer(program=busy, status="acknowledged")
    make_offer(program=busy, status="draft")
    page = desk.get(LIST).content.decode()
    rows = dict(re.findall(r'<tr id="row-(\d+)".*?>(.*?)</tr>', page, re.DOTALL))
    counts = {
        int(pk): [
            re.sub(r"<[^>]+>", "", cell)
            for cell in re.findall(r'<td class="[^"]*cell-count[^"]*"[^>]*>(.*?)</td>', row)
        ]
        for pk, row in rows.items()
    }
    # Requests, offers, acknowledgements, views.
    assert counts == {busy.pk: ["0", "2", "1", "0"], quiet.pk: ["0", "0", "0", "0"]}
    assert f"/provider/incentive-offers?program={busy.pk}" in page


def test_search_finds_by_id_product_and_vendor_name(desk: Client, cast: Cast) -> None:
    panels, pump = make_program(cast.acme, "Rooftop panels"), make_program(cast.acme, "Heat pump")
    assert shown(desk, "q=PANELS") == [panels.pk]
    assert pump.pk in shown(desk, f"q={pump.pk}")
    assert set(shown(desk, "q=acme")) == {panels.pk, pump.pk}
    programs.deactivate(program=pump, at=clock.now())
    assert shown(desk, "status=inactive") == [pump.pk]


def test_menu_offers_the_switch_that_fits(desk: Client, cast: Cast) -> None:
    active, inactive = make_program(cast.acme), make_program(cast.acme, active=False)
    page = desk.get(LIST).content.decode()
    assert f"{LIST}/deactivate/{active.pk}" in page
    assert f"{LIST}/activate/{active.pk}" not in page
    assert f"{LIST}/activate/{inactive.pk}" in page
    reader = client_of(cast.ana).get(LIST).content.decode()
    assert "/deactivate/" not in reader
    assert "/edit/" not in reader


def test_detail_counts_the_offers_by_status(desk: Client, cast: Cast) -> None:
    program = make_program(cast.acme, "Rooftop panels", types=["discount"])
    make_offer(program=program, status="counter", incentive_type="discount")
    make_offer(program=make_program(cast.acme), status="approved")
    page = desk.get(f"{LIST}/detail/{program.pk}").content.decode()
    assert f"program={program.pk}&amp;status=counter" in page
    assert "status=approved" not in page
    assert "<dd>Discount</dd>" in page


def test_product_with_a_program_cannot_be_deleted_and_names_it(desk: Client, cast: Cast) -> None:
    program = make_program(cast.acme, "Rooftop panels")
    product = program.product_service
    listed = desk.get(reverse("product_list")).content.decode()
    assert f"{LIST}/detail/{program.pk}" in listed
    answer = desk.post(reverse("product_delete", args=[product.pk]))
    assert answer.status_code == 409
    assert Program.objects.filter(pk=program.pk, product_service=product).exists()
