"""The partner portal: own lists, codes and redemptions in, no recipients (vouchers.md 8, page 21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import mail, tokens
from core.clock import now
from core.errors import TooMany
from core.models import Mail
from directory.models import ApiKey, Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import make_list, make_partner
from tests.vouchers.loading import work_off
from tests.vouchers.spending import give
from vouchers.choices import CodeState
from vouchers.models import PartnerContact, RedemptionUpload, UploadBatch, VoucherCode, VoucherList
from vouchers.services import partner_portal, redemption_uploads, upload_ends


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return make_list(make_partner(acme, "Puma"), "sale", at=now())


@pytest.fixture
def paula(sale: VoucherList) -> PartnerContact:
    return PartnerContact.objects.create(
        partner=sale.partner, email="paula@puma.example", name="Paula",
        created_at=now(), updated_at=now(),
    )  # fmt: skip


def door(contact: PartnerContact) -> str:
    """Return the path of the link that was mailed to the contact."""
    partner_portal.send_link(contact=contact, at=now())
    posted = Mail.objects.filter(to=contact.email).latest("pk")
    return mail.link_of(posted).removeprefix(_site())


def _site() -> str:
    from django.conf import settings

    return str(settings.SITE_URL)


def inside(contact: PartnerContact) -> Client:
    browser = Client()
    assert browser.post(door(contact)).status_code == 303
    return browser


def test_a_mailed_link_opens_the_portal_and_looking_at_it_does_not(paula: PartnerContact) -> None:
    browser, link = Client(), door(paula)
    assert "Hello Paula" in browser.get(link).content.decode()
    assert browser.get(reverse("partner_portal")).status_code == 303
    assert browser.post(link).status_code == 303
    cookie = browser.cookies["partner"]
    assert (cookie["path"], bool(cookie["httponly"])) == ("/partner", True)
    page = browser.get(reverse("partner_portal"))
    assert "Puma" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_asking_says_the_same_to_everybody(paula: PartnerContact) -> None:
    browser, url = Client(), reverse("partner_portal_ask")
    assert browser.get(url).status_code == 200
    for address in (paula.email, "nobody@example.org"):
        answer = browser.post(url, {"email": address})
        assert (answer.status_code, answer.headers["Location"]) == (
            303, reverse("partner_portal_asked"),
        )  # fmt: skip
    assert list(Mail.objects.values_list("to", flat=True)) == [paula.email]
    assert browser.get(reverse("partner_portal_asked")).status_code == 200


def test_an_address_gets_three_links_an_hour(paula: PartnerContact) -> None:
    at = now().replace(minute=0)
    for _ in range(3):
        partner_portal.ask_for_link(address=paula.email, at=at)
    with pytest.raises(TooMany):
        partner_portal.ask_for_link(address=paula.email.upper(), at=at)


def test_a_person_who_left_the_partner_is_shut_out_at_once(paula: PartnerContact) -> None:
    browser, link = inside(paula), door(paula)
    PartnerContact.objects.update(is_active=False)
    assert browser.get(reverse("partner_portal")).status_code == 303
    assert Client().get(link).status_code == 404


def test_sessions_and_links_end_by_themselves_and_by_leaving(
    paula: PartnerContact, time_machine: Any
) -> None:
    browser, link = inside(paula), door(paula)
    browser.post(reverse("partner_portal_leave"))
    assert browser.get(reverse("partner_portal")).status_code == 303
    assert Client().get(link).status_code == 404
    other, later = inside(paula), door(paula)
    time_machine.move_to(now() + timedelta(hours=13))
    assert other.get(reverse("partner_portal")).status_code == 303
    time_machine.move_to(now() + timedelta(hours=12))
    assert Client().get(later).status_code == 410
    with pytest.raises(tokens.TokenMissing):
        partner_portal.follow(secret="", at=now())


def test_a_session_that_is_over_says_so_at_the_door(paula: PartnerContact) -> None:
    browser, home = inside(paula), reverse("partner_portal")
    PartnerContact.objects.update(is_active=False)
    door_again = browser.get(home).headers["Location"]
    assert door_again == f"{reverse('partner_portal_ask')}?ended=1"
    assert "You are signed out" in browser.get(door_again).content.decode()
    assert Client().get(home).headers["Location"] == reverse("partner_portal_ask")


def test_counts_are_shown_and_recipients_are_not(paula: PartnerContact, sale: VoucherList) -> None:
    issuance = give(sale, "MARK-5577-X", at=now())
    browser = inside(paula)
    pages = [
        browser.get(url).content.decode()
        for url in (
            reverse("partner_portal"),
            reverse("partner_portal_codes", args=[sale.list_id]),
            reverse("partner_portal_redemptions"),
        )
    ]
    assert "Distributed" in pages[0]
    for page in pages:
        assert issuance.email not in page
        assert "MARK-5577-X" not in page


def test_another_partners_lists_and_files_are_not_there(
    paula: PartnerContact, acme: Organisation, sale: VoucherList
) -> None:
    other = make_list(make_partner(acme, "Adidas"), "theirs", at=now())
    desk = redemption_uploads.receive(
        business=acme, file=SimpleUploadedFile("a.csv", b"code\nA-1\n"), name="Ada", at=now()
    )
    browser = inside(paula)
    assert other.name not in browser.get(reverse("partner_portal")).content.decode()
    for url in (
        reverse("partner_portal_codes", args=[other.list_id]),
        reverse("partner_portal_upload", args=[other.list_id, 1]),
        reverse("partner_portal_upload", args=[sale.list_id, 99]),
        reverse("partner_portal_file", args=[desk.number]),
        reverse("partner_portal_report", args=[desk.number]),
    ):
        assert browser.get(url).status_code == 404, url


def test_codes_are_sent_for_an_own_list(paula: PartnerContact, sale: VoucherList) -> None:
    browser = inside(paula)
    url = reverse("partner_portal_codes", args=[sale.list_id])
    file = SimpleUploadedFile("codes.csv", b"code\nNEW-0001\n")
    answer = browser.post(url, {"file": file, "mode": "partial"})
    batch = UploadBatch.objects.get(kind="portal")
    page = reverse("partner_portal_upload", args=[sale.list_id, batch.number])
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert batch.uploaded_by_name == paula.email
    assert browser.get(page).status_code == 200
    assert page in browser.get(reverse("partner_portal")).content.decode()


def test_what_was_refused_of_own_codes_is_fetched_and_written_down(
    paula: PartnerContact, sale: VoucherList
) -> None:
    browser = inside(paula)
    file = SimpleUploadedFile("codes.csv", b"NEW-0001\nBAD CODE\n")
    browser.post(
        reverse("partner_portal_codes", args=[sale.list_id]), {"file": file, "mode": "partial"}
    )
    batch = work_off(UploadBatch.objects.get(kind="portal"), at=now())
    page = reverse("partner_portal_upload", args=[sale.list_id, batch.number])
    assert "1 of 2 codes were added" in browser.get(page).content.decode()
    args = [sale.list_id, batch.number]
    report = browser.post(reverse("partner_portal_upload_file", args=[*args, "rejected"]))
    assert b"INNER_SPACE" in b"".join(report.streaming_content)
    values = browser.post(reverse("partner_portal_upload_file", args=[*args, "correct"]))
    assert b"".join(values.streaming_content) == b"BAD CODE\r\n"
    assert set(batch.downloads.values_list("user_name", "kind")) == {
        (paula.email, "rejected"), (paula.email, "correct"),
    }  # fmt: skip
    for kind in ("original", "all", "generated", "nothing"):
        url = reverse("partner_portal_upload_file", args=[*args, kind])
        assert browser.post(url).status_code == 404, kind


def test_whoever_sent_codes_is_mailed_what_became_of_them(
    paula: PartnerContact, sale: VoucherList
) -> None:
    file = SimpleUploadedFile("codes.csv", b"NEW-0001\n")
    inside(paula).post(
        reverse("partner_portal_codes", args=[sale.list_id]), {"file": file, "mode": "partial"}
    )
    batch = work_off(UploadBatch.objects.get(kind="portal"), at=now())
    upload_ends.tell(batch=batch, at=now())
    posted = Mail.objects.get(kind="vouchers_upload")
    assert posted.to == paula.email
    page = reverse("partner_portal_upload", args=[sale.list_id, batch.number])
    assert mail.link_of(posted).endswith(page)


def test_redemptions_are_sent_and_reported(paula: PartnerContact, sale: VoucherList) -> None:
    give(sale, "SUN-0001", at=now())
    browser = inside(paula)
    file = SimpleUploadedFile("spent.csv", b"code,reference\nSUN-0001,R-1\nNOBODY,R-2\n")
    answer = browser.post(reverse("partner_portal_redemptions"), {"file": file})
    upload = RedemptionUpload.objects.get()
    page = reverse("partner_portal_file", args=[upload.number])
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    redemption_uploads.work(at=now(), portions=5)
    assert VoucherCode.objects.get().state == CodeState.REDEEMED
    assert "1 of 2 rows" in browser.get(page).content.decode()
    report = browser.get(reverse("partner_portal_report", args=[upload.number]))
    assert b"unknown_code" in b"".join(report.streaming_content)


def test_adding_a_person_mails_them_a_link(mara: User, sale: VoucherList) -> None:
    url = reverse("voucher_partner_contact_add", args=[sale.partner_id])
    typed = {"email": "Pia@puma.example", "name": "Pia"}
    assert client_of(mara).post(url, typed).status_code == 303
    assert Mail.objects.get(kind="vouchers_partner_link").to == "pia@puma.example"


def test_an_administrator_makes_a_key_for_a_partner(
    ada: User, mara: User, sale: VoucherList
) -> None:
    url = reverse("voucher_partner_key_new", args=[sale.partner_id])
    typed = {"name": "Shop", "scopes": ["vouchers:redeem"]}
    assert client_of(mara).post(url, typed).status_code == 403
    refused = client_of(ada).post(url, {"name": "Shop", "scopes": ["vouchers:issue"]})
    assert refused.status_code == 422
    assert "lg_" in client_of(ada).post(url, typed).content.decode()
    assert ApiKey.objects.get().limited_to == f"vouchers.partner:{sale.partner_id}"
    page = reverse("voucher_partner", args=[sale.partner_id])
    key = ApiKey.objects.get()
    assert key.prefix in client_of(ada).get(page).content.decode()
    assert key.prefix not in client_of(mara).get(page).content.decode()
    ApiKey.objects.update(revoked_at=now())
    assert key.prefix not in client_of(ada).get(page).content.decode()
