"""Claiming a shared link: public summary, wish, neutral words, limits (incentives.md 5.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import reverse

from core import clock
from incentives.models import ClaimIntent, Offer
from incentives.selectors import offer_by_pk
from incentives.services import programs, statuses
from incentives.services.actors import provider
from incentives.services.statuses import Payload
from tests.factories.incentives import Desk, claim_link, make_desk, make_offer
from tests.incentives.recipient import Page, Person, mails

pytestmark = pytest.mark.django_db

INBOX = "Check your inbox to confirm your email address"


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def visitor() -> Person:
    return Person()


def shared(desk: Desk, **fields: Any) -> Offer:
    return make_offer(program=desk.program, delivery="link", **fields)


def ask(person: Person, offer: Offer, slug: str = "", **typed: Any) -> HttpResponse:
    """Fill in the link's form, or that of another wish, as a visitor would."""
    page = (
        person.page("offer_link_answer", None, offer.link_slug, slug)
        if slug
        else person.page("offer_link", None, offer.link_slug)
    )
    who = {"name": "Sam Okafor", "email": "sam@home.example", "accepts": "on"}
    return person.press(page.form("/link/"), **{**who, **typed})


@pytest.mark.scenario("INC-37")
def test_visitor_is_sent_to_the_inbox_and_the_status_stays_offered(
    acme: Desk, visitor: Person
) -> None:
    offer = shared(acme)
    response = ask(visitor, offer)
    assert response.status_code == 303
    assert Page(visitor.client.get(response["Location"])).headings == [INBOX]
    after = offer_by_pk(pk=offer.pk)
    assert (after.status, after.recipient_email, after.version) == ("offered", "", offer.version)
    assert [mail.to for mail in mails("E02")] == ["sam@home.example"]


def test_answer_is_the_same_for_every_address(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    unknown = ask(visitor, offer, email="nobody@elsewhere.example")
    own = ask(visitor, offer, email=acme.user.email)
    assert (unknown.status_code, unknown["Location"]) == (own.status_code, own["Location"])


def test_public_page_shows_the_summary_and_no_recipient(acme: Desk, visitor: Person) -> None:
    offer = shared(acme, message="For everybody on our street")
    ask(visitor, offer)
    page = visitor.page("offer_link", None, offer.link_slug)
    assert page.headings[0] == "€50.00 cashback"
    assert "For everybody on our street" in page.text
    assert "sam@home.example" not in page.text


def test_masked_message_is_not_on_the_public_page(acme: Desk, visitor: Person) -> None:
    offer = shared(acme, message="Between us", message_masked=True)
    assert "Between us" not in visitor.page("offer_link", None, offer.link_slug).text
    ask(visitor, offer)
    assert mails("E02")[0].context["message"] == ""


@pytest.mark.scenario("INC-39")
def test_a_stranger_cannot_decline_for_everybody(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    page = visitor.page("offer_link", None, offer.link_slug)
    assert page.answers() >= {
        "Claim this offer",
        "Make a counter-offer",
        "Ask a question",
        "Request a change",
    }
    assert "Decline" not in page.answers()
    response = visitor.press(
        page.form("/link/"),
        target="rejected", name="Sam", email="sam@home.example", accepts="on", body="No",
    )  # fmt: skip
    assert response.status_code == 422
    assert ClaimIntent.objects.count() == 0
    assert mails("E02") == []
    url = reverse("offer_link_answer", args=[offer.link_slug, "decline"])
    assert visitor.client.get(url).status_code == 404
    assert offer_by_pk(pk=offer.pk).status == "offered"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "S"}, "at least 2 letters"),
        ({"email": "sam@"}, "Enter a whole email address"),
        ({"accepts": ""}, "Tick the box"),
        ({"body": "x" * 1025}, "Use at most 1024 characters"),
    ],
)
def test_incomplete_wish_is_refused_with_what_was_typed(
    acme: Desk, visitor: Person, typed: dict[str, str], sentence: str
) -> None:
    response = ask(visitor, shared(acme), **typed)
    assert response.status_code == 422
    assert sentence in Page(response).text
    assert "sam@home.example" in response.content.decode() or "email" in typed
    assert ClaimIntent.objects.count() == 0


@pytest.mark.parametrize("slug", ["counter", "ask", "revise"])
def test_a_question_needs_its_words(acme: Desk, visitor: Person, slug: str) -> None:
    response = ask(visitor, shared(acme), slug, body="", counter_value_amount="70")
    assert response.status_code == 422
    assert ClaimIntent.objects.count() == 0


def test_counter_offer_is_stored_with_its_terms(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    response = ask(visitor, offer, "counter", counter_value_amount="70", body="A little more?")
    assert response.status_code == 303
    intent = ClaimIntent.objects.get(offer=offer)
    assert (intent.target, intent.payload["counter"]["minor"]) == ("counter", 7000)


def test_hidden_field_traps_whatever_fills_it_in(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    response = ask(visitor, offer, website="https://spam.example")
    assert response["Location"] == reverse("offer_link_sent", args=[offer.link_slug])
    assert ClaimIntent.objects.count() == 0
    assert mails("E02") == []


def test_pressing_twice_sends_one_mail(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    form = visitor.page("offer_link", None, offer.link_slug).form("/link/")
    typed = {"name": "Sam", "email": "sam@home.example", "accepts": "on"}
    assert visitor.press(form, **typed).status_code == 303
    assert visitor.press(form, **typed).status_code == 303
    assert len(mails("E02")) == 1


def test_fourth_verification_mail_within_the_hour_is_too_many(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    with time_machine.travel("2031-03-03T10:00:00Z", tick=False):
        offer = shared(acme)
        codes = [ask(visitor, offer).status_code for _ in range(4)]
    assert codes == [303, 303, 303, 429]
    assert len(mails("E02", "sam@home.example")) == 3


def test_eleventh_wish_from_one_place_within_the_hour_is_too_many(
    acme: Desk, visitor: Person
) -> None:
    with time_machine.travel("2031-03-03T10:00:00Z", tick=False):
        offer = shared(acme)
        answers = [ask(visitor, offer, email=f"sam{n}@home.example") for n in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert "Please try again" in Page(answers[-1]).text
    assert "sam10@home.example" in answers[-1].content.decode()


def test_inactive_program_shows_a_page_without_a_form(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    programs.deactivate(program=acme.program, at=clock.now())
    response = visitor.open("offer_link", None, offer.link_slug)
    page = Page(response)
    assert response.status_code == 410
    assert page.headings == ["This program is not active at the moment"]
    assert page.forms == []
    programs.activate(program=acme.program, at=clock.now())
    assert visitor.open("offer_link", None, offer.link_slug).status_code == 200


def test_claimed_link_shows_everybody_that_it_is_claimed(acme: Desk, visitor: Person) -> None:
    offer = shared(acme)
    claim_link(offer, at=clock.now(), email="first@home.example")
    response = visitor.open("offer_link", None, offer.link_slug)
    page = Page(response)
    assert response.status_code == 409
    assert page.headings == ["This offer has already been claimed"]
    assert "first@home.example" not in page.text


def test_expired_and_withdrawn_links_are_gone(acme: Desk, visitor: Person) -> None:
    late = shared(acme)
    assert late.expires_at is not None
    with time_machine.travel(late.expires_at + timedelta(minutes=1), tick=False):
        assert visitor.open("offer_link", None, late.link_slug).status_code == 410
    offer = shared(acme)
    statuses.transition(
        offer=offer, to="cancelled", actor=provider(acme.user), payload=Payload(), at=clock.now()
    )
    assert visitor.open("offer_link", None, offer.link_slug).status_code == 410


def test_unknown_slug_is_404(visitor: Person) -> None:
    assert visitor.open("offer_link", None, "A" * 22).status_code == 404
