"""A recipient's vouchers: behind the link of a mail, in the tray, in the portal (page 20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, mail, tokens
from directory.models import Contact, Organisation
from directory.services import portal
from directory.views.portal_pages import COOKIE
from tests.cast import Cast
from tests.factories.directory import make_contact
from tests.vouchers.issued import ADDRESS, campaign_of, give, mails, recipient
from vouchers.choices import CodeInMail, IssuanceStatus
from vouchers.models import Issuance
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


def client_of(contact: Contact) -> Client:
    """Return a browser in which the contact has come in."""
    at = clock.now()
    token = portal.link_token(contact=contact, address=ADDRESS, at=at)
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
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    tray = tray_of(acme, ana)
    with CaptureQueriesContext(connection) as few:
        Client().get(tray)
    for name in ("Spring", "Summer", "Autumn"):
        give(campaign_of(acme, named=name), recipient(ana), at=clock.now())
    with django_assert_num_queries(len(few)):
        Client().get(tray)
