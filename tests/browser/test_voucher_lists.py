"""Voucher lists and the new list, in a real browser: wide and narrow, light and dark, without faults."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core import clock
from directory.models import Organisation, User
from tests.factories.vouchers import make_campaign, make_codes, make_list, make_partner
from tests.kit import browser as kit
from vouchers.choices import CodeState, ListStatus, PartnerKind
from vouchers.models import VoucherList

pytestmark = pytest.mark.django_db(transaction=True)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody asked to look at them."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    puma, own = make_partner(acme, "Puma"), make_partner(acme, "Acme", kind=PartnerKind.INTERNAL)
    at = clock.now()
    made = make_list(puma, "summer-sale", at=at, name="Summer sale", description="5.00 off")
    make_codes(made, 6)
    make_codes(made, 20, state=CodeState.ISSUED, at=at - timedelta(days=2))
    make_campaign(made, "Welcome gift")
    make_list(own, "coffee", at=at, name="Free coffee", status=ListStatus.PAUSED)
    make_list(puma, "winter", at=at, name="Winter", status=ListStatus.EXPIRED)
    return made


def test_every_page_of_lists_is_accessible_in_both_looks_and_widths(
    page: Page, sale: VoucherList, ada: User
) -> None:
    kit.login(page, ada)
    one = f"/vouchers/lists/{sale.list_id}"
    paths = {
        "lists": "/vouchers/lists",
        "new": "/vouchers/lists/new",
        "list": one,
        "codes": f"{one}/codes",
        "uploads": f"{one}/uploads",
        "campaigns": f"{one}/campaigns",
        "alerts": f"{one}/alerts",
        "activity": f"{one}/activity",
        "edit": f"{one}/edit",
        "archive": f"{one}/archive",
        "code": f"/vouchers/codes/{sale.codes.earliest('pk').pk}",
        "partners": "/vouchers/partners",
        "partner": f"/vouchers/partners/{sale.partner_id}",
    }
    wrong = []
    for size, look in ((kit.DESK, "light"), (kit.PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        kit.choose_look(page, look)
        for name, path in paths.items():
            page.goto(path)
            picture(page, f"vouchers-{name}-{size['width']}-{look}")
            wrong += [f"{path}: {line}" for line in kit.axe(page)]
            wrong += [] if kit.no_overflow(page) else [f"{path} is too wide at {size['width']}"]
    assert wrong == []
    assert kit.console_errors(page) == []


def test_a_list_is_made_with_a_partner_added_on_the_way(
    page: Page, sale: VoucherList, ada: User
) -> None:
    kit.login(page, ada)
    page.goto("/vouchers/lists/new")
    page.get_by_role("link", name="Add partner").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill("Nike")
    dialog.get_by_role("button", name="Add partner").click()
    expect(dialog).to_be_hidden()
    page.get_by_label("List tag").fill("Summer-Sale")
    check = page.locator("#list-tag-check")
    expect(check).to_contain_text("Kept as summer-sale. Free at Nike.")
    page.get_by_label("List name").fill("Shoes")
    day = clock.now() + timedelta(days=90)
    page.get_by_label("Expires on").fill(f"{day:%Y-%m-%d}")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Shoes")).to_be_visible()
    made = VoucherList.objects.get(partner__name="Nike")
    assert (made.list_tag, made.expires_at.strftime("%M:%S")) == ("summer-sale", "59:59")
    assert kit.console_errors(page) == []
