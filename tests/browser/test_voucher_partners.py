"""Partners at the desk and in their portal, in a real browser: invited by mail, sending codes, telling
of redemptions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock, mail
from core.models import Mail
from directory.models import Organisation, User
from tests.factories.vouchers import make_codes, make_list, make_partner
from tests.kit import browser as kit
from tests.vouchers.loading import codes_of, work_off
from tests.vouchers.spending import give
from vouchers.choices import CodeState, ListStatus
from vouchers.models import PartnerContact, RedemptionUpload, UploadBatch, VoucherList
from vouchers.services import partner_portal, partners, redemption_uploads

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "paula@puma.example"


@pytest.fixture
def sale(acme: Organisation, settings: Any, tmp_path: Path) -> VoucherList:
    settings.MEDIA_ROOT = tmp_path
    at = clock.now()
    puma = make_partner(
        acme,
        "Puma and the daughters of its founders, limited",
        redemption_url="https://puma.example/checkout?" + "campaign=summer&" * 6,
        redemption_instructions="Type the code in at the checkout.",
        contact_email=EMAIL,
    )
    made = make_list(puma, "summer-sale", at=at, name="Summer sale")
    make_codes(made, 30)
    make_codes(made, 12, state=CodeState.ISSUED, at=at)
    make_list(
        puma, "a-tag-of-sixty-four-characters-" + "x" * 33, at=at, name="Empty " + "list " * 15
    )
    make_list(puma, "gone", at=at, status=ListStatus.EXPIRED)
    return made


@pytest.fixture
def paula(sale: VoucherList) -> PartnerContact:
    return partners.add_contact(
        partner=sale.partner, email=EMAIL, name="Paula Prentice", at=clock.now()
    )


def door(page: Page) -> str:
    """Return the path of the newest link that was mailed to Paula."""
    link = mail.link_of(Mail.objects.filter(to=EMAIL).latest("pk"))
    return link[link.index("/partner/") :]


def is_for_thumbs(page: Page) -> bool:
    """Tell whether everything to press is at least 44 px high."""
    heights = page.eval_on_selector_all(
        "main a, main button, main summary, footer button",
        "nodes => nodes.filter(node => node.offsetParent)"
        ".map(node => node.getBoundingClientRect().height)",
    )
    return bool(heights) and min(heights) >= 43.9


def test_the_pages_of_partners_are_sound_in_both_looks_and_widths(
    page: Page, ada: User, acme: Organisation, sale: VoucherList, paula: PartnerContact
) -> None:
    kit.login(page, ada)
    new = make_partner(acme, "Nike")
    one = [sale.partner_id]
    paths = {
        "partners": reverse("voucher_partners"),
        "partner": reverse("voucher_partner", args=one),
        "partner-new": reverse("voucher_partner_new"),
        "partner-edit": reverse("voucher_partner_edit", args=one),
        "partner-key": reverse("voucher_partner_key_new", args=one),
        "partner-empty": reverse("voucher_partner", args=[new.pk]),
        "partner-delete": reverse("voucher_partner_delete", args=[new.pk]),
    }
    assert kit.faults_on(page, paths) == []
    assert kit.console_errors(page) == []


def test_the_pages_of_the_portal_are_sound_in_both_looks_and_widths(
    page: Page, acme: Organisation, sale: VoucherList, paula: PartnerContact
) -> None:
    at = clock.now()
    partner_portal.send_link(contact=paula, at=at)
    page.goto(door(page))
    page.get_by_role("button", name="Open the portal").click()
    page.goto(reverse("partner_portal_codes", args=[sale.list_id]))
    page.get_by_label("File of codes").set_input_files(
        {"name": "c.csv", "mimeType": "text/csv", "buffer": b"NEW-0001\nNEW-0001\nBAD CODE\n"}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("You can leave this page.").wait_for()
    batch = UploadBatch.objects.get(kind="portal")
    work_off(batch, at=at)
    file = redemption_uploads.receive(
        business=acme, partner=sale.partner, file=ContentFile(b"code\nNOSUCH-1\n", name="r.csv"),
        name=EMAIL, at=at,
    )  # fmt: skip
    redemption_uploads.work(at=at, portions=1)
    paths = {
        "portal": reverse("partner_portal"),
        "portal-codes": reverse("partner_portal_codes", args=[sale.list_id]),
        "portal-upload": reverse("partner_portal_upload", args=[sale.list_id, batch.number]),
        "portal-redemptions": reverse("partner_portal_redemptions"),
        "portal-file": reverse("partner_portal_file", args=[file.number]),
        "portal-ask": reverse("partner_portal_ask"),
        "portal-asked": reverse("partner_portal_asked"),
    }
    assert kit.faults_on(page, paths) == []
    page.goto(paths["portal"])
    assert is_for_thumbs(page)
    assert kit.console_errors(page) == []


def test_a_partner_is_invited_sends_codes_and_tells_of_redemptions(
    page: Page, ada: User, sale: VoucherList
) -> None:
    given = give(sale, at=clock.now()).code
    assert given is not None
    kit.login(page, ada)
    page.goto(reverse("voucher_partner", args=[sale.partner_id]))
    page.get_by_label("E-mail", exact=True).fill(EMAIL)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("a link is on its way to them")).to_be_visible()
    page.context.clear_cookies()
    page.goto(door(page))
    page.get_by_role("button", name="Open the portal").click()
    expect(page.get_by_role("heading", name="Summer sale")).to_be_visible()
    page.get_by_role("link", name="Upload codes for Summer sale").click()
    page.get_by_label("File of codes").set_input_files(
        {"name": "more.csv", "mimeType": "text/csv", "buffer": b"MORE-0001\nBAD CODE\n"}
    )
    page.get_by_text("first code “MORE-0001”").wait_for()
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("You can leave this page.").wait_for()
    work_off(UploadBatch.objects.get(kind="portal"), at=clock.now())
    page.get_by_text("1 of 2 codes were added.").wait_for()
    assert "MORE-0001" in codes_of(sale)
    with page.expect_download() as download:
        page.get_by_role("button", name="Values to correct").click()
    assert Path(download.value.path()).read_text(encoding="utf-8-sig") == "BAD CODE\n"
    page.get_by_role("link", name="All lists").click()
    page.get_by_role("link", name="Upload redemptions").click()
    page.get_by_label("File of redemptions").set_input_files(
        {
            "name": "r.csv",
            "mimeType": "text/csv",
            "buffer": f"code\n{given.code}\nNOSUCH-1\n".encode(),
        }
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("You can leave this page.").wait_for()
    redemption_uploads.work(at=clock.now(), portions=2)
    page.get_by_text("1 of 2 rows are applied").wait_for()
    assert RedemptionUpload.objects.get().rejected_count == 1
    given.refresh_from_db()
    assert given.state == CodeState.REDEEMED
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Partner portal")).to_be_visible()
    assert kit.console_errors(page) == []
