"""The public page of a link template (incentives.md 7.1, 5.3)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import clock
from incentives.models import ClaimIntent, LinkTemplate, Offer
from incentives.services import link_templates, programs
from tests.factories.incentives import Desk, make_desk
from tests.factories.link_templates import make_group_template, make_template, use_template
from tests.incentives.recipient import Page, Person, mails, secret_in

pytestmark = pytest.mark.django_db

INBOX = "Check your inbox to confirm your email address"
WHO = {"name": "Sam Okafor", "email": "sam@home.example", "accepts": "on"}


@pytest.fixture
def acme() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def visitor() -> Person:
    return Person()


def fill_in(person: Person, template: LinkTemplate, **typed: str) -> Page:
    """Send the form of the template's page; return the page that it leads to."""
    form = person.page("template_link", None, template.slug).form("/template/")
    answer = person.press(form, **{**WHO, **typed})
    assert answer.status_code == 303
    return Page(person.client.get(answer["Location"]))


def test_page_shows_what_would_be_given_and_no_recipient(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program, message="For everybody at the fair")
    use_template(template, email="first@home.example")
    page = visitor.page("template_link", None, template.slug)
    assert page.headings[0] == "€50.00 cashback"
    assert "For everybody at the fair" in page.text
    assert "first@home.example" not in page.text
    assert "The first person to confirm" not in page.text
    assert "Decline" not in page.answers()


def test_masked_message_is_left_out(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program, message="A secret word", message_masked=True)
    assert "A secret word" not in visitor.page("template_link", None, template.slug).text
    fill_in(visitor, template)
    assert mails("E02")[0].context["message"] == ""


def test_visitor_claims_from_the_first_page_to_their_own(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program)
    sent = fill_in(visitor, template, body="See you there")
    assert sent.headings == [INBOX]
    assert not Offer.objects.exists()
    secret = secret_in(mails("E02", "sam@home.example")[0])
    verify = visitor.page("offer_verify", secret)
    assert "See you there" in verify.text
    answer = visitor.press(verify.form("/verify"))
    assert answer.status_code == 303
    own = Page(visitor.client.get(answer["Location"]))
    assert own.headings[0] == "You claimed this offer"
    offer = Offer.objects.get()
    assert (offer.status, offer.recipient_name) == ("pre_claimed", "Sam Okafor")


def test_opening_links_makes_nothing(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program)
    visitor.open("template_link", None, template.slug)
    assert not ClaimIntent.objects.exists()
    fill_in(visitor, template)
    secret = secret_in(mails("E02")[0])
    for _ in range(3):
        assert visitor.open("offer_verify", secret).status_code == 200
    assert not Offer.objects.exists()


def test_second_try_reads_the_same_words(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program)
    use_template(template, email="sam@home.example")
    known = fill_in(visitor, template)
    unknown = fill_in(visitor, template, email="nobody@home.example")
    assert known.text == unknown.text
    assert [mail.kind for mail in mails("E03", "sam@home.example")] == ["E03", "E03"]
    assert mails("E02", "sam@home.example") == mails("E02", "sam@home.example")[:1]


def test_other_wishes_have_pages_of_their_own(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program)
    offered = visitor.page("template_link", None, template.slug)
    addresses = [url for url in offered.links.values() if f"/{template.slug}/" in url]
    assert len(addresses) == 3
    for address in addresses:
        page = Page(visitor.client.get(address))
        assert page.form("/template/").action == reverse("template_link", args=[template.slug])


@pytest.mark.parametrize("slug", ["decline", "join", "claim-mine", "nonsense"])
def test_no_other_wish_has_a_page(acme: Desk, visitor: Person, slug: str) -> None:
    template = make_template(acme.program)
    assert visitor.open("template_link_answer", None, template.slug, slug).status_code == 404


def test_missing_parts_are_named_and_nothing_is_stored(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program)
    form = visitor.page("template_link", None, template.slug).form("/template/")
    answer = visitor.press(form, name="S", email="sam")
    assert answer.status_code == 422
    page = Page(answer)
    assert "Enter your name with at least 2 letters." in page.text
    assert "Enter a whole email address" in page.text
    assert not ClaimIntent.objects.exists()


def test_bot_that_fills_in_the_hidden_field_stores_nothing(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program)
    assert fill_in(visitor, template, website="http://spam.example").headings == [INBOX]
    assert not ClaimIntent.objects.exists()


def test_eleventh_wish_an_hour_from_one_network_address_is_refused(
    acme: Desk, visitor: Person
) -> None:
    template = make_template(acme.program)
    for number in range(10):
        fill_in(visitor, template, email=f"sam{number}@home.example")
    form = visitor.page("template_link", None, template.slug).form("/template/")
    answer = visitor.press(form, **{**WHO, "email": "sam10@home.example"})
    assert answer.status_code == 429
    assert ClaimIntent.objects.count() == 10


@pytest.mark.scenario("INC-43")
def test_link_of_an_inactive_template_or_program_shows_no_form(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program)
    link_templates.deactivate(template=template, at=clock.now())
    answer = visitor.open("template_link", None, template.slug)
    assert answer.status_code == 410
    assert Page(answer).headings[0] == "This link is not active"
    assert Page(answer).forms == []
    link_templates.activate(template=template, at=clock.now())
    programs.deactivate(program=acme.program, at=clock.now())
    answer = visitor.open("template_link", None, template.slug)
    assert answer.status_code == 410
    assert Page(answer).headings[0] == "This program is not active at the moment"
    assert Page(answer).forms == []
    refused = visitor.client.post(reverse("template_link", args=[template.slug]), WHO)
    assert refused.status_code == 410
    programs.activate(program=acme.program, at=clock.now())
    assert visitor.open("template_link", None, template.slug).status_code == 200


def test_full_link_says_that_the_offer_is_no_longer_available(acme: Desk, visitor: Person) -> None:
    template = make_template(acme.program, max_uses=1)
    use_template(template)
    answer = visitor.open("template_link", None, template.slug)
    assert answer.status_code == 410
    assert Page(answer).headings[0] == "This offer is no longer available"
    assert Page(answer).forms == []


def test_unknown_link_is_not_found(visitor: Person) -> None:
    assert visitor.open("template_link", None, "nonsense").status_code == 404


def test_page_is_secret_to_search_engines_caches_and_other_sites(
    acme: Desk, visitor: Person
) -> None:
    answer = visitor.open("template_link", None, make_template(acme.program).slug)
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_group_link_founds_a_group_whose_lead_invites_the_others(
    acme: Desk, visitor: Person
) -> None:
    template = make_group_template(acme.program, cap=3)
    page = visitor.page("template_link", None, template.slug)
    assert "Start a group" in page.answers()
    assert "Make a counter-offer" not in page.answers()
    fill_in(visitor, template)
    verify = visitor.page("offer_verify", secret_in(mails("E02")[0]))
    assert "Start a group" in verify.text
    answer = visitor.press(verify.form("/verify"))
    offer = Offer.objects.get()
    assert answer.status_code == 303
    own = visitor.client.get(answer["Location"]).content.decode()
    assert reverse("offer_link", args=[offer.link_slug]) in own
    assert offer.members.get().role == "lead"
