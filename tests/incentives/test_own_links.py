"""A vendor's own users who hold a recipient's link may look, not act (incentives.md 1, rule 3; 8.3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from incentives.models import Message, Program
from incentives.selectors.requests import request_by_pk
from incentives.services import request_groups, requests
from tests.cast import Cast, client_of
from tests.factories.incentives import make_offer, make_program
from tests.factories.requests import access_secret, make_request, request_values, verify_secret
from tests.incentives.recipient import Page, Person, mails, secret_in


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def insider(cast: Cast) -> Client:
    """Somebody who is signed in for the vendor that is asked."""
    return client_of(cast.ada)


def at(page: str, secret: str, *args: Any) -> str:
    return f"{reverse(page, args=args)}?token={secret}"


def test_insider_sees_a_request_without_its_answers(insider: Client, program: Program) -> None:
    request = make_request(program=program, status="negotiating")
    address = at("my_request", access_secret(request), request.pk)
    acts = {"Agree to these terms", "Propose other terms", "Cancel this request", "Send"}
    assert acts <= Page(Client().get(address)).answers()
    page = Page(insider.get(address))
    assert "This is what the requester sees" in page.text
    assert not acts & page.answers()


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("my_request_act", ("agree",)),
        ("my_request_act", ("withdraw",)),
        ("my_request_message", ()),
        ("my_request_send", ()),
        ("my_request_edit", ()),
        ("request_again", ()),
    ],
)
def test_insider_answers_nothing_for_the_requester(
    insider: Client, program: Program, page: str, more: tuple[str, ...]
) -> None:
    request = make_request(program=program, status="negotiating")
    said = Message.objects.count()
    typed = {"nonce": "n1", "version": request.version, "body": "Yes", "status": "approved"}
    answer = insider.post(at(page, access_secret(request), request.pk, *more), typed)
    assert answer.status_code == 403
    assert "member of the provider" in answer.content.decode()
    assert request_by_pk(pk=request.pk).status == "negotiating"
    assert Message.objects.count() == said


def test_insider_leaves_the_messages_unread(insider: Client, program: Program) -> None:
    request = make_request(program=program, status="needs_info")
    unread = Message.objects.filter(request=request, sender_kind="vendor", read_at=None)
    assert unread.exists()
    address = at("my_request_read", access_secret(request), request.pk)
    assert insider.post(address).status_code == 204
    assert unread.exists()


def test_insider_confirms_no_address(insider: Client, program: Program) -> None:
    request = requests.ask(
        business=program.business, values=request_values(program), send=True, at=clock.now()
    )
    answer = insider.post(at("request_verify", verify_secret(request)))
    assert answer.status_code == 403
    stored = request_by_pk(pk=request.pk)
    assert (stored.status, stored.recipient_verified_at) == ("draft", None)


def test_insider_reads_nothing_of_the_group_s_own_chat(insider: Client, program: Program) -> None:
    request = make_request(
        program=program, request_type="group", max_required_members=3, delivery_method="link"
    )
    member = request_groups.creators_membership(request_by_pk(pk=request.pk))
    request_groups.say(member=member, body="Between us: ask for more.", at=clock.now())
    address = at("group_messages", access_secret(request), request.pk)
    answer = insider.get(address)
    assert answer.status_code == 403
    assert "Between us" not in answer.content.decode()
    assert insider.post(address, {"nonce": "n1", "body": "Hello"}).status_code == 403
    assert Client().get(address).status_code == 200


def test_users_of_another_vendor_answer_like_anybody(cast: Cast, program: Program) -> None:
    request = make_request(program=program, status="negotiating")
    typed = {"nonce": "n1", "version": request.version}
    address = at("my_request_act", access_secret(request), request.pk, "agree")
    assert client_of(cast.boris).post(address, typed).status_code == 303
    assert request_by_pk(pk=request.pk).status == "approved"


def test_the_provider_s_name_leads_to_its_public_page(program: Program) -> None:
    make_offer(program=program)
    page = Person().open("offer_claim", secret_in(mails("E01")[0])).content.decode()
    assert f'href="{reverse("provider_public", args=[program.business.slug])}"' in page


def test_a_provider_without_a_completed_profile_has_no_page_to_lead_to(program: Program) -> None:
    make_offer(program=program)
    profile = program.business.provider_profile
    profile.completed_at = None
    profile.save(update_fields=["completed_at"])
    page = Person().open("offer_claim", secret_in(mails("E01")[0])).content.decode()
    assert "/providers/" not in page
