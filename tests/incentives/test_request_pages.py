"""The pages of those who ask: by links alone, from the form to the delivered incentive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.models import LinkToken, Mail
from incentives.models import IncentiveRequest, MessageAttachment, Program
from incentives.selectors.requests import request_by_pk
from incentives.services import programs, request_groups
from tests.cast import Cast, client_of
from tests.factories.incentives import make_program
from tests.factories.requests import (
    REVIEW,
    YES,
    access_secret,
    advance,
    join,
    make_request,
    member_secret,
    verify_secret,
)
from tests.incentives.recipient import Page, Person, mails, secret_in

FORM = {
    "incentive_type": "discount",
    "value_unit": "currency",
    "amount_amount": "100",
    "amount_currency": "EUR",
    "value_description": "On my next plan",
    "message": "A discount would keep us.",
    "entity_type": "individual",
    "entity_stage": "existing_customer",
    "request_type": "single",
    "delivery_method": "email",
    "recipient_name": "Sam Okafor",
    "recipient_email": "sam@home.example",
    "website": "",
    "action": "send",
}


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast.acme, "Rooftop panels")


@pytest.fixture
def person() -> Person:
    return Person()


def ask(person: Person, program: Program, **typed: Any) -> Any:
    address = reverse("program_request", args=[program.slug])
    page = Page(person.client.get(address))
    form = next(form for form in page.forms if "nonce" in form.data)
    return person.client.post(address, {**form.data, **FORM, **typed})


def mine(person: Person, request: IncentiveRequest) -> Page:
    return person.page("my_request", access_secret(request), request.pk)


def test_asking_answers_the_same_for_every_address_and_mails_a_link(
    cast: Cast, person: Person, program: Program
) -> None:
    answer = ask(person, program)
    assert answer.status_code == 303
    text = person.client.get(answer.headers["Location"]).content.decode()
    assert "Check your inbox" in text
    assert [mail.kind for mail in Mail.objects.all()] == ["Q01"]
    assert IncentiveRequest.objects.get().status == "draft"


def test_opening_the_link_changes_nothing_and_its_button_sends_the_request(
    person: Person, program: Program
) -> None:
    ask(person, program)
    request = IncentiveRequest.objects.get()
    secret = secret_in(mails("Q01")[0])
    for _ in range(3):
        page = person.page("request_verify", secret)
    assert request_by_pk(pk=request.pk).status == "draft"
    done = person.press(page.form("verify"))
    assert done.status_code == 303
    assert request_by_pk(pk=request.pk).status == "requested"
    shown = Page(person.client.get(done.headers["Location"]))
    assert "Requested" in shown.text
    assert person.open("request_verify", secret).status_code == 410


def test_what_is_missing_is_said_at_its_field_and_nothing_is_stored(
    person: Person, program: Program
) -> None:
    answer = ask(person, program, message="", amount_amount="", value_description="")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Write a message to the provider." in text
    assert not IncentiveRequest.objects.exists()


def test_save_as_draft_needs_hardly_anything(person: Person, program: Program) -> None:
    assert ask(person, program, action="draft", message="", incentive_type="").status_code == 303
    request = IncentiveRequest.objects.get()
    page = person.page("request_verify", verify_secret(request))
    person.press(page.form("verify"))
    draft = mine(person, request)
    assert "Submit my request" in draft.answers()
    assert "Edit this request" in draft.answers()
    refused = person.press(draft.form("/send"))
    assert refused.status_code == 422
    assert "Write a message to the provider." in refused.content.decode()


def test_whoever_fills_in_the_hidden_field_hears_the_same_and_nothing_is_stored(
    person: Person, program: Program
) -> None:
    assert ask(person, program, website="http://spam.example").status_code == 303
    assert not IncentiveRequest.objects.exists()


def test_pressing_twice_asks_once(person: Person, program: Program) -> None:
    address = reverse("program_request", args=[program.slug])
    form = next(f for f in Page(person.client.get(address)).forms if "nonce" in f.data)
    for _ in range(2):
        assert person.client.post(address, {**form.data, **FORM}).status_code == 303
    assert IncentiveRequest.objects.count() == 1
    assert len(mails("Q01")) == 1


def test_an_inactive_program_cannot_be_asked_for(person: Person, program: Program) -> None:
    programs.deactivate(program=program, at=clock.now())
    address = reverse("program_request", args=[program.slug])
    assert person.client.get(address).status_code == 404


def test_a_product_without_a_program_is_asked_about_at_the_provider(
    cast: Cast, person: Person
) -> None:
    address = reverse("provider_request", args=[cast.acme.slug])
    form = next(f for f in Page(person.client.get(address)).forms if "nonce" in f.data)
    bare = person.client.post(address, {**form.data, **FORM})
    assert bare.status_code == 422
    asked = {**form.data, **FORM, "product_name": "Garden lights", "product_url": ""}
    assert person.client.post(address, asked).status_code == 303
    assert IncentiveRequest.objects.get().product_name == "Garden lights"


def test_my_requests_lists_searches_and_pages_what_the_address_asked_for(
    person: Person, program: Program
) -> None:
    for number in range(12):
        make_request(
            program=program,
            recipient_email=f"sam{number}@home.example",
            message=f"Wish number {number}",
        )
    IncentiveRequest.objects.update(recipient_email="sam@home.example")
    other = make_request(program=program)
    newest = IncentiveRequest.objects.exclude(pk=other.pk).latest("pk")
    newest_secret = access_secret(newest)
    LinkToken.objects.filter(purpose="request").exclude(address=other.recipient_email).update(
        address="sam@home.example"
    )
    page = person.page("my_requests", newest_secret)
    assert "Showing 1 to 10 of 12 entries" in " ".join(page.text.split())
    assert other.reference not in page.text
    assert "Create new request" in page.links
    found = person.client.get(reverse("my_requests"), {"token": newest_secret, "q": "NUMBER 11"})
    assert found.content.decode().count('class="request-card-head"') == 1
    none = person.client.get(reverse("my_requests"), {"token": newest_secret, "q": "nothing"})
    assert "No requests match your search" in none.content.decode()
    second = person.client.get(reverse("my_requests"), {"token": newest_secret, "page": "9"})
    assert "Showing 11 to 12 of 12 entries" in " ".join(second.content.decode().split())


def test_my_pages_cost_a_fixed_number_of_queries(person: Person, program: Program) -> None:
    first = make_request(program=program, recipient_email="sam@home.example")
    make_request(program=program, recipient_email="sam@home.example", status="completed")
    secret = access_secret(first)
    with CaptureQueriesContext(connection) as listing:
        person.open("my_requests", secret)
    with CaptureQueriesContext(connection) as one:
        person.open("my_request", secret, first.pk)
    assert len(listing) <= 6
    assert len(one) <= 12


def test_a_verified_address_asks_again_without_another_confirmation(
    person: Person, program: Program
) -> None:
    first = make_request(program=program, recipient_email="sam@home.example")
    secret = access_secret(first)
    page = person.page("request_again", secret, first.pk)
    form = next(f for f in page.forms if "nonce" in f.data)
    address = f"{reverse('request_again', args=[first.pk])}?token={secret}"
    typed = {**FORM, "recipient_email": "other@home.example"}
    answer = person.client.post(address, {**form.data, **typed})
    assert answer.status_code == 303
    second = IncentiveRequest.objects.latest("pk")
    assert (second.status, second.recipient_email) == ("requested", "sam@home.example")
    assert len(mails("Q01")) == 1


@pytest.mark.parametrize(
    ("status", "delivery", "editable"),
    [
        ("draft", "email", True),
        ("draft", "link", True),
        ("requested", "link", True),
        ("requested", "email", False),
        ("acknowledged", "link", False),
        ("approved_confirmed", "link", False),
    ],
)
def test_a_request_can_be_edited_exactly_while_the_manual_says(
    person: Person, program: Program, status: str, delivery: str, editable: bool
) -> None:
    request = make_request(program=program, status=status, delivery_method=delivery)
    secret = access_secret(request)
    assert ("Edit this request" in mine(person, request).answers()) == editable
    answer = person.open("my_request_edit", secret, request.pk)
    assert answer.status_code == (200 if editable else 409)
    if not editable:
        return
    page = Page(answer)
    form = next(f for f in page.forms if "version" in f.data)
    address = f"{reverse('my_request_edit', args=[request.pk])}?token={secret}"
    typed = {**FORM, "message": "Said anew.", "delivery_method": "email"}
    assert person.client.post(address, {**form.data, **typed}).status_code == 303
    saved = request_by_pk(pk=request.pk)
    assert saved.message == "Said anew."
    assert saved.recipient_email == request.recipient_email
    expected = "email" if status == "draft" else delivery
    assert saved.delivery_method == expected
    stale = person.client.post(address, {**form.data, **FORM, "nonce": "another"})
    assert stale.status_code == 409


def test_the_recipient_agrees_counters_informs_and_cancels(
    person: Person, program: Program
) -> None:
    first = make_request(program=program, status="negotiating")
    page = mine(person, first)
    assert {"Agree to these terms", "Propose other terms", "Cancel this request"} <= page.answers()
    assert person.press(page.form("/act/agree")).status_code == 303
    assert request_by_pk(pk=first.pk).status == "approved"
    second = make_request(program=program, status="negotiating")
    secret = access_secret(second)
    counter = person.page("my_request_act", secret, second.pk, "propose").form("/act/propose")
    typed = {"counter_value_amount": "90", "counter_value_currency": "EUR", "body": "In between?"}
    assert person.press(counter, **typed).status_code == 303
    moved = request_by_pk(pk=second.pk)
    assert (moved.status, moved.status_set_by) == ("negotiating", "recipient")
    assert "Agree to these terms" not in mine(person, second).answers()
    third = make_request(program=program, status="needs_info")
    secret = access_secret(third)
    inform = person.page("my_request_act", secret, third.pk, "inform").form("/act/inform")
    assert person.press(inform, body="").status_code == 422
    assert person.press(inform, body="The yearly one.").status_code == 303
    assert request_by_pk(pk=third.pk).status == "info_provided"
    cancel = person.page("my_request_act", secret, third.pk, "withdraw").form("/act/withdraw")
    stale = person.press(cancel, version="1")
    assert stale.status_code == 409
    fresh = person.page("my_request_act", secret, third.pk, "withdraw").form("/act/withdraw")
    assert person.press(fresh, nonce="another").status_code == 303
    assert request_by_pk(pk=third.pk).status == "cancelled"


def test_messages_need_a_status_and_carry_up_to_three_files(
    person: Person, program: Program, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    request = make_request(program=program, status="acknowledged")
    form = mine(person, request).form("/message?")
    file = SimpleUploadedFile("plan.txt", b"My plan", content_type="text/plain")
    bare = person.client.post(form.action, {**form.data, "status": "", "body": "Hello"})
    assert bare.status_code == 422
    assert "Select a status" in bare.content.decode()
    sent = person.press(form, status="keep", body="Hello", attachments=[file])
    assert sent.status_code == 303
    assert request.messages.filter(body="Hello", sender_kind="referent").count() == 1
    key = MessageAttachment.objects.get().key
    address = reverse("my_request_attachment", args=[request.pk, key])
    download = person.client.get(address, {"token": access_secret(request)})
    assert b"".join(download.streaming_content) == b"My plan"
    other = make_request(program=program)
    assert person.client.get(address, {"token": access_secret(other)}).status_code == 404
    assert person.client.get(address).status_code == 404


def test_a_draft_has_no_conversation(person: Person, program: Program) -> None:
    draft = make_request(program=program, status="draft")
    assert "Conversation" not in mine(person, draft).text


def test_tokens_of_offers_and_of_others_open_nothing(person: Person, program: Program) -> None:
    request = make_request(program=program)
    secret = access_secret(request)
    assert person.open("my_request", "", request.pk).status_code == 400
    assert person.open("my_request", "nonsense", request.pk).status_code == 404
    assert person.open("offer_claim", secret).status_code == 404
    other = make_request(program=program)
    assert person.open("my_request", secret, other.pk).status_code == 404


def test_people_join_a_group_by_its_link_once_their_address_is_confirmed(
    person: Person, program: Program
) -> None:
    request = make_request(
        program=program, request_type="group", max_required_members=2, delivery_method="link"
    )
    address = reverse("request_link", args=[request.link_slug])
    page = Page(person.client.get(address))
    assert request.recipient_email not in page.text
    form = next(f for f in page.forms if "nonce" in f.data)
    typed = {"name": "Ana Silva", "email": "ana@home.example", "website": ""}
    assert person.client.post(address, {**form.data, **typed}).status_code == 303
    member = request.members.get(email="ana@home.example")
    assert member.status == "pending"
    secret = secret_in(mails("Q06")[0])
    confirm = person.page("request_join_confirm", secret).form("/join")
    joined = person.press(confirm)
    assert joined.status_code == 303
    member.refresh_from_db()
    assert member.status == "active"
    text = person.client.get(joined.headers["Location"]).content.decode()
    assert "2 of 2 places are taken" in text
    assert "All places are taken" in person.client.get(address).content.decode()


def test_group_messages_are_for_the_creator_and_active_members_alone(
    cast: Cast, person: Person, program: Program
) -> None:
    request = make_request(program=program, request_type="group", max_required_members=4)
    ana = join(request, email="ana@home.example", at=clock.now())
    request_groups.ask_to_join(
        request=request, name="Pat Doe", email="pat@home.example", at=clock.now()
    )
    address = reverse("group_messages", args=[request.pk])
    creator, member = access_secret(request), member_secret(ana)
    form = person.page("group_messages", member, request.pk).form("group-messages")
    assert person.press(form, body="Shall we take the yearly plan?").status_code == 303
    for secret in (creator, member):
        text = person.client.get(address, {"token": secret}).content.decode()
        assert "Shall we take the yearly plan?" in text
        assert 'class="thread-day"' in text
    other = make_request(program=program, request_type="group", max_required_members=4)
    assert person.client.get(address, {"token": access_secret(other)}).status_code == 404
    pending = secret_in(mails("Q06", "pat@home.example")[0])
    assert person.client.get(address, {"token": pending}).status_code == 404
    assert person.client.post(address, {"body": "Hello"}).status_code == 400
    desk = client_of(cast.ada).get(reverse("request_messages", args=[request.pk]))
    assert "Shall we take the yearly plan?" not in desk.content.decode()
    assert "Shall we take the yearly plan?" not in mine(person, request).text


def test_a_member_reads_how_it_stands_but_does_not_answer(person: Person, program: Program) -> None:
    request = make_request(program=program, members=1, status="negotiating")
    member = request.members.exclude(email=request.recipient_email).get()
    page = person.page("request_member", member_secret(member))
    assert "Agree to these terms" not in page.answers()
    assert "Only Sam Okafor" in page.text
    assert person.open("my_request", member_secret(member), request.pk).status_code == 404


def test_confirming_a_group_records_one_distribution_for_each_active_member(
    program: Program,
) -> None:
    request = make_request(program=program, request_type="group", max_required_members=5)
    join(request, email="ana@home.example", at=clock.now())
    request_groups.ask_to_join(
        request=request_by_pk(pk=request.pk),
        name="Pat Doe",
        email="pat@home.example",
        at=clock.now(),
    )
    advance(request, (REVIEW, ("provider", "approved", YES)), at=clock.now())
    ok = replace(YES, short_group_ok=True)
    advance(request, (("provider", "approved_confirmed", ok),), at=clock.now())
    emails = set(request.distributions.values_list("recipient_email", flat=True))
    assert emails == {request.recipient_email, "ana@home.example"}
    assert request.members.get(email="pat@home.example").status == "removed"


def test_the_way_back_is_sent_on_request(person: Person, program: Program) -> None:
    request = make_request(program=program)
    before = len(mails("Q02"))
    for address in (request.recipient_email, "stranger@home.example"):
        answer = person.client.post(reverse("request_access"), {"email": address, "website": ""})
        assert "is on its way" in answer.content.decode()
    assert len(mails("Q02")) == before + 1


def test_text_of_strangers_is_only_text(client: Client, cast: Cast, program: Program) -> None:
    evil = "<script>alert(1)</script>"
    request = make_request(program=program, message=evil, recipient_name=f"Sam {evil}")
    for name in ("request_detail", "request_messages", "requests"):
        args = [] if name == "requests" else [request.pk]
        page = client_of(cast.ada).get(reverse(name, args=args)).content.decode()
        assert evil not in page
