"""A voucher on its recipient's phone: claimed, shown, found again; and every state of its pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock, mail, tokens
from directory.models import Contact, User
from directory.services import portal
from directory.views.portal_pages import COOKIE
from tests.factories.directory import make_business, make_contact, make_user
from tests.factories.vouchers import make_codes
from tests.kit import browser as kit
from tests.vouchers.issued import ADDRESS, campaign_of, give, mails, recipient
from vouchers.choices import CampaignStatus, CodeInMail, OnExhaustion
from vouchers.models import Campaign, Issuance, VoucherList
from vouchers.services import claim_links, links, revoking

pytestmark = pytest.mark.django_db(transaction=True)

MARKER = "SALE-MARKER-00000001"
LONGEST = "WINTER-" + "7H2KQ4XR" * 7 + "A"


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    kit.choose_look(page, "dark")
    return page


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


def is_for_thumbs(page: Page) -> bool:
    """Tell whether everything to press is at least 44 px high."""
    heights = page.eval_on_selector_all(
        "main a, main button, main summary",
        "nodes => nodes.filter(node => node.offsetParent)"
        ".map(node => node.getBoundingClientRect().height)",
    )
    return not heights or min(heights) >= 43.9


def assert_sound(page: Page, name: str) -> None:
    kit.picture(page, f"{name}-story")
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert is_for_thumbs(page)


def invited(campaign: Campaign, email: str = ADDRESS, contact: Contact | None = None) -> str:
    """Invite somebody and return the path of the link."""
    at, clara = clock.now(), User.objects.get(username="clara")
    to = recipient(contact, email)
    link = claim_links.invite(campaign=campaign, recipient=to, user=clara, at=at)
    return claim_links.address_of(link=link, at=at)


def revealed(issuance: Issuance) -> str:
    """Return the path that shows the voucher."""
    token = links.reveal_token(issuance, at=clock.now(), address=ADDRESS)
    return reverse("voucher_reveal", args=[tokens.secret_of(token)])


def test_a_voucher_is_claimed_shown_to_a_scanner_and_found_again(
    phone: Page, campaign: Campaign, ana: Contact
) -> None:
    path = invited(campaign, contact=ana)
    phone.goto(path)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sale of the year")
    assert MARKER not in phone.content()
    assert_sound(phone, "claim-open")
    phone.get_by_role("button", name="Get my voucher").click()
    expect(phone.get_by_text(MARKER)).to_be_visible()
    phone.get_by_text("Show it to a scanner").click()
    expect(phone.get_by_role("img", name="The code as a QR code")).to_be_visible()
    expect(phone.get_by_role("img", name="The code as a bar code")).to_be_visible()
    assert_sound(phone, "claim-claimed")
    phone.goto(path)
    expect(phone.get_by_text(MARKER)).to_be_visible()
    assert kit.console_errors(phone) == []


def test_opening_the_mails_page_shows_no_code_and_its_button_shows_it_to_be_copied(
    phone: Page, campaign: Campaign, ana: Contact
) -> None:
    give(campaign, recipient(ana), at=clock.now())
    link = mail.link_of(mails()[0])
    phone.goto(link[link.index("/v/reveal/") :])
    expect(phone.get_by_text("Show it to nobody but the shop.")).to_be_visible()
    assert MARKER not in phone.content()
    assert Issuance.objects.get().first_seen_at is None
    assert_sound(phone, "reveal-hidden")
    phone.get_by_role("button", name="Show my code").click()
    expect(phone.get_by_text(MARKER)).to_be_visible()
    expect(phone.get_by_role("group", name="Your code")).to_be_focused()
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.get_by_role("button", name="Copy the code").click()
    expect(phone.get_by_text("Copied", exact=True)).to_be_visible()
    assert phone.evaluate("navigator.clipboard.readText()") == MARKER
    assert_sound(phone, "reveal-shown")
    assert Issuance.objects.get().first_seen_at is not None
    assert kit.console_errors(phone) == []


def test_all_vouchers_stand_in_the_portal_with_the_used_ones_folded(
    phone: Page, campaign: Campaign, ana: Contact
) -> None:
    business = campaign.business
    used = give(campaign, recipient(ana), at=clock.now())
    Issuance.objects.filter(pk=used.pk).update(status="redeemed")
    give(campaign_of(business, named="Spring"), recipient(ana), at=clock.now())
    at = clock.now()
    token = portal.link_token(contact=ana, address=ADDRESS, at=at)
    base = phone.context._impl_obj._options["baseURL"]  # type: ignore[attr-defined]
    session = portal.begin(secret=tokens.secret_of(token), at=at)
    phone.context.add_cookies([{"name": COOKIE, "value": session, "url": f"{base}/me"}])
    phone.goto(reverse("portal_home"))
    phone.get_by_role("link", name="My vouchers").click()
    expect(phone.get_by_role("heading", name="Spring of the year")).to_be_visible()
    phone.get_by_text("Used and expired (1)").click()
    expect(phone.get_by_text("Used", exact=True)).to_be_visible()
    assert_sound(phone, "portal-vouchers")
    phone.get_by_role("button", name="Show my code for Spring of the year").click()
    expect(phone.get_by_text("SPRING-MARKER-00000001")).to_be_visible()
    assert_sound(phone, "portal-shown")
    assert kit.console_errors(phone) == []


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


def test_every_state_of_an_invitation_is_sound_in_both_looks_and_widths(
    page: Page, campaign: Campaign, ana: Contact
) -> None:
    business = campaign.business
    at = clock.now()
    paths = {"claim-open": invited(campaign, contact=ana)}
    for status in ("scheduled", "paused", "ended"):
        other = campaign_of(business, named=f"C{status}")
        paths[f"claim-{status}"] = invited(other)
        Campaign.objects.filter(pk=other.pk).update(
            status=CampaignStatus(status), starts_at=at + timedelta(days=3)
        )
    empty = campaign_of(business, codes=0, named="Empty", on_exhaustion=OnExhaustion.WAITLIST)
    paths["claim-waiting"] = invited(empty)
    page.goto(paths["claim-waiting"])
    page.get_by_role("button", name="Get my voucher").click()
    expect(page.get_by_role("heading", name="You are on the list")).to_be_visible()
    back = campaign_of(business, named="Back")
    paths["claim-taken-back"] = invited(back)
    page.goto(paths["claim-taken-back"])
    page.get_by_role("button", name="Get my voucher").click()
    expect(page.get_by_text("BACK-MARKER-00000001")).to_be_visible()
    revoking.revoke(
        issuance=Issuance.objects.get(campaign=back), reason="A mistake", actor=None, at=at
    )
    paths["claim-unknown"] = "/v/" + "x" * 43
    assert kit.faults_on(page, paths) == []
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert [one for one in kit.console_errors(page) if "404" not in one] == []


def test_every_state_of_a_voucher_is_sound_in_both_looks_and_widths(
    page: Page, campaign: Campaign, ana: Contact
) -> None:
    business, at = campaign.business, clock.now()
    soon = give(campaign, recipient(ana), at=at)
    Issuance.objects.filter(pk=soon.pk).update(redeem_until=at + timedelta(days=2))
    long = campaign_of(business, codes=0, named="Winter")
    make_codes(VoucherList.objects.get(list_tag="winter"), codes=[LONGEST])
    VoucherList.objects.filter(list_tag="winter").update(
        name="A voucher " + "with a long name " * 6
    )
    given = give(long, recipient(ana), at=at)
    for number, status in enumerate(("redeemed", "expired", "revoked")):
        one = give(campaign_of(business, named=f"S{number}"), recipient(ana), at=at)
        Issuance.objects.filter(pk=one.pk).update(status=status)
    tray = links.tray_token(business=business, recipient=recipient(ana), at=at)
    over = Issuance.objects.get(status="expired")
    paths = {
        "reveal-soon": revealed(soon),
        "reveal-over": revealed(over),
        "reveal-revoked": revealed(Issuance.objects.get(status="revoked")),
        "tray": reverse("voucher_tray", args=[tokens.secret_of(tray)]),
    }
    assert kit.faults_on(page, paths) == []
    page.get_by_text("Used and expired (2)").click()
    assert_sound(page, "tray-unfolded")
    page.goto(revealed(given))
    page.get_by_role("button", name="Show my code").click()
    expect(page.get_by_text(LONGEST)).to_be_visible()
    page.get_by_text("Show it to a scanner").click()
    assert_sound(page, "reveal-longest")
    assert [one for one in kit.console_errors(page) if "410" not in one] == []
