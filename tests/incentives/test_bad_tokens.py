"""What a link shows that opens nothing: heading, code, nothing of the offer (incentives.md 5.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from core import clock
from incentives.models import Offer
from incentives.selectors import offer_by_pk
from incentives.services import offers, statuses
from incentives.services.actors import provider
from incentives.services.statuses import Payload
from tests.factories.incentives import Desk, make_desk, make_offer
from tests.incentives.recipient import Page, Person, mails, secret_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def noor() -> Person:
    return Person()


def offered(desk: Desk) -> tuple[Offer, str]:
    offer = make_offer(program=desk.program, message="Only for your eyes")
    return offer, secret_in(mails("E01", offer.recipient_email)[-1])


def assert_reveals_nothing(page: Page, offer: Offer) -> None:
    for secret in ("Only for your eyes", "Acme Solar", "50.00", offer.reference):
        assert secret not in page.text
    assert offer.recipient_email not in page.text


@pytest.mark.scenario("INC-32")
def test_missing_random_and_resent_tokens_say_so_and_reveal_nothing(
    acme: Desk, noor: Person
) -> None:
    offer, secret = offered(acme)
    offers.resend(offer=offer, actor=provider(acme.user), at=clock.now())
    for asked, code, heading in (
        (None, 400, "No token provided"),
        ("", 400, "No token provided"),
        ("x" * 43, 404, "Invalid Token"),
        ("not a token at all", 404, "Invalid Token"),
        (secret, 404, "Invalid Token"),
    ):
        response = noor.open("offer_claim", asked)
        page = Page(response)
        assert (response.status_code, page.headings) == (code, [heading])
        assert_reveals_nothing(page, offer)
    newest = secret_in(mails("E01", offer.recipient_email)[-1])
    assert noor.open("offer_claim", newest).status_code == 200


def test_revoked_token_points_to_the_newest_mail(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    offers.resend(offer=offer, actor=provider(acme.user), at=clock.now())
    assert "newer e-mail was sent" in noor.page("offer_claim", secret).text


def test_token_of_another_purpose_is_invalid(acme: Desk, noor: Person) -> None:
    _, secret = offered(acme)
    for url_name in ("offer_verify", "acknowledge"):
        response = noor.open(url_name, secret)
        assert (response.status_code, Page(response).headings) == (404, ["Invalid Token"])


@pytest.mark.scenario("INC-33")
def test_late_answer_is_refused_and_expires_the_offer_on_the_spot(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    form = noor.page("offer_claim", secret).form("/claim/accept?")
    assert offer.expires_at is not None
    with time_machine.travel(offer.expires_at, tick=False):
        response = noor.press(form)
    page = Page(response)
    assert (response.status_code, page.headings) == (410, ["Token has expired"])
    assert offer_by_pk(pk=offer.pk).status == "expired"
    assert_reveals_nothing(page, offer)


def test_asking_for_a_new_link_tells_the_provider_once_a_day(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    assert offer.expires_at is not None
    late = offer.expires_at + timedelta(hours=1)
    with time_machine.travel(late, tick=False):
        form = noor.page("offer_claim", secret).form("new-link")
        assert form.buttons == ["Ask the provider for a new link"]
        first = noor.press(form)
        noor.press(form)
    assert first.status_code == 200
    assert [mail.to for mail in mails("new-link")] == [acme.user.email]
    with time_machine.travel(late + timedelta(days=1), tick=False):
        noor.press(form)
    assert len(mails("new-link")) == 2


def test_asking_for_a_new_link_answers_a_stranger_in_the_same_words(noor: Person) -> None:
    url = reverse("offer_new_link")
    known = noor.client.post(f"{url}?token={'x' * 43}")
    none = noor.client.post(url)
    assert (known.status_code, none.status_code) == (200, 200)
    assert Page(known).text == Page(none).text
    assert mails("new-link") == []


def test_withdrawn_offer_says_only_that(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    statuses.transition(
        offer=offer, to="cancelled", actor=provider(acme.user), payload=Payload(), at=clock.now()
    )
    response = noor.open("offer_claim", secret)
    page = Page(response)
    assert (response.status_code, page.headings) == (410, ["This offer was withdrawn"])
    assert_reveals_nothing(page, offer)


def test_rejected_offer_stays_readable_for_its_recipient(acme: Desk, noor: Person) -> None:
    _, secret = offered(acme)
    noor.answer(secret, "decline", body="")
    response = noor.open("offer_claim", secret)
    assert response.status_code == 200
    assert Page(response).headings[0] == "You declined this offer"


def test_claim_token_goes_on_working_after_an_answer_and_the_first_deadline(
    acme: Desk, noor: Person
) -> None:
    offer, secret = offered(acme)
    noor.answer(secret, "accept")
    assert offer.expires_at is not None
    with time_machine.travel(offer.expires_at + timedelta(days=60), tick=False):
        assert noor.open("offer_claim", secret).status_code == 200


@pytest.mark.scenario("INC-34")
def test_reoffered_offer_opens_by_its_new_link_alone(acme: Desk, noor: Person) -> None:
    offer = make_offer(program=acme.program, status="expired")
    old = secret_in(mails("E01", offer.recipient_email)[-1])
    statuses.transition(
        offer=offer,
        to="offered",
        actor=provider(acme.user),
        payload=Payload(expires_at=clock.now() + timedelta(days=5)),
        at=clock.now(),
    )
    new = secret_in(mails("E01", offer.recipient_email)[-1])
    assert offer_by_pk(pk=offer.pk).status == "offered"
    assert noor.open("offer_claim", old).status_code == 404
    assert noor.open("offer_claim", new).status_code == 200


@pytest.mark.parametrize("url_name", ["offer_claim", "offer_verify", "acknowledge"])
def test_refusals_are_private_pages_too(noor: Person, url_name: str) -> None:
    response = noor.open(url_name, "x" * 43)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]


def test_unknown_answer_address_is_404(acme: Desk, noor: Person) -> None:
    _, secret = offered(acme)
    assert noor.client.get(f"/incentive-offers/claim/steal?token={secret}").status_code == 404


def test_late_answer_to_terms_offered_anew_can_ask_for_a_new_link(acme: Desk, noor: Person) -> None:
    offer, secret = offered(acme)
    noor.answer(secret, "ask", body="Is it for tenants too?")
    again = statuses.transition(
        offer=offer,
        to="offered",
        actor=provider(acme.user),
        payload=Payload(text="Yes, for tenants too."),
        at=clock.now(),
    )
    form = noor.page("offer_claim", secret).form("/claim/accept?")
    assert again.expires_at is not None
    with time_machine.travel(again.expires_at, tick=False):
        response = noor.press(form)
    assert response.status_code == 410
    assert Page(response).form("new-link").buttons == ["Ask the provider for a new link"]
    assert offer_by_pk(pk=offer.pk).status == "expired"
