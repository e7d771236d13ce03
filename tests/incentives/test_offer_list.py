"""My Offers: columns, search, filters, paging, and exactly the actions that are possible."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from incentives.choices import FACES, OfferStatus
from incentives.models import Offer, Program
from incentives.services import programs
from tests.cast import Cast, client_of
from tests.factories.incentives import every_status, make_offer, make_program
from tests.kit.lists import HTMX, ListContract, rows_of

MENU = re.compile(r'<details class="row-menu.*?</details>', re.DOTALL)
ITEM = re.compile(r"(?:</svg>|>)([A-Z][\w ]+)</a>")


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def desk(cast: Cast) -> Client:
    return client_of(cast.ada)


def listed(client: Client, query: str = "") -> str:
    answer = client.get(f"{reverse('offers')}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def shown(client: Client, query: str = "") -> list[int]:
    """Return the ids of the offers on the page, in order."""
    return [
        int(row.partition("-")[2])
        for row in re.findall(r'<tr id="(row-\d+)"', listed(client, query))
    ]


def menu_of(client: Client, offer: Offer) -> list[str]:
    """Return the labels in the row menu of the offer."""
    page = listed(client, f"q={offer.pk}")
    row = page[page.index(f'<tr id="row-{offer.pk}"') :]
    menu = MENU.search(row)
    assert menu is not None
    return ITEM.findall(menu.group())


class TestContract(ListContract):
    path = "/provider/incentive-offers"
    filter_query = "status=offered"
    search_term = "noor"
    queries = 7

    @pytest.fixture
    def reader(self, desk: Client, program: Program) -> Client:
        return desk

    @pytest.fixture
    def make_rows(self, program: Program) -> Callable[[int], Any]:
        return lambda count: [make_offer(program=program, status="draft") for _ in range(count)]


@pytest.mark.scenario("INC-14")
def test_third_page_of_23_offers_shows_three_and_wrong_numbers_are_put_right(
    desk: Client, program: Program
) -> None:
    for _ in range(23):
        make_offer(program=program, status="draft")
    third = listed(desk, "per_page=10&page=3")
    assert third.count("<tr id=") == 3
    assert "Showing 21 to 23 of 23 entries" in third
    assert shown(desk, "per_page=10&page=99") == shown(desk, "per_page=10&page=3")
    assert shown(desk, "per_page=7") == shown(desk, "per_page=10")
    assert len(shown(desk, "per_page=7")) == 10


@pytest.mark.scenario("INC-15")
def test_search_finds_a_part_of_the_address_in_any_case_among_own_offers(
    desk: Client, program: Program, cast: Cast
) -> None:
    found = make_offer(program=program, recipient_email="maria.kosta@solar.example")
    make_offer(program=program, recipient_email="li.wei@solar.example")
    foreign = make_program(cast.bright_bikes)
    make_offer(program=foreign, recipient_email="maria.kosta@solar.example")
    answer = desk.get(reverse("offers"), {"q": "MARIA.Kos", "page": "4"}, headers=HTMX)
    assert rows_of(answer) == [f"row-{found.pk}"]
    assert "Showing 1 to 1 of 1 entry" in answer.content.decode()
    # What the search box asks for names no page, so typing leads to the first.
    page = listed(desk, "page=2")
    asked = re.search(r'<input type="search".*?hx-get="([^"]+)"', page, re.DOTALL)
    assert asked is not None
    assert "page=" not in asked.group(1)


@pytest.mark.parametrize(
    ("field", "value", "term"),
    [
        ("recipient_name", "Yannis Pappas", "pappas"),
        ("message", "Because you waited for the scaffolding", "SCAFFOLDING"),
        ("recipient_email", "50%_off@home.example", "50%_off"),
    ],
)
def test_search_covers_name_message_and_signs_of_patterns(
    desk: Client, program: Program, field: str, value: str, term: str
) -> None:
    found = make_offer(program=program, **{field: value})
    make_offer(program=program, recipient_name="Somebody Else")
    assert shown(desk, f"q={term.replace('%', '%25')}") == [found.pk]


def test_search_covers_the_product_and_the_exact_id(
    desk: Client, program: Program, cast: Cast
) -> None:
    first = make_offer(program=program, message="No digits here.")
    pump = make_offer(program=make_program(cast.acme, "Heat pump"), message="No digits here.")
    assert shown(desk, "q=heat+PUMP") == [pump.pk]
    assert first.pk in shown(desk, f"q={first.pk}")
    assert shown(desk, "q=nothing+like+this") == []
    assert "No offers match your search" in listed(desk, "q=nothing+like+this")


def test_newest_offer_stands_first_and_every_sort_is_offered(
    desk: Client, program: Program
) -> None:
    at = clock.now()
    older = make_offer(program=program, at=at - timedelta(days=2), recipient_email="b@x.example")
    newer = make_offer(program=program, at=at, recipient_email="a@x.example")
    assert shown(desk) == [newer.pk, older.pk]
    assert shown(desk, "sort=created_at") == [older.pk, newer.pk]
    assert shown(desk, "sort=-email") == [older.pk, newer.pk]
    keys = set(re.findall(r'id="sort-(\w+)"', listed(desk)))
    assert keys == {
        "pk", "email", "product", "entity_stage", "incentive_type", "offer_type",
        "delivery_method", "status", "created_at", "updated_at",
    }  # fmt: skip


def test_filters_combine_and_status_takes_several(desk: Client, program: Program) -> None:
    draft = make_offer(program=program, status="draft")
    offered = make_offer(program=program)
    link = make_offer(program=program, delivery="link", incentive_type="discount")
    assert set(shown(desk, "status=draft&status=offered")) == {draft.pk, offered.pk, link.pk}
    assert shown(desk, "status=offered&delivery_method=link") == [link.pk]
    assert shown(desk, "incentive_type=discount&offer_type=single") == [link.pk]
    assert shown(desk, "incentive_type=discount&status=draft") == []
    assert "Clear all" in listed(desk, "incentive_type=discount")


def test_program_filter_knows_own_programs_only(desk: Client, program: Program, cast: Cast) -> None:
    offer = make_offer(program=program)
    make_offer(program=make_program(cast.acme, "Heat pump"))
    foreign = make_program(cast.bright_bikes, "Cargo bike")
    assert shown(desk, f"program={program.pk}") == [offer.pk]
    page = listed(desk, f"program={foreign.pk}")
    assert "Cargo bike" not in page


def test_created_filter_includes_both_days_in_the_vendors_zone(
    desk: Client, program: Program
) -> None:
    at = clock.now()
    make_offer(program=program, at=at - timedelta(days=9))
    inside = make_offer(program=program, at=at - timedelta(days=5))
    day = (at - timedelta(days=5)).date()
    span = f"created_after={day}&created_before={day}"
    assert shown(desk, span) == [inside.pk]


def test_waiting_for_me_is_exactly_what_the_column_says(desk: Client, program: Program) -> None:
    offers = {
        make_offer(program=program, status=status, delivery=delivery).pk
        for status, delivery in every_status()
        if delivery == "email"
    }
    sides = {
        side: set(shown(desk, f"waiting={side}&per_page=50"))
        for side in ("provider", "recipient", "nobody")
    }
    assert sides["provider"] | sides["recipient"] | sides["nobody"] == offers
    assert sum(map(len, sides.values())) == len(offers)
    words = {"provider": "Provider", "recipient": "Recipient", "nobody": "–"}
    for side, word in words.items():
        page = listed(desk, f"waiting={side}&per_page=50")
        cells = re.findall(r'data-label="Waiting for">([^<]+)<', page)
        assert set(cells) == {word}
        chip = {"provider": "Waiting for me", "recipient": "Waiting for the recipient"}.get(
            side, "Closed"
        )
        assert re.search(rf"{chip} <span class=\"chip-count\">{len(sides[side])}</span>", page)


@pytest.mark.parametrize(("status", "delivery"), list(every_status()))
def test_menu_holds_exactly_what_the_manual_lists(
    desk: Client, program: Program, status: str, delivery: str
) -> None:
    offer = make_offer(program=program, status=status, delivery=delivery)
    expected = ["View Messages with Recipient"]
    if delivery == "link" and status == "offered":
        expected.append("Copy Link and Share")
    if status == "draft" or (delivery == "link" and status == "offered"):
        expected.append("Edit Incentive Offer")
    expected += ["View Incentive Distribution", "View Incentive Program"]
    if status == "acknowledged":
        expected.append("Embed Acknowledgement Widget")
    expected.append("View Incentive Offer Details")
    assert menu_of(desk, offer) == expected


@pytest.mark.parametrize(
    "status", [status.value for status in OfferStatus if status != "pre_claimed"]
)
def test_badge_says_meaning_and_who_moves_next(desk: Client, program: Program, status: str) -> None:
    make_offer(program=program, status=status)
    page = listed(desk)
    face = FACES[OfferStatus(status)]
    badge = re.search(r'<span class="status [^"]*" title="([^"]+)"><svg', page)
    assert badge is not None
    assert face.meaning in badge.group(1)
    assert ("Waiting for:" in badge.group(1)) == bool(face.waits_for)
    assert OfferStatus(status).label in page


@pytest.mark.scenario("INC-16")
def test_sent_email_offer_can_be_neither_edited_nor_shared(desk: Client, program: Program) -> None:
    offer = make_offer(program=program)
    labels = menu_of(desk, offer)
    assert "Edit Incentive Offer" not in labels
    assert "Copy Link and Share" not in labels
    answer = desk.get(reverse("offer_edit", args=[offer.pk]))
    assert answer.status_code == 409
    assert "This offer can no longer be edited" in answer.content.decode()
    assert reverse("offer_detail", args=[offer.pk]) in answer.content.decode()


@pytest.mark.scenario("INC-17")
def test_link_can_be_edited_and_shared_until_somebody_claims_it(
    desk: Client, program: Program
) -> None:
    both = {"Edit Incentive Offer", "Copy Link and Share"}
    unclaimed = make_offer(program=program, delivery="link")
    assert both <= set(menu_of(desk, unclaimed))
    claimed = make_offer(program=program, delivery="link", status="pre_claimed")
    assert both.isdisjoint(menu_of(desk, claimed))


@pytest.mark.scenario("INC-18")
def test_single_offer_has_no_group_members_page(desk: Client, program: Program) -> None:
    offer = make_offer(program=program)
    assert "View Group Members" not in menu_of(desk, offer)
    answer = desk.get(f"/provider/incentive-offers/group-members/{offer.pk}")
    assert answer.status_code == 404


@pytest.mark.scenario("INC-19")
@pytest.mark.parametrize(
    ("status", "delivery"), [pair for pair in every_status() if pair[0] != "acknowledged"]
)
def test_widget_exists_in_no_status_but_acknowledged(
    desk: Client, program: Program, status: str, delivery: str
) -> None:
    offer = make_offer(program=program, status=status, delivery=delivery)
    assert "Embed Acknowledgement Widget" not in menu_of(desk, offer)
    assert desk.get(f"/provider/incentive-offers/embed/{offer.pk}").status_code == 404


def test_who_may_only_read_gets_no_edit_and_no_create(cast: Cast, program: Program) -> None:
    reader = client_of(cast.ana)
    offer = make_offer(program=program, delivery="link")
    assert "Edit Incentive Offer" not in menu_of(reader, offer)
    assert "Create Incentive Offer" not in listed(reader)


def test_list_without_an_active_program_points_to_adding_one(
    desk: Client, program: Program, cast: Cast
) -> None:
    assert "You have not created any incentive offers yet" in listed(desk)
    programs.deactivate(program=program, at=clock.now())
    page = listed(desk)
    assert "You need an active program first" in page
    assert reverse("program_add") in page
    assert "You have not created any incentive offers yet" not in page


def test_unclaimed_offer_shows_a_dash_for_the_address(desk: Client, program: Program) -> None:
    make_offer(program=program, delivery="link")
    assert '<td class="cell-person" data-label="Email">–</td>' in listed(desk)


def test_long_message_is_cut_at_60_characters_and_whole_on_hover(
    desk: Client, program: Program
) -> None:
    text = "Because you have been with us since the first panel went up on the roof in 2019."
    offer = make_offer(program=program, message=text)
    page = listed(desk)
    address = reverse("offer_messages", args=[offer.pk])
    assert f'<a href="{address}" title="{text}">{text[:60].rstrip()}…</a>' in page


def test_text_of_offers_is_shown_as_text(desk: Client, program: Program) -> None:
    make_offer(program=program, message="<script>alert(1)</script>", recipient_name="<b>Noor</b>")
    page = listed(desk)
    assert "<script>alert(1)" not in page
    assert "<b>Noor</b>" not in page
    assert "&lt;b&gt;Noor&lt;/b&gt;" in page


def test_export_holds_what_the_filters_leave_with_both_moments(
    desk: Client, program: Program
) -> None:
    kept = make_offer(program=program, recipient_email="kept@home.example")
    make_offer(program=program, status="draft")
    answer = desk.get(reverse("offers"), {"status": "offered", "export": "csv"})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["Incentive Offer ID"] for row in rows] == [str(kept.pk)]
    assert rows[0]["Email"] == "kept@home.example"
    assert rows[0]["Waiting for"] == "Recipient"
    assert rows[0]["Created"]
    assert rows[0]["Updated"]


def test_list_costs_seven_queries_whatever_stands_in_it(desk: Client, program: Program) -> None:
    for status, delivery in every_status():
        make_offer(program=program, status=status, delivery=delivery)
    listed(desk)
    with CaptureQueriesContext(connection) as queries:
        listed(desk, "per_page=50")
    assert len(queries) <= 7


def test_slashed_address_leads_to_the_canonical_one(desk: Client) -> None:
    answer = desk.get("/provider/incentive-offers/", {"q": "noor"})
    assert answer.status_code == 308
    assert answer["Location"] == "/provider/incentive-offers?q=noor"


def test_chips_count_rows_also_under_a_filter_of_several_statuses(
    desk: Client, program: Program
) -> None:
    for status in ("offered", "offered", "counter", "rejected"):
        make_offer(program=program, status=status)
    page = desk.get(reverse("offers"), {"status": ["offered", "counter"]})
    counts = {chip["value"]: chip["rows"] for chip in page.context["chips"]}
    assert counts == {"": "3", "provider": "1", "recipient": "2", "nobody": "0"}
    assert page.context["page"].total.value == 3
