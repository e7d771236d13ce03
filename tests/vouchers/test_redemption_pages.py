"""Redemptions at the desk (vouchers.md 8, page 14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.vouchers.spending import give, redeem
from vouchers.choices import CodeState
from vouchers.models import Redemption, RedemptionUpload, VoucherCode, VoucherList
from vouchers.services import redemption_uploads


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    made = make_list(make_partner(acme, "Puma"), "sale", at=now())
    give(made, "SUN-7701-A", campaign=make_campaign(made), at=now())
    return made


def test_the_list_masks_codes_and_names_refusals(
    acme: Organisation, ana: User, sale: VoucherList
) -> None:
    redeem(acme, "SUN-7701-A", reference="R-77", at=now())
    make_codes(sale, codes=["LEAK-9000"])
    redeem(acme, "LEAK-9000", reference="R-78", at=now())
    page = client_of(ana).get(reverse("voucher_redemptions")).content.decode()
    assert "SU••••••-A" in page
    assert "SUN-7701-A" not in page
    assert "R-77" in page
    assert "Never given to anybody" in page


def test_a_code_is_redeemed_by_hand_and_reversed(mara: User, ana: User, sale: VoucherList) -> None:
    browser, url = client_of(mara), reverse("voucher_redeem")
    assert browser.get(url).status_code == 200
    typed = {
        "code": "SUN-7701-A",
        "reference": "R-1",
        "amount_amount": "12.50",
        "amount_currency": "EUR",
    }
    assert browser.post(url, typed).status_code == 303
    done = Redemption.objects.get()
    assert (done.channel, done.amount_minor, done.reported_by) == ("manual", 1250, mara)
    again = browser.post(url, {"code": "SUN-7701-A", "reference": "R-2"})
    assert again.status_code == 422
    assert "redeemed on" in again.content.decode()
    back = reverse("voucher_redemption_reverse", args=[done.public_id])
    assert client_of(ana).post(back).status_code == 403
    assert browser.get(back).status_code == 200
    assert browser.post(back).status_code == 303
    assert VoucherCode.objects.get().state == CodeState.ISSUED


def test_asking_about_a_code_needs_no_reference_and_changes_nothing(
    mara: User, sale: VoucherList
) -> None:
    make_codes(sale, codes=["LEAK-9000"])
    browser, url = client_of(mara), reverse("voucher_redeem")
    answer = browser.post(url, {"code": "SUN-7701-A", "check": "1"})
    assert answer.status_code == 200
    told = answer.content.decode()
    assert "It can be redeemed" in told
    assert "example.org" in told
    leaked = browser.post(url, {"code": "LEAK-9000", "check": "1"})
    assert leaked.status_code == 422
    assert "Nobody was given this code" in leaked.content.decode()
    states = set(VoucherCode.objects.values_list("state", flat=True))
    assert states == {CodeState.ISSUED, CodeState.AVAILABLE}
    assert not Redemption.objects.exists()


def test_a_code_that_was_spent_tells_where_and_leads_to_its_reversal(
    acme: Organisation, mara: User, sale: VoucherList
) -> None:
    redeem(acme, "SUN-7701-A", reference="R-77", location="High Street", at=now())
    done = Redemption.objects.get()
    browser, url = client_of(mara), reverse("voucher_redeem")
    told = browser.post(url, {"code": "SUN-7701-A", "check": "1"}).content.decode()
    assert "High Street" in told
    assert "R-77" in told
    back = reverse("voucher_redemption_reverse", args=[done.public_id])
    assert back in told
    Redemption.objects.update(redeemed_at=now() - timedelta(days=31))
    assert back not in browser.post(url, {"code": "SUN-7701-A", "check": "1"}).content.decode()


def test_an_unknown_code_is_told_at_its_field(mara: User, acme: Organisation) -> None:
    answer = client_of(mara).post(reverse("voucher_redeem"), {"code": "NO-1", "reference": "R"})
    assert answer.status_code == 422
    assert "letter by letter" in answer.content.decode()


def test_a_file_is_uploaded_watched_and_reported(mara: User, sale: VoucherList) -> None:
    browser = client_of(mara)
    text = b"code,reference\nSUN-7701-A,R-1\nNOBODY-01,=R-2\n"
    url = reverse("voucher_redemption_upload")
    answer = browser.post(url, {"file": SimpleUploadedFile("spent.csv", text)})
    page = reverse("voucher_redemption_file", args=[RedemptionUpload.objects.get().number])
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert 'hx-trigger="every 2s"' in browser.get(page).content.decode()
    redemption_uploads.work(at=now(), portions=5)
    shown = browser.get(page).content.decode()
    assert "every 2s" not in shown
    assert "1 of 2 rows are applied" in shown
    assert "NOBODY-01" not in shown
    report = browser.get(reverse("voucher_redemption_report", args=[1]))
    text = b"".join(report.streaming_content).decode()
    assert "3,NO••••••01,'=R-2,rejected,unknown_code" in text
    files = browser.get(reverse("voucher_redemption_files")).content.decode()
    assert "spent.csv" in files


def test_what_is_no_file_of_redemptions_is_told_at_the_form(mara: User) -> None:
    url = reverse("voucher_redemption_upload")
    answer = client_of(mara).post(url, {"file": SimpleUploadedFile("x.csv", b"nothing\n")})
    assert answer.status_code == 422
    assert "must name the columns" in answer.content.decode()
