"""Confirming a typed address: the button binds the recipient, the first one wins (incentives.md 5.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from core import clock
from incentives.guards import Payload
from incentives.models import ClaimIntent, Offer
from incentives.selectors import offer_by_pk
from incentives.services import links
from tests.factories.incentives import Desk, make_desk, make_offer
from tests.incentives.recipient import Page, Person, mails, secret_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def sam() -> Person:
    return Person()


@pytest.fixture
def offer(acme: Desk) -> Offer:
    return make_offer(program=acme.program, delivery="link")


def wish(offer: Offer, email: str, target: str = "pre_claimed", text: str = "") -> str:
    """Leave a wish on the link and return the secret of the mail that confirms it."""
    links.request(
        offer=offer,
        target=target,
        name="Sam Okafor",
        email=email,
        payload=Payload(text=text),
        at=clock.now(),
    )
    return secret_in(mails("E02", email)[-1])


def test_opening_the_mailed_link_changes_nothing(offer: Offer, sam: Person) -> None:
    secret = wish(offer, "sam@home.example")
    for _ in range(3):
        assert sam.open("offer_verify", secret).status_code == 200
    assert offer_by_pk(pk=offer.pk).version == offer.version
    assert ClaimIntent.objects.get().confirmed_at is None


def test_page_repeats_what_is_about_to_be_sent(offer: Offer, sam: Person) -> None:
    secret = wish(offer, "sam@home.example", "needs_info", "Is it for tenants too?")
    page = sam.page("offer_verify", secret)
    assert "Is it for tenants too?" in page.text
    assert "Ask a question" in page.text
    assert page.form("/verify").buttons == ["Confirm"]


def test_confirming_binds_the_recipient_and_leads_to_their_offer(offer: Offer, sam: Person) -> None:
    secret = wish(offer, "sam@home.example")
    response = sam.press(sam.page("offer_verify", secret).form("/verify"))
    after = offer_by_pk(pk=offer.pk)
    assert response.status_code == 303
    assert (after.status, after.recipient_email) == ("pre_claimed", "sam@home.example")
    assert after.has_consent
    assert after.recipient_verified_at is not None
    assert Page(sam.client.get(response["Location"])).headings[0] == "You claimed this offer"
    assert [mail.to for mail in mails("E03")] == ["sam@home.example"]
    assert len(mails("E04")) == 1


def test_question_is_asked_only_once_the_address_is_confirmed(offer: Offer, sam: Person) -> None:
    secret = wish(offer, "sam@home.example", "needs_info", "Is it for tenants too?")
    sam.press(sam.page("offer_verify", secret).form("/verify"))
    after = offer_by_pk(pk=offer.pk)
    assert (after.status, after.status_set_by) == ("needs_info", "recipient")


@pytest.mark.scenario("INC-38")
def test_first_confirmation_wins_and_the_second_learns_nothing_of_it(
    offer: Offer, sam: Person
) -> None:
    first, second = wish(offer, "sam@home.example"), wish(offer, "lee@home.example")
    late = Person()
    late_form = late.page("offer_verify", second).form("/verify")
    sam.press(sam.page("offer_verify", first).form("/verify"))
    response = late.press(late_form)
    page = Page(response)
    after = offer_by_pk(pk=offer.pk)
    assert (after.status, after.recipient_email) == ("pre_claimed", "sam@home.example")
    assert response.status_code == 409
    assert page.headings == ["This offer has already been claimed"]
    assert "sam@home.example" not in page.text
    assert "Sam Okafor" not in page.text
    lost = ClaimIntent.objects.get(email="lee@home.example")
    assert (lost.confirmed_at, lost.closed_at is not None) == (None, True)


@pytest.mark.scenario("INC-40")
def test_verification_link_dies_after_a_day_or_one_use(offer: Offer, sam: Person) -> None:
    secret = wish(offer, "sam@home.example")
    form = sam.page("offer_verify", secret).form("/verify")
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1), tick=False):
        assert sam.open("offer_verify", secret).status_code == 410
        assert sam.press(form).status_code == 410
    assert offer_by_pk(pk=offer.pk).status == "offered"
    assert sam.press(form).status_code == 303
    claimed = offer_by_pk(pk=offer.pk)
    again = sam.press(form)
    assert (again.status_code, Page(again).headings) == (410, ["Invalid Token"])
    assert "already used" in Page(again).text
    assert offer_by_pk(pk=offer.pk).version == claimed.version


def test_used_link_sends_its_winner_a_fresh_way_back(offer: Offer, sam: Person) -> None:
    secret = wish(offer, "sam@home.example")
    form = sam.page("offer_verify", secret).form("/verify")
    sam.press(form)
    sent = len(mails("E03", "sam@home.example"))
    page = Page(sam.press(form))
    assert sam.press(page.form("access-again")).status_code == 200
    fresh = mails("E03", "sam@home.example")
    assert len(fresh) == sent + 1
    assert sam.open("offer_claim", secret_in(fresh[-1])).status_code == 200


def test_providers_own_address_is_refused_in_neutral_words(
    acme: Desk, offer: Offer, sam: Person
) -> None:
    secret = wish(offer, acme.user.email)
    response = sam.press(sam.page("offer_verify", secret).form("/verify"))
    assert response.status_code == 409
    assert "cannot be claimed with this address" in Page(response).text
    assert offer_by_pk(pk=offer.pk).status == "offered"
