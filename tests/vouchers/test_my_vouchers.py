"""A recipient's vouchers: behind the link of a mail, in the tray, in the portal (page 20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, mail, tokens
from directory.choices import EmailType
from directory.models import Contact, Organisation, User
from directory.services import portal
from directory.views.portal_pages import COOKIE
from tests.cast import Cast
from tests.factories.directory import make_contact
from tests.vouchers.issued import ADDRESS, campaign_of, give, mails, recipient
from vouchers.choices import CodeInMail, IssuanceStatus
from vouchers.models import Issuance, VoucherSettings
from vouchers.selectors.recipients import recipient_for
from vouchers.services import links, mailing

MARKER = "SALE-MARKER-00000001"


@pytest.fixture
def acme(cast: Cast) -> Organisation:
    return cast.acme


@pytest.fixture
def ana(acme: Organisation) -> Contact:
    return make_contact(acme, "Ana", email=ADDRESS)


@pytest.fixture
def issuance(acme: Organisation, ana: Contact) -> Issuance:
    campaign = campaign_of(acme, code_in_mail=CodeInMail.REVEAL)
    return give(campaign, recipient(ana), at=clock.now())


def client_of(contact: Contact, address: str = ADDRESS) -> Client:
    """Return a browser in which the contact has come in by a link to the address."""
    at = clock.now()
    token = portal.link_token(contact=contact, address=address, at=at)
    client = Client()
    client.cookies[COOKIE] = portal.begin(secret=tokens.secret_of(token), at=at)
    return client


def tray_of(acme: Organisation, contact: Contact) -> str:
    token = links.tray_token(business=acme, recipient=recipient(contact), at=clock.now())
    return reverse("voucher_tray", args=[tokens.secret_of(token)])


def fresh(issuance: Issuance) -> Issuance:
    return Issuance.objects.get(pk=issuance.pk)


def test_the_link_of_the_mail_shows_the_voucher_and_its_button_the_code(
    issuance: Issuance,
) -> None:
    link = mail.link_of(mails()[0])
    path = link[link.index("/v/reveal/") :]
    seen = Client().get(path).content.decode()
    assert "Sale of the year" in seen
    assert "Type the code in at the checkout." in seen
    assert MARKER not in seen
    assert fresh(issuance).first_seen_at is None
    shown = Client().post(path).content.decode()
    assert MARKER in shown
    assert "<svg" in shown
    first = fresh(issuance).first_seen_at
    assert first is not None
    assert fresh(issuance).exposed_at is not None
    Client().post(path)
    assert fresh(issuance).first_seen_at == first
    assert MARKER not in Client().get(path).content.decode()


def test_a_voucher_that_was_taken_back_is_shown_nowhere(
    acme: Organisation, ana: Contact, issuance: Issuance
) -> None:
    link = mail.link_of(mails()[0])
    path = link[link.index("/v/reveal/") :]
    tray = tray_of(acme, ana)
    Issuance.objects.filter(pk=issuance.pk).update(status=IssuanceStatus.REVOKED, ordinal=None)
    response = Client().post(path)
    assert response.status_code == 410
    assert MARKER not in response.content.decode()
    assert "Sale of the year" not in Client().get(tray).content.decode()
    gone = Client().post(f"{tray}/{issuance.public_id}")
    assert gone.status_code == 404


def test_the_tray_shows_all_and_reveals_one_at_a_time(
    acme: Organisation, ana: Contact, issuance: Issuance
) -> None:
    give(campaign_of(acme, named="Spring"), recipient(ana), at=clock.now())
    give(campaign_of(acme, named="Autumn"), recipient(email="eve@home.example"), at=clock.now())
    tray = tray_of(acme, ana)
    seen = Client().get(tray).content.decode()
    assert "Sale of the year" in seen
    assert "Spring of the year" in seen
    assert "Autumn" not in seen
    assert "MARKER" not in seen
    shown = Client().post(f"{tray}/{issuance.public_id}").content.decode()
    assert MARKER in shown
    assert "SPRING-MARKER" not in shown
    piece = Client().post(f"{tray}/{issuance.public_id}", headers={"HX-Request": "true"})
    assert piece.content.decode().lstrip().startswith("<article")


def test_nobody_reads_another_persons_voucher(acme: Organisation, issuance: Issuance) -> None:
    eve = make_contact(acme, "Eve", email="eve@home.example")
    tray = tray_of(acme, eve)
    assert Client().post(f"{tray}/{issuance.public_id}").status_code == 404
    path = reverse("my_voucher_show", args=[issuance.public_id])
    assert client_of(eve).post(path).status_code == 404
    assert client_of(eve).post(reverse("my_voucher_show", args=[uuid4()])).status_code == 404
    assert fresh(issuance).first_seen_at is None


def test_the_portal_has_the_vouchers_for_whoever_has_some(
    acme: Organisation, ana: Contact, issuance: Issuance
) -> None:
    browser = client_of(ana)
    assert "My vouchers" in browser.get(reverse("portal_home")).content.decode()
    eve = make_contact(acme, "Eve", email="eve@home.example")
    assert "My vouchers" not in client_of(eve).get(reverse("portal_home")).content.decode()
    page = browser.get(reverse("my_vouchers")).content.decode()
    assert "Sale of the year" in page
    assert MARKER not in page
    shown = browser.post(reverse("my_voucher_show", args=[issuance.public_id]))
    assert MARKER in shown.content.decode()
    assert fresh(issuance).first_seen_at is not None
    back = browser.get(reverse("my_voucher_show", args=[issuance.public_id]))
    assert (back.status_code, back["Location"]) == (303, reverse("my_vouchers"))


def my_page(contact: Contact, address: str = ADDRESS) -> str:
    """Return what the contact sees of their vouchers, coming in by a link mailed to the address."""
    return client_of(contact, address).get(reverse("my_vouchers")).content.decode()


def test_what_an_address_was_given_before_it_was_a_contacts_is_in_their_portal(
    acme: Organisation,
) -> None:
    given = give(campaign_of(acme), recipient(), at=clock.now())
    ana = make_contact(acme, "Ana", email=ADDRESS.upper())
    assert "Sale of the year" in my_page(ana)
    shown = client_of(ana).post(reverse("my_voucher_show", args=[given.public_id]))
    assert MARKER in shown.content.decode()
    assert fresh(given).first_seen_at is not None
    assert "Sale of the year" in Client().get(tray_of(acme, ana)).content.decode()


def test_what_was_given_to_a_foreign_address_is_not_in_the_portal(acme: Organisation) -> None:
    given = give(campaign_of(acme), recipient(email="eve@home.example"), at=clock.now())
    ana = make_contact(acme, "Ana", email=ADDRESS)
    assert "Sale of the year" not in my_page(ana)
    path = reverse("my_voucher_show", args=[given.public_id])
    assert client_of(ana).post(path).status_code == 404
    assert fresh(given).first_seen_at is None


def test_what_the_same_address_was_given_by_another_business_is_not_in_the_portal(
    acme: Organisation, bright_bikes: Organisation
) -> None:
    theirs = give(campaign_of(bright_bikes), recipient(), at=clock.now())
    ana = make_contact(acme, "Ana", email=ADDRESS)
    twin = make_contact(bright_bikes, "Ana", email=ADDRESS)
    assert "Sale of the year" not in my_page(ana)
    path = reverse("my_voucher_show", args=[theirs.public_id])
    assert client_of(ana).post(path).status_code == 404
    assert "Sale of the year" in my_page(twin)


def test_an_address_that_nobody_proved_brings_no_vouchers_in_until_its_owner_came_by_it(
    acme: Organisation,
) -> None:
    give(campaign_of(acme), recipient(email="work@home.example"), at=clock.now())
    ana = make_contact(acme, "Ana", email=ADDRESS)
    ana.emails.create(business=acme, type=EmailType.BUSINESS, address="work@home.example")
    assert "Sale of the year" not in my_page(ana)
    assert "Sale of the year" in my_page(ana, "work@home.example")
    assert "Sale of the year" in my_page(ana)


def test_a_voucher_whose_address_staff_corrected_is_not_shown_to_the_wrong_one(
    acme: Organisation, ada: User
) -> None:
    given = give(campaign_of(acme), recipient(), at=clock.now())
    mailing.resend(issuance=given, user=ada, address="right@home.example", at=clock.now())
    ana = make_contact(acme, "Ana", email=ADDRESS)
    assert "Sale of the year" not in my_page(ana)


def test_who_ignores_tags_shows_a_voucher_to_the_whole_address_alone(acme: Organisation) -> None:
    now = clock.now()
    VoucherSettings.objects.create(
        business=acme, ignores_plus_tags=True, created_at=now, updated_at=now
    )
    tagged = recipient_for(business=acme, email="robin+shop@home.example")
    give(campaign_of(acme), tagged, at=now)
    plain = make_contact(acme, "Robin", email=ADDRESS)
    assert "Sale of the year" not in my_page(plain)
    shop = make_contact(acme, "Shop", email="robin+shop@home.example")
    assert "Sale of the year" in my_page(shop, "robin+shop@home.example")


def test_vouchers_of_an_address_cost_the_same_however_many_there_are(
    acme: Organisation, django_assert_num_queries: Any
) -> None:
    give(campaign_of(acme), recipient(), at=clock.now())
    browser = client_of(make_contact(acme, "Ana", email=ADDRESS))
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("my_vouchers"))
    for name in ("Spring", "Summer", "Autumn"):
        give(campaign_of(acme, named=name), recipient(), at=clock.now())
    with django_assert_num_queries(len(few)):
        assert "Autumn of the year" in browser.get(reverse("my_vouchers")).content.decode()


def test_a_visitor_without_a_session_is_led_to_the_door(issuance: Issuance) -> None:
    for path in (
        reverse("my_vouchers"),
        reverse("my_voucher_show", args=[issuance.public_id]),
    ):
        response = Client().get(path)
        assert (response.status_code, response["Location"]) == (303, reverse("portal_ask"))


def test_used_and_expired_vouchers_are_marked_and_folded(
    acme: Organisation, ana: Contact, issuance: Issuance
) -> None:
    tray = tray_of(acme, ana)
    Issuance.objects.filter(pk=issuance.pk).update(status=IssuanceStatus.REDEEMED)
    used = Client().get(tray).content.decode()
    assert "Used and expired (1)" in used
    assert "No voucher to use at the moment" in used
    past = clock.now() - timedelta(days=1)
    Issuance.objects.filter(pk=issuance.pk).update(status="issued", redeem_until=past)
    over = Client().get(tray).content.decode()
    assert "Expired" in over
    assert "Used and expired (1)" in over


def test_the_recipient_says_no_to_mails_and_yes_again(
    acme: Organisation, ana: Contact, issuance: Issuance
) -> None:
    tray = tray_of(acme, ana)
    Client().post(f"{tray}/mails")
    assert not mailing.wants_mails(business=acme, address=ADDRESS)
    assert "Write to me again" in Client().get(tray).content.decode()
    Client().post(f"{tray}/mails", {"wanted": "1"})
    assert mailing.wants_mails(business=acme, address=ADDRESS)


def test_the_link_to_all_vouchers_stands_in_every_mail_and_stays_the_same(
    acme: Organisation, ana: Contact, issuance: Issuance
) -> None:
    tray = tray_of(acme, ana)
    assert tray in mail.render(mails()[0]).body
    give(campaign_of(acme, named="Spring"), recipient(ana), key="e2", at=clock.now())
    assert tray in mail.render(mails()[1]).body


def test_a_page_of_vouchers_costs_the_same_however_many_there_are(
    acme: Organisation, ana: Contact, issuance: Issuance, django_assert_num_queries: Any
) -> None:
    tray = tray_of(acme, ana)
    with CaptureQueriesContext(connection) as few:
        Client().get(tray)
    for name in ("Spring", "Summer", "Autumn"):
        give(campaign_of(acme, named=name), recipient(ana), at=clock.now())
    with django_assert_num_queries(len(few)):
        Client().get(tray)
