"""My schemes in the recipients' portal: seeing, joining and leaving them (rewards.md 2.3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.models import Mail
from directory.models import Contact
from rewards.choices import SignUpMethod, SignUpOption
from rewards.models import Award, RewardScheme
from rewards.selectors.schemes import standing
from rewards.services import schemes
from tests.factories.directory import make_business, make_contact
from tests.factories.rewards import make_offer, make_scheme
from tests.rewards.till import Club
from tests.wallet.portal import COOKIE, session_of

pytestmark = pytest.mark.django_db
LIST = "/me/schemes"


@pytest.fixture
def ann(club: Club) -> Client:
    return client_of(club.ann)


def client_of(contact: Contact) -> Client:
    client = Client()
    client.cookies[COOKIE] = session_of(contact)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def is_member(scheme: RewardScheme, contact: Contact) -> bool:
    return standing(scheme=scheme, contact=contact).is_member


def closed(club: Club, method: SignUpMethod, **changes: Any) -> RewardScheme:
    return make_scheme(
        club.business, "Staff", option=SignUpOption.CLOSED_LOOP, sign_up_method=method, **changes
    )


def test_the_portal_leads_to_the_schemes_and_says_where_one_stands(club: Club, ann: Client) -> None:
    home = text_of(ann.get("/me"))
    assert LIST in home
    assert "You are in S1." in home
    page = text_of(ann.get(LIST))
    assert page.index("S1") < page.index("S2")
    assert "You are in it since" in page
    assert "Join<span" in page


def test_joining_and_leaving_take_one_step_each_and_awards_stay(club: Club, ann: Client) -> None:
    make_offer(club.s2, type="SIGNUP", amount="2.00")
    assert ann.post(f"{LIST}/{club.s2.pk}/join").status_code == 303
    assert is_member(club.s2, club.ann)
    asked = ann.get(f"{LIST}/{club.s2.pk}/leave")
    assert asked.status_code == 200
    assert is_member(club.s2, club.ann)
    ann.post(f"{LIST}/{club.s2.pk}/leave")
    assert not is_member(club.s2, club.ann)
    assert "You left S2" in text_of(ann.get(LIST))
    ann.post(f"{LIST}/{club.s2.pk}/join")
    assert Award.objects.filter(contact=club.ann).count() == 1


def test_a_code_opens_its_scheme_once(club: Club, ann: Client) -> None:
    scheme = closed(club, SignUpMethod.CODE)
    schemes.import_codes(scheme=scheme, codes=["AB-12"], at=scheme.created_at)
    wrong = ann.post(f"{LIST}/{scheme.pk}/join", {"code": "ZZ-99"})
    assert wrong.status_code == 422
    assert "does not exist or was used already" in text_of(wrong)
    assert "ZZ-99" in text_of(wrong)
    assert ann.post(f"{LIST}/{scheme.pk}/join", {"code": "ab-12"}).status_code == 303
    assert is_member(scheme, club.ann)
    bob = make_contact(club.business, "Bob Other")
    assert client_of(bob).post(f"{LIST}/{scheme.pk}/join", {"code": "AB-12"}).status_code == 422


def test_a_scheme_for_some_addresses_mails_a_link_there(club: Club, ann: Client) -> None:
    scheme = closed(club, SignUpMethod.EMAIL_DOMAIN, email_domains=["acme.example"])
    refused = ann.post(f"{LIST}/{scheme.pk}/join", {"email": "ann@home.example"})
    assert refused.status_code == 422
    assert ann.post(f"{LIST}/{scheme.pk}/join", {"email": "ann@acme.example"}).status_code == 303
    assert Mail.objects.get(kind="scheme_join").to == "ann@acme.example"
    assert not is_member(scheme, club.ann)


def test_schemes_that_are_inactive_or_of_others_do_not_exist(club: Club, ann: Client) -> None:
    off = make_scheme(club.business, "Switched off", active=False)
    other = make_scheme(make_business("Other"), "Elsewhere")
    page = text_of(ann.get(LIST))
    for scheme in (off, other):
        assert scheme.name not in page
        assert ann.post(f"{LIST}/{scheme.pk}/join").status_code == 404
        assert ann.get(f"{LIST}/{scheme.pk}/leave").status_code == 404


def test_without_a_session_the_door_is_shown(club: Club) -> None:
    for answer in (Client().get(LIST), Client().post(f"{LIST}/{club.s2.pk}/join")):
        assert answer.status_code == 303
        assert answer["Location"].startswith("/me/link")
    assert not is_member(club.s2, club.ann)


def test_codes_cannot_be_tried_by_the_dozen(club: Club, ann: Client) -> None:
    scheme = closed(club, SignUpMethod.CODE)
    schemes.import_codes(scheme=scheme, codes=["AB-12"], at=scheme.created_at)
    url = f"{LIST}/{scheme.pk}/join"
    for number in range(10):
        assert "does not exist" in text_of(ann.post(url, {"code": f"ZZ-{number}9"}))
    assert "too often" in text_of(ann.post(url, {"code": "AB-12"}))
    assert not is_member(scheme, club.ann)
