"""The provider's pages of incoming requests: list, details, conversation, members, distributions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incentives.choices.requests import RequestStatus
from incentives.models import Distribution, IncentiveRequest, Program
from incentives.selectors.requests import request_by_pk
from tests.cast import Cast, client_of
from tests.factories.incentives import make_program
from tests.factories.requests import EVERY_STATUS, make_request
from tests.kit.lists import ListContract, rows_of

PAGES = (
    "request_detail",
    "request_messages",
    "request_members",
    "request_distributions",
    "request_distribution_trail",
)


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def shown(client: Client, query: str = "") -> list[int]:
    """Return the ids of the requests on the page, in order."""
    answer = client.get(f"{reverse('requests')}?{query}")
    assert answer.status_code == 200
    return [int(row.partition("-")[2]) for row in rows_of(answer)]


def send(client: Client, request: IncentiveRequest, **typed: Any) -> Any:
    """Send the composer as it stands on the page, with what was typed."""
    address = reverse("request_messages", args=[request.pk])
    page = client.get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(nonce|version)" value="([^"]*)"', page))
    return client.post(address, {**hidden, "body": "", **typed})


class TestRequestList(ListContract):
    path = "/provider/incentive-requests"
    filter_query = "status=requested"
    search_term = "home.example"
    queries = 20

    @pytest.fixture
    def reader(self, ada: Client) -> Client:
        return ada

    @pytest.fixture
    def make_rows(self, program: Program) -> Callable[[int], Any]:
        return lambda count: [make_request(program=program) for _ in range(count)]


def test_the_list_has_the_columns_of_the_manual(ada: Client, program: Program) -> None:
    make_request(program=program)
    page = ada.get(reverse("requests")).content.decode()
    headings = (
        "Incentive Request ID",
        "Email",
        "Product/Service Name",
        "Message",
        "Requester Type",
        "Incentive Type",
        "Request Type",
        "Status",
    )
    table = page[page.index("<thead") :]
    places = [table.index(f">{name}") for name in headings]
    assert places == sorted(places)
    assert "<h1" in page
    assert "Incentive Requests" in page


@pytest.mark.parametrize(
    "term",
    ["{id}", "SAM@HOME", "rooftop", "three YEARS", "existing", "discount", "under rev"],
)
def test_search_finds_what_the_manual_says(ada: Client, program: Program, term: str) -> None:
    wanted = make_request(
        program=program, status="under_review", recipient_email="sam@home.example"
    )
    garden = make_program(program.business, "Garden")
    other = make_request(
        program=garden,
        incentive_type="cashback",
        entity_stage="prospect_customer",
        message="Hello.",
    )
    found = shown(ada, f"q={term.format(id=wanted.pk)}")
    assert wanted.pk in found
    assert other.pk not in found


def test_drafts_are_their_authors_alone(ada: Client, program: Program) -> None:
    draft = make_request(program=program, status="draft")
    assert shown(ada) == []
    for name in PAGES:
        assert ada.get(reverse(name, args=[draft.pk])).status_code == 404


def test_chips_and_filters_narrow_the_list(ada: Client, program: Program) -> None:
    mine = make_request(program=program)
    theirs = make_request(program=program, status="needs_info")
    assert shown(ada, "waiting=provider") == [mine.pk]
    assert shown(ada, "waiting=recipient") == [theirs.pk]
    assert shown(ada, "status=needs_info") == [theirs.pk]
    assert shown(ada, f"program={program.pk}") == [theirs.pk, mine.pk]


@pytest.mark.parametrize("members", [0, 2])
def test_the_row_menu_holds_what_exists(ada: Client, program: Program, members: int) -> None:
    request = make_request(program=program, members=members)
    page = ada.get(reverse("requests")).content.decode()
    menu = page[page.index('<details class="row-menu') :]
    entries = re.findall(r">([A-Z][\w ]+)</a>", menu[: menu.index("</details>")])
    assert ("View Group Members" in entries) == bool(members)
    assert "View Incentive Distribution" in entries
    assert reverse("request_distributions", args=[request.pk]) in menu


@pytest.mark.parametrize("status", [code for code in EVERY_STATUS if code != "draft"])
def test_details_say_how_the_request_stands(ada: Client, program: Program, status: str) -> None:
    request = make_request(program=program, status=status)
    page = ada.get(reverse("request_detail", args=[request.pk])).content.decode()
    assert request.reference in page
    assert RequestStatus(status).label in page
    assert "What happens next" in page
    assert request.message in page


def test_details_and_messages_cost_a_fixed_number_of_queries(ada: Client, program: Program) -> None:
    short = make_request(program=program, status="acknowledged")
    long = make_request(program=program, status="completed", members=3)
    for name in ("request_detail", "request_messages", "request_distributions", "request_members"):
        if name == "request_members":
            short = make_request(program=program, members=1)
        ada.get(reverse(name, args=[long.pk]))
        counts = []
        for request in (short, long):
            with CaptureQueriesContext(connection) as queries:
                assert ada.get(reverse(name, args=[request.pk])).status_code == 200
            counts.append(len(queries))
        assert max(counts) <= 22, (name, counts)


def test_another_businesses_request_is_a_404_everywhere(cast: Cast, program: Program) -> None:
    request = make_request(program=program, status="approved_confirmed", members=1)
    row = Distribution.objects.filter(request=request)[0]
    boris = client_of(cast.boris)
    for name in PAGES:
        assert boris.get(reverse(name, args=[request.pk])).status_code == 404
    for name in ("request_messages", "request_messages_read", "request_distributions"):
        address = reverse(name, args=[request.pk])
        assert boris.post(address, {"batch": "1", "selected": row.pk}).status_code == 404
    message = request.messages.all()[0]
    for name in ("request_message_edit", "request_message_delete"):
        assert boris.get(reverse(name, args=[request.pk, message.pk])).status_code == 404
    assert boris.get(reverse("request_attachment", args=[request.pk, "x"])).status_code == 404
    assert request_by_pk(pk=request.pk).version == request.version


def test_a_single_request_has_no_members_page(ada: Client, program: Program) -> None:
    request = make_request(program=program)
    assert ada.get(reverse("request_members", args=[request.pk])).status_code == 404


def test_the_members_page_lists_who_joined(ada: Client, program: Program) -> None:
    request = make_request(program=program, members=2, status="approved_confirmed")
    page = ada.get(reverse("request_members", args=[request.pk])).content.decode()
    assert "3 of 3 places are taken" in page
    assert "Creator" in page
    assert page.count("Pending") >= 3


def test_the_provider_negotiates_approves_and_confirms_by_messages(
    ada: Client, program: Program
) -> None:
    request = make_request(program=program, status="under_review")
    bare = send(ada, request, status="negotiating", body="How about this?")
    assert bare.status_code == 422
    sent = send(
        ada,
        request,
        status="negotiating",
        body="How about this?",
        value_amount="80",
        value_currency="EUR",
    )
    assert sent.status_code == 303
    assert request_by_pk(pk=request.pk).status == "negotiating"
    early = send(ada, request, status="approved", body="Fine.")
    assert early.status_code == 422
    assert "has not agreed" in early.content.decode()


def test_a_message_must_carry_a_chosen_status(ada: Client, program: Program) -> None:
    request = make_request(program=program)
    refused = send(ada, request, body="Hello")
    assert refused.status_code == 422
    assert "Select a status" in refused.content.decode()
    foreign = send(ada, request, body="Hello", status="completed")
    assert foreign.status_code == 409
    kept = send(ada, request, body="Hello", status="keep")
    assert kept.status_code == 303
    assert request.messages.filter(body="Hello").count() == 1


def test_readers_may_look_but_not_write(cast: Cast, program: Program) -> None:
    request = make_request(program=program)
    ana = client_of(cast.ana)
    assert ana.get(reverse("request_messages", args=[request.pk])).status_code == 200
    posted = ana.post(
        reverse("request_messages", args=[request.pk]), {"status": "acknowledged", "body": "x"}
    )
    assert posted.status_code == 403


def test_before_confirmation_the_record_says_when_it_begins(ada: Client, program: Program) -> None:
    request = make_request(program=program, status="approved")
    page = ada.get(reverse("request_distributions", args=[request.pk])).content.decode()
    assert "They appear once the request is Approved Confirmed." in page
    assert "Update Selected" not in page


def test_the_record_of_a_request_is_the_page_of_the_manual(ada: Client, program: Program) -> None:
    request = make_request(program=program, status="approved_confirmed")
    row = Distribution.objects.get(request=request)
    address = reverse("request_distributions", args=[request.pk])
    assert address == f"/provider/incentive-requests/incentive-distributions/{request.pk}"
    page = ada.get(address).content.decode()
    assert "Incentive Distributions" in page
    assert request.reference in page
    assert "take tour" in page.lower()
    assert f'href="{reverse("requests")}" data-back' in page
    for heading in (
        "Distribution ID",
        "Email",
        "Incentive Value",
        "Incentive Value Description",
        "Status",
        "Created At",
        "Updated At",
    ):
        assert heading in page
    saved = ada.post(
        address,
        {
            "batch": "1",
            "selected": str(row.pk),
            f"row-{row.pk}-version": "1",
            f"row-{row.pk}-value": "75.50",
            f"row-{row.pk}-description": "Code SAVE75 sent by e-mail",
            f"row-{row.pk}-status": "success",
        },
        headers={"HX-Request": "true"},
    )
    assert saved.status_code == 200
    row.refresh_from_db()
    assert (row.status, row.value_minor) == ("success", 7550)


def test_an_edited_or_deleted_message_shows_as_such(ada: Client, program: Program) -> None:
    request = make_request(program=program)
    send(ada, request, body="Helo", status="keep")
    message = request.messages.get(body="Helo")
    edit = reverse("request_message_edit", args=[request.pk, message.pk])
    assert ada.post(edit, {"body": "Hello"}).status_code == 303
    page = ada.get(reverse("request_messages", args=[request.pk])).content.decode()
    assert "(edited)" in page
    delete = reverse("request_message_delete", args=[request.pk, message.pk])
    assert ada.post(delete).status_code == 303
    page = ada.get(reverse("request_messages", args=[request.pk])).content.decode()
    assert "This message was deleted" in page


def test_the_navigation_leads_to_the_requests(ada: Client, program: Program) -> None:
    page = ada.get(reverse("offers")).content.decode()
    assert f'href="{reverse("requests")}"' in page
