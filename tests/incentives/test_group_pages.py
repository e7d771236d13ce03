"""The pages of a group's members: the link, the invitation, one's own place (incentives.md 5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from incentives.models import Message
from incentives.services import group_desk, groups, memberships
from tests.factories.incentives import Desk, claim_secret, make_desk, make_offer
from tests.incentives.group_stage import DAY, START, address, linked, mailed
from tests.incentives.recipient import Page, Person, mails, secret_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    """Let the pages be opened a little after everything that the group's stage does."""
    with time_machine.travel(START + DAY + timedelta(hours=2)):
        yield


def test_the_link_shows_terms_and_places_but_nobody_in_the_group(
    desk: Desk, person: Person
) -> None:
    group = linked(desk).join("Anna Berg")
    page = person.page("offer_link", None, group.offer.link_slug)
    assert "1 of 3" in page.text
    assert "€50.00 cashback" in page.text
    assert "Join the group" in page.answers()
    assert "Anna" not in page.text
    assert "home.example" not in page.text
    assert not {"Ask a question", "Make a counter-offer", "Decline"} & page.answers()


def test_a_visitor_joins_by_the_link_and_the_mailed_button(desk: Desk, person: Person) -> None:
    group = linked(desk)
    slug = group.offer.link_slug
    form = person.page("offer_link", None, slug).form(f"/link/{slug}")
    answer = person.press(form, name="Anna Berg", email=address("Anna"), accepts="on")
    assert answer.status_code == 303
    secret = secret_in(mails("E02", address("Anna"))[-1])
    shown = person.page("offer_verify", secret)
    assert "Join the group" in shown.text
    assert group.roles() == {}
    done = person.press(shown.form("/verify"))
    assert done.status_code == 303
    page = Page(person.client.get(done["Location"]))  # type: ignore[arg-type]
    assert "You lead this group" in page.text
    assert group.roles() == {"anna": ("lead", "active")}


def test_a_trapped_or_incomplete_wish_for_a_place_is_not_mailed(desk: Desk, person: Person) -> None:
    group = linked(desk)
    slug = group.offer.link_slug
    form = person.page("offer_link", None, slug).form(f"/link/{slug}")
    assert person.press(form, name="A", email="nowhere").status_code == 422
    typed = {"name": "Bot", "email": "bot@home.example", "accepts": "on", "website": "x"}
    assert person.press(form, **typed).status_code == 303
    assert mails("E02") == []


def test_a_full_group_says_so_to_everybody_who_opens_its_link(desk: Desk, person: Person) -> None:
    group = linked(desk, 2).join("Anna", "Ben")
    answer = person.open("offer_link", None, group.offer.link_slug)
    assert answer.status_code == 409
    assert "All places are taken" in Page(answer).headings[0]


def test_the_answers_of_a_group_are_not_on_its_link(desk: Desk, person: Person) -> None:
    group = linked(desk).join("Anna")
    slug = group.offer.link_slug
    assert person.open("offer_link_answer", None, slug, "ask").status_code == 404
    form = person.page("offer_link", None, slug).form(f"/link/{slug}")
    person.press(form, name="Eve Adams", email=address("Eve"), accepts="on", target="pre_claimed")
    secret = secret_in(mails("E02", address("Eve"))[-1])
    person.press(person.page("offer_verify", secret).form("/verify"))
    assert group.fresh().status == "offered"


def test_an_invitation_shows_the_summary_and_joins_by_its_button_only(
    desk: Desk, person: Person
) -> None:
    group = mailed(desk, "Anna", "Ben", message_masked=True).accept("Anna")
    secret = group.secret("Ben")
    page = person.page("offer_claim", secret)
    assert {"Join the group", "Decline"} <= page.answers()
    assert "Anna" not in page.text
    assert group.offer.message not in page.text
    assert group.roles()["ben"] == ("member", "pending")
    form = page.form("/claim/join")
    assert person.press(form, name="").status_code == 422
    assert person.press(form, name="Ben Coste").status_code == 303
    assert group.roles()["ben"] == ("member", "active")
    assert person.press(form, name="Ben Coste").status_code == 303


def test_somebody_only_invited_reads_nothing_and_answers_nothing(
    desk: Desk, person: Person
) -> None:
    group = mailed(desk, "Anna", "Ben")
    secret = group.secret("Ben")
    query = {"token": secret}
    asked = person.client.get(
        reverse("offer_claim"), query | {"after": 0}, headers={"HX-Request": "true"}
    )
    assert "thread" not in asked.content.decode()
    for slug in ("accept", "decline", "collect"):
        url = f"{reverse('offer_answer', args=[slug])}?token={secret}"
        assert person.client.post(url, {"version": 1}).status_code == 404
    assert person.client.get(reverse("attachment", args=["x"]), query).status_code == 404


def test_an_invitation_is_declined_after_a_question(desk: Desk, person: Person) -> None:
    group = mailed(desk, "Anna", "Ben")
    secret = group.secret("Ben")
    page = person.page("group_turn_down", secret)
    assert group.roles()["ben"] == ("member", "pending")
    assert person.press(page.form("turn-down")).status_code == 303
    assert group.roles()["ben"] == ("member", "declined")
    after = person.open("offer_claim", secret)
    assert after.status_code == 410
    assert "You are not in this group" in Page(after).headings[0]


@pytest.mark.scenario("INC-47")
def test_a_member_reads_the_thread_but_has_no_composer_and_cannot_post(
    desk: Desk, person: Person
) -> None:
    group = linked(desk).join("Anna Berg", "Ben Coste")
    group.says("Anna", "needs_info", "When would you begin?")
    secret = group.secret("Ben")
    page = person.page("offer_claim", secret)
    assert "When would you begin?" in page.text
    assert "Only Anna, who leads the group, writes to Acme Solar" in page.text
    assert not any("/claim/message" in form.action for form in page.forms)
    assert "Berg" not in page.text
    before = Message.objects.count()
    url = f"{reverse('offer_message')}?token={secret}"
    sent = person.client.post(url, {"status": "keep", "body": "Hello", "version": 1})
    assert sent.status_code == 404
    for slug in ("accept", "decline", "ask", "counter", "claim"):
        url = f"{reverse('offer_answer', args=[slug])}?token={secret}"
        answer = person.client.post(url, {"body": "No", "version": 1})
        assert answer.status_code == 404, slug
        assert person.client.get(url).status_code == 404, slug
    assert Message.objects.count() == before
    assert group.fresh().status == "needs_info"


def test_a_member_cannot_mend_the_leads_messages(desk: Desk, person: Person) -> None:
    group = linked(desk).join("Anna", "Ben")
    lead = person.page("offer_claim", group.secret("Anna"))
    form = lead.form("/claim/message")
    assert person.press(form, status="keep", body="Hello there").status_code == 303
    message = Message.objects.get(body="Hello there")
    url = reverse("offer_own_message_edit", args=[message.pk])
    assert person.client.get(url, {"token": group.secret("Ben")}).status_code == 404
    assert person.client.get(url, {"token": group.secret("Anna")}).status_code == 200


def test_members_see_each_other_by_first_name_and_masked_address(
    desk: Desk, person: Person
) -> None:
    group = linked(desk).join("Anna Berg", "Ben Coste")
    page = person.page("offer_claim", group.secret("Ben"))
    assert "Anna a•••@home.example" in page.text
    assert "Ben (you) ben@home.example" in page.text
    assert address("Anna") not in page.text
    assert "Berg" not in page.text
    assert "2 of 3" in page.text
    assert (
        reverse("offer_link", args=[group.offer.link_slug])
        in person.open("offer_claim", group.secret("Ben")).content.decode()
    )


def test_the_lead_has_exactly_the_answers_of_the_table(desk: Desk, person: Person) -> None:
    group = linked(desk).join("Anna")
    alone = person.page("offer_claim", group.secret("Anna")).answers()
    assert "Claim offer" not in alone
    assert {"Ask a question", "Make a counter-offer", "Request a change"} <= alone
    group.join("Ben")
    assert "Claim offer" in person.page("offer_claim", group.secret("Anna")).answers()
    assert (
        not {"Claim offer", "Ask a question"}
        & person.page("offer_claim", group.secret("Ben")).answers()
    )


def test_each_member_claims_on_their_own_page(desk: Desk, person: Person) -> None:
    group = linked(desk).confirmed("Anna", "Ben")
    assert person.answer(group.secret("Ben"), "collect").status_code == 303
    after = person.page("offer_claim", group.secret("Ben"))
    assert "Claim my incentive" not in after.answers()
    assert "One other member has not claimed theirs yet" in after.text
    assert person.answer(group.secret("Anna"), "collect").status_code == 303
    assert group.fresh().status == "claimed"


def test_leaving_asks_first_and_says_what_follows(desk: Desk, person: Person) -> None:
    group = linked(desk).join("Anna", "Ben")
    secret = group.secret("Anna")
    assert "Leave the group" in person.page("offer_claim", secret).links
    page = person.page("group_leave", secret)
    assert "The longest-standing member leads the group" in page.text
    assert group.roles()["anna"] == ("lead", "active")
    assert person.press(page.form("/leave")).status_code == 303
    assert group.roles()["ben"] == ("lead", "active")
    assert person.open("offer_claim", secret).status_code == 410


def test_a_single_offers_link_has_no_pages_of_a_group(desk: Desk, person: Person) -> None:
    offer = make_offer(program=desk.program)
    secret = claim_secret(offer, at=clock.now())
    for name in ("group_leave", "group_turn_down"):
        assert person.open(name, secret).status_code == 404


def test_members_of_the_vendor_look_but_do_not_join(desk: Desk, person: Person) -> None:
    group = mailed(desk, "Anna", "Ben")
    form = person.page("offer_claim", group.secret("Ben")).form("/claim/join")
    person.client.force_login(desk.user)
    assert "Join the group" not in person.page("offer_claim", group.secret("Ben")).answers()
    assert person.press(form, name="Ben").status_code == 403
    assert group.roles()["ben"] == ("member", "pending")


def test_a_members_page_costs_the_same_for_any_size_of_group(desk: Desk, person: Person) -> None:
    group = linked(desk, 40).join("Anna", "Ben")
    secret = group.secret("Ben")
    person.open("offer_claim", secret)
    with CaptureQueriesContext(connection) as few:
        person.open("offer_claim", secret)
    for number in range(30):
        groups.join(
            offer=group.fresh(), email=f"m{number}@home.example", name="Member", at=group.at
        )
    with CaptureQueriesContext(connection) as many:
        page = person.page("offer_claim", secret)
    assert len(many) == len(few)
    assert "and 12 others" in page.text


def test_who_was_removed_is_told_so_and_sees_nothing_of_the_offer(
    desk: Desk, person: Person
) -> None:
    group = linked(desk).join("Anna", "Ben")
    group_desk.remove(member=group.member("Ben"), actor=desk.actor, at=group.tick())
    answer = person.open("offer_claim", group.secret("Ben"))
    assert answer.status_code == 410
    assert "€50.00" not in answer.content.decode()
    assert memberships.may_leave(group.fresh(), group.member("Ben")) is False
