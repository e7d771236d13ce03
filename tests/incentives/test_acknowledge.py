"""Confirming receipt in one's own words (incentives.md 5.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from incentives.models import Acknowledgement, Offer
from incentives.selectors import offer_by_pk
from tests.factories.incentives import Desk, make_desk, make_offer
from tests.incentives.recipient import Page, Person, mails, secret_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def noor() -> Person:
    return Person()


@pytest.fixture
def completed(acme: Desk) -> Offer:
    return make_offer(program=acme.program, status="completed")


def invitation() -> str:
    return secret_in(mails("E08")[-1])


def test_page_shows_what_is_confirmed(completed: Offer, noor: Person, acme: Desk) -> None:
    page = noor.page("acknowledge", invitation())
    for words in (
        completed.recipient_email,
        "€50.00 cashback",
        "Paid by bank transfer",
        str(acme.program),
        f"no. {acme.program.pk}",
        "(UTC)",
    ):
        assert words in page.text


@pytest.mark.scenario("INC-69")
def test_submitted_words_reach_the_provider_and_use_up_the_link(
    completed: Offer, noor: Person, acme: Desk
) -> None:
    form = noor.page("acknowledge", invitation()).form("/acknowledge")
    response = noor.press(
        form, message="It arrived, thank you!", display_name="Noor", consent_public="on"
    )
    words = Acknowledgement.objects.get(offer=completed)
    assert (response.status_code, Page(response).headings) == (200, ["Thank you for confirming"])
    assert (words.state, words.message, words.consent_public) == (
        "submitted", "It arrived, thank you!", True,
    )  # fmt: skip
    assert [mail.to for mail in mails("E14")] == [acme.user.email]
    assert offer_by_pk(pk=completed.pk).status == "completed"
    again = noor.open("acknowledge", invitation())
    assert (again.status_code, Page(again).headings) == (410, ["Invalid Token"])


def test_pressing_twice_thanks_twice_and_stores_once(completed: Offer, noor: Person) -> None:
    form = noor.page("acknowledge", invitation()).form("/acknowledge")
    first = noor.press(form, message="It arrived, thank you!")
    second = noor.press(form, message="It arrived, thank you!")
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(mails("E14")) == 1


@pytest.mark.parametrize("words", ["", "Too short", "x" * 1025])
def test_words_have_10_to_1024_characters(completed: Offer, noor: Person, words: str) -> None:
    form = noor.page("acknowledge", invitation()).form("/acknowledge")
    response = noor.press(form, message=words, display_name="Noor")
    assert response.status_code == 422
    assert "Noor" in response.content.decode()
    assert Acknowledgement.objects.get(offer=completed).state == "invited"


@pytest.mark.scenario("INC-70")
def test_invitation_of_seven_days_ago_has_expired(completed: Offer, noor: Person) -> None:
    words = Acknowledgement.objects.get(offer=completed)
    assert words.expires_at - words.created_at == timedelta(days=7)
    with time_machine.travel(words.created_at + timedelta(days=7), tick=False):
        response = noor.open("acknowledge", invitation())
    assert (response.status_code, Page(response).headings) == (410, ["Token has expired"])
