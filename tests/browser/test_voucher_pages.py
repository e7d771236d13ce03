"""A voucher on its recipient's phone: claimed, shown, found again; and the same at a desk's width."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock, mail, tokens
from directory.models import Contact
from directory.services import portal
from directory.views.portal_pages import COOKIE
from tests.factories.directory import make_business, make_contact, make_user
from tests.kit import browser as kit
from tests.vouchers.issued import ADDRESS, campaign_of, give, mails, recipient
from vouchers.choices import CodeInMail
from vouchers.models import Campaign, Issuance
from vouchers.services import claim_links

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = ("light", "dark")
WIDTHS = (kit.PHONE, kit.DESK)
MARKER = "SALE-MARKER-00000001"


@pytest.fixture(params=WIDTHS, ids=("390", "1440"))
def screen(request: pytest.FixtureRequest, page: Page) -> Page:
    page.set_viewport_size(request.param)
    return page


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, screen: Page) -> str:
    kit.choose_look(screen, request.param)
    return str(request.param)


@pytest.fixture
def campaign() -> Campaign:
    cafe = make_business("Coffee Club", admin=make_user("clara"))
    return campaign_of(
        cafe,
        code_in_mail=CodeInMail.REVEAL,
        description="Thank you for ten years with us. Here is something for your feet.",
    )


@pytest.fixture
def ana(campaign: Campaign) -> Contact:
    return make_contact(campaign.business, "Ana Lima", email=ADDRESS)


def assert_sound(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        look = page.evaluate("document.documentElement.dataset.bsTheme")
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{name}-{width}-{look}.png", full_page=True)
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert kit.no_csp_messages(page) == []


def is_for_thumbs(page: Page) -> bool:
    """Tell whether everything to press is at least 44 px high."""
    heights = page.eval_on_selector_all(
        "main a, main button, main summary",
        "nodes => nodes.filter(node => node.offsetParent)"
        ".map(node => node.getBoundingClientRect().height)",
    )
    return bool(heights) and min(heights) >= 43.9


def test_a_voucher_is_claimed_shown_to_a_scanner_and_found_again(
    screen: Page, look: str, campaign: Campaign, ana: Contact
) -> None:
    at = clock.now()
    link = claim_links.invite(
        campaign=campaign, recipient=recipient(ana), user=make_user("mara"), at=at
    )
    path = claim_links.address_of(link=link, at=at)
    screen.goto(path)
    expect(screen.get_by_role("heading", level=1)).to_have_text("Sale of the year")
    assert_sound(screen, "claim-open")
    assert is_for_thumbs(screen)
    screen.get_by_role("button", name="Get my voucher").click()
    expect(screen.get_by_text(MARKER)).to_be_visible()
    screen.get_by_text("Show it to a scanner").click()
    expect(screen.get_by_role("img", name="The code as a QR code")).to_be_visible()
    expect(screen.get_by_role("img", name="The code as a bar code")).to_be_visible()
    assert_sound(screen, "claim-claimed")
    assert is_for_thumbs(screen)
    screen.goto(path)
    expect(screen.get_by_text(MARKER)).to_be_visible()
    assert kit.console_errors(screen) == []


def test_the_button_of_the_mails_page_shows_the_code_in_its_place(
    screen: Page, look: str, campaign: Campaign, ana: Contact
) -> None:
    give(campaign, recipient(ana), at=clock.now())
    link = mail.link_of(mails()[0])
    screen.goto(link[link.index("/v/reveal/") :])
    expect(screen.get_by_text("Show it to nobody but the shop.")).to_be_visible()
    assert MARKER not in screen.content()
    assert_sound(screen, "reveal-hidden")
    screen.get_by_role("button", name="Show my code").click()
    expect(screen.get_by_text(MARKER)).to_be_visible()
    screen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.get_by_role("button", name="Copy the code").click()
    expect(screen.get_by_text("Copied", exact=True)).to_be_visible()
    assert_sound(screen, "reveal-shown")
    assert Issuance.objects.get().first_seen_at is not None
    assert kit.console_errors(screen) == []


def test_all_vouchers_stand_in_the_portal_with_the_used_ones_folded(
    screen: Page, look: str, campaign: Campaign, ana: Contact
) -> None:
    business = campaign.business
    used = give(campaign, recipient(ana), at=clock.now())
    assert used.code is not None
    Issuance.objects.filter(pk=used.pk).update(status="redeemed")
    give(campaign_of(business, named="Spring"), recipient(ana), at=clock.now())
    at = clock.now()
    token = portal.link_token(contact=ana, address=ADDRESS, at=at)
    base = screen.context._impl_obj._options["baseURL"]  # type: ignore[attr-defined]
    session = portal.begin(secret=tokens.secret_of(token), at=at)
    screen.context.add_cookies([{"name": COOKIE, "value": session, "url": f"{base}/me"}])
    screen.goto(reverse("portal_home"))
    screen.get_by_role("link", name="My vouchers").click()
    expect(screen.get_by_role("heading", name="Spring of the year")).to_be_visible()
    screen.get_by_text("Used and expired (1)").click()
    expect(screen.get_by_text("Used", exact=True)).to_be_visible()
    assert_sound(screen, "portal-vouchers")
    assert is_for_thumbs(screen)
    screen.get_by_role("button", name="Show my code for Spring of the year").click()
    expect(screen.get_by_text("SPRING-MARKER-00000001")).to_be_visible()
    assert_sound(screen, "portal-shown")
    assert kit.console_errors(screen) == []


def test_without_script_the_code_is_shown_by_a_plain_form(
    page: Page, campaign: Campaign, ana: Contact
) -> None:
    give(campaign, recipient(ana), at=clock.now())
    link = mail.link_of(mails()[0])
    browser = page.context.browser
    assert browser is not None
    base = page.context._impl_obj._options["baseURL"]  # type: ignore[attr-defined]
    plain = browser.new_context(java_script_enabled=False, base_url=base).new_page()
    plain.goto(link[link.index("/v/reveal/") :])
    plain.get_by_role("button", name="Show my code").click()
    expect(plain.get_by_text(MARKER)).to_be_visible()
    plain.context.close()
