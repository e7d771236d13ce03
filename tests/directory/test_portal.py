"""The recipients' portal: a link by e-mail, a session, and nothing for anybody else (decision D5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, mail, tokens
from core.models import LinkToken, Mail
from directory.choices import ContactState
from directory.models import Contact, ContactEmail, Organisation
from directory.services import portal
from directory.views.portal_pages import COOKIE
from tests.factories.directory import make_business, make_contact

pytestmark = pytest.mark.django_db
ADDRESS = "ana@example.org"


@pytest.fixture
def business() -> Organisation:
    return make_business("Coffee Club")


@pytest.fixture
def ana(business: Organisation) -> Contact:
    return make_contact(business, "Ana Example", email=ADDRESS)


def ask(client: Client, address: str = ADDRESS) -> Any:
    return client.post(reverse("portal_ask"), {"email": address})


def mailed_path() -> str:
    """Return the path that the newest mail's link opens."""
    link = mail.link_of(Mail.objects.latest("pk"))
    return link[link.index("/me/") :]


def come_in(client: Client, contact: Contact) -> None:
    """Open a session for the contact in the client."""
    at = clock.now()
    token = portal.link_token(contact=contact, address=ADDRESS, at=at)
    client.cookies[COOKIE] = portal.begin(secret=tokens.secret_of(token), at=at)


class TestAsking:
    @pytest.mark.usefixtures("ana")
    def test_nobody_learns_whether_an_address_is_known(self, client: Client) -> None:
        known, unknown = ask(client), ask(client, "nobody@example.org")
        assert (known.status_code, known["Location"]) == (303, reverse("portal_asked"))
        assert (unknown.status_code, unknown["Location"]) == (303, reverse("portal_asked"))
        assert [row.to for row in Mail.objects.all()] == [ADDRESS]

    def test_each_business_that_knows_the_address_sends_its_own_link(
        self, client: Client, ana: Contact
    ) -> None:
        other = make_contact(make_business("Bakery"), "Ana", email=ADDRESS)
        ask(client, " Ana@Example.ORG ")
        assert {row.owner_id for row in Mail.objects.all()} == {
            ana.business_id,
            other.business_id,
        }

    @pytest.mark.parametrize("address", [ADDRESS, "nobody@example.org"])
    def test_an_address_is_mailed_three_times_an_hour_at_most(
        self, client: Client, ana: Contact, address: str
    ) -> None:
        answers = [ask(client, address).status_code for _ in range(4)]
        assert answers == [303, 303, 303, 429]

    def test_a_terminated_contact_gets_no_link(self, client: Client, ana: Contact) -> None:
        Contact.objects.filter(pk=ana.pk).update(state=ContactState.TERMINATED)
        ask(client)
        assert not Mail.objects.exists()

    def test_a_mistyped_address_is_said_at_the_field(self, client: Client) -> None:
        answer = ask(client, "ana")
        assert answer.status_code == 422
        assert "Enter a valid email address" in answer.content.decode()


class TestTheLink:
    @pytest.fixture
    def link(self, client: Client, ana: Contact) -> str:
        ask(client)
        return mailed_path()

    def test_opening_it_changes_nothing(self, client: Client, link: str, ana: Contact) -> None:
        before = list(LinkToken.objects.values())
        answer = client.get(link)
        assert answer.status_code == 200
        assert "Hello Ana" in answer.content.decode()
        assert list(LinkToken.objects.values()) == before
        assert COOKIE not in client.cookies
        assert ContactEmail.objects.get(contact=ana).verified_at is None

    def test_its_button_begins_a_session(self, client: Client, link: str, ana: Contact) -> None:
        answer = client.post(link)
        assert (answer.status_code, answer["Location"]) == (303, reverse("portal_home"))
        cookie = answer.cookies[COOKIE]
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["path"]) == ("Lax", "/me")
        home = client.get(reverse("portal_home"))
        assert home.status_code == 200
        assert home["Cache-Control"] == "no-store, private"
        assert ContactEmail.objects.get(contact=ana).verified_at is not None

    def test_the_session_is_stored_as_a_digest(self, client: Client, link: str) -> None:
        client.post(link)
        secret = client.cookies[COOKIE].value
        stored = LinkToken.objects.get(purpose=portal.SESSION)
        assert secret not in str(LinkToken.objects.filter(pk=stored.pk).values().get())

    @pytest.mark.parametrize(
        ("next_page", "lands"),
        [
            ("/me/wallet", "/me/wallet"),
            ("https://evil.example/me", "/me"),
            ("//evil.example", "/me"),
            ("/me//evil.example", "/me"),
            ("/melon", "/me"),
        ],
    )
    def test_it_leads_on_to_pages_of_the_portal_alone(
        self, client: Client, link: str, next_page: str, lands: str
    ) -> None:
        answer = client.post(f"{link}&next={next_page}")
        assert answer["Location"] == lands

    @pytest.mark.parametrize("secret", ["", "unknown"])
    def test_a_broken_one_says_what_to_do(self, client: Client, secret: str) -> None:
        answer = client.get(reverse("portal_open"), {"token": secret})
        assert answer.status_code in {400, 404}
        assert "Ask for a new link" in answer.content.decode()

    def test_an_old_one_opens_nothing(self, link: str, ana: Contact) -> None:
        secret = tokens.secret_of(LinkToken.objects.get(purpose=portal.LINK))
        late = clock.now() + portal.LINK_LASTS + timedelta(minutes=1)
        with pytest.raises(tokens.TokenExpired):
            portal.begin(secret=secret, at=late)

    def test_the_token_of_a_session_is_no_link(self, client: Client, ana: Contact) -> None:
        come_in(client, ana)
        answer = client.post(f"{reverse('portal_open')}?token={client.cookies[COOKIE].value}")
        assert answer.status_code == 404


class TestTheSession:
    def test_strangers_are_led_to_the_door(self, client: Client) -> None:
        for method in (client.get, client.post):
            answer = method(reverse("portal_home"))
            assert (answer.status_code, answer["Location"]) == (303, reverse("portal_ask"))

    def test_it_ends_by_itself(self, client: Client, ana: Contact) -> None:
        come_in(client, ana)
        secret = client.cookies[COOKIE].value
        end = clock.now() + portal.SESSION_LASTS + timedelta(minutes=1)
        assert portal.contact_in_session(secret=secret, at=clock.now()) == ana
        assert portal.contact_in_session(secret=secret, at=end) is None

    def test_leaving_ends_it_in_this_browser_alone(self, client: Client, ana: Contact) -> None:
        elsewhere = Client()
        come_in(client, ana)
        come_in(elsewhere, ana)
        client.post(reverse("portal_leave"))
        assert client.get(reverse("portal_home")).status_code == 303
        assert elsewhere.get(reverse("portal_home")).status_code == 200

    def test_leaving_everywhere_ends_all_and_closes_the_links(
        self, client: Client, ana: Contact
    ) -> None:
        elsewhere = Client()
        ask(client)
        link = mailed_path()
        come_in(client, ana)
        come_in(elsewhere, ana)
        client.post(reverse("portal_leave"), {"everywhere": "1"})
        assert elsewhere.get(reverse("portal_home")).status_code == 303
        assert client.post(link).status_code == 404

    def test_a_terminated_contact_is_out_at_once(self, client: Client, ana: Contact) -> None:
        come_in(client, ana)
        Contact.objects.filter(pk=ana.pk).update(state=ContactState.TERMINATED)
        assert client.get(reverse("portal_home")).status_code == 303

    def test_a_session_of_staff_opens_nothing_here(self, business: Organisation) -> None:
        client = Client()
        client.force_login(business.memberships.get().user)
        assert client.get(reverse("portal_home")).status_code == 303

    def test_an_empty_home_says_what_will_be_there(self, client: Client, ana: Contact) -> None:
        come_in(client, ana)
        assert "Nothing here yet" in client.get(reverse("portal_home")).content.decode()
