"""My offers in the recipients' portal: one's own, and places in groups (decision D5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, tokens
from directory.models import Contact, ContactEmail, Organisation
from directory.services import portal
from directory.views.portal_pages import COOKIE
from incentives.models import GroupMember, Offer
from tests.factories.directory import make_business, make_contact
from tests.factories.incentives import Desk, make_desk, make_offer
from tests.incentives.group_stage import START, Group, mailed

pytestmark = pytest.mark.django_db
LIST = "/me/offers"


@pytest.fixture(autouse=True)
def _day(time_machine: Any) -> None:
    time_machine.move_to(START.replace(day=4), tick=False)


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk(at=START)


@pytest.fixture
def group(desk: Desk) -> Group:
    """An e-mailed group offer to Anna, who leads, and Ben; nobody has joined."""
    return mailed(desk, "Anna", "Ben")


def known(business: Organisation, name: str, *, verified: bool = True) -> Contact:
    contact = make_contact(business, f"{name} Example", email=f"{name.lower()}@home.example")
    moment = clock.now() if verified else None
    ContactEmail.objects.filter(contact=contact).update(verified_at=moment)
    return contact


def inside(contact: Contact) -> Client:
    """Return a browser with the contact's session."""
    at = clock.now()
    token = portal.link_token(contact=contact, address="x@home.example", at=at)
    client = Client()
    client.cookies[COOKIE] = portal.begin(secret=tokens.secret_of(token), at=at)
    return client


def text(client: Client) -> str:
    answer = client.get(LIST)
    assert answer.status_code == 200
    return answer.content.decode()


def follow(client: Client, url: str) -> Any:
    """Press the button of a card and open where it leads."""
    answer = client.post(url)
    assert answer.status_code == 303
    return client.get(answer["Location"])


def contact_of(desk: Desk, name: str, **options: Any) -> Contact:
    found = Contact.objects.filter(
        business=desk.business, emails__address=f"{name.lower()}@home.example"
    ).first()
    if found is None:
        return known(desk.business, name, **options)
    if options.get("verified", True):
        ContactEmail.objects.filter(contact=found).update(verified_at=clock.now())
    return found


def test_an_offer_to_a_verified_address_is_listed_and_opened_by_a_fresh_link(desk: Desk) -> None:
    offer = make_offer(program=desk.program, status="offered", recipient_email="anna@home.example")
    client = inside(contact_of(desk, "Anna"))
    assert "Answer this offer" in text(client)
    page = follow(client, reverse("my_offer_open", args=[offer.pk]))
    assert page.status_code == 200
    assert "token=" in page.request["QUERY_STRING"] or page.request["PATH_INFO"]


def test_an_address_that_nobody_proved_shows_nothing(desk: Desk) -> None:
    make_offer(program=desk.program, status="offered", recipient_email="anna@home.example")
    Offer.objects.update(contact=None)
    assert "No offers at the moment" in text(inside(contact_of(desk, "Anna", verified=False)))


def test_what_waits_for_an_answer_stands_first(desk: Desk) -> None:
    contact = contact_of(desk, "Anna")
    for status in ("offered", "rejected"):
        make_offer(program=desk.program, status=status, recipient_email="anna@home.example")
    Offer.objects.update(contact=contact)
    shown = text(inside(contact))
    assert 0 < shown.index("Answer this offer") < shown.index("Open this offer")
    assert shown.count("Open this offer") == 1


def test_an_invitation_to_a_group_is_joined_from_here(desk: Desk, group: Group) -> None:
    client = inside(contact_of(desk, "Ben"))
    shown = text(client)
    assert "You are invited to a group" in shown
    assert "Join the group" in shown
    member = group.member("Ben")
    page = follow(client, reverse("my_place_open", args=[member.pk]))
    assert page.status_code == 200
    assert b"Join" in page.content


def test_the_lead_answers_for_the_group_and_the_others_look_on(desk: Desk, group: Group) -> None:
    group.accept("Anna", "Ben")
    anna, ben = inside(contact_of(desk, "Anna")), inside(contact_of(desk, "Ben"))
    assert "Answer for the group" in text(anna)
    assert "Answer for the group" not in text(ben)
    assert "You are in the group" in text(ben)
    for client, name in ((anna, "Anna"), (ben, "Ben")):
        page = follow(client, reverse("my_place_open", args=[group.member(name).pk]))
        assert page.status_code == 200


def test_who_declined_or_was_removed_has_no_card_any_more(desk: Desk, group: Group) -> None:
    client = inside(contact_of(desk, "Ben"))
    GroupMember.objects.filter(email="ben@home.example").update(status="declined")
    assert "No offers at the moment" in text(client)


def test_places_of_others_do_not_exist(desk: Desk, group: Group) -> None:
    member, offer = group.member("Anna"), make_offer(program=desk.program, status="offered")
    elsewhere = inside(known(make_business("Bright Bikes"), "Anna"))
    for client in (inside(contact_of(desk, "Ben")), elsewhere):
        assert client.post(reverse("my_place_open", args=[member.pk])).status_code == 404
        assert client.post(reverse("my_offer_open", args=[offer.pk])).status_code == 404
    assert "No offers at the moment" in text(elsewhere)


def test_the_front_page_of_the_portal_counts_groups_too(desk: Desk, group: Group) -> None:
    shown = inside(contact_of(desk, "Ben")).get("/me").content.decode()
    assert "1 offer for you." in shown
    assert "1 waits for your answer." in shown


def test_opening_the_list_changes_nothing(desk: Desk, group: Group) -> None:
    client = inside(contact_of(desk, "Ben"))
    before = group.roles()
    client.get(LIST)
    assert client.get(reverse("my_place_open", args=[group.member("Ben").pk])).status_code == 405
    assert group.roles() == before
