"""The story of a group in a real browser: shared, joined, accepted, confirmed, claimed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from incentives.models import Offer
from incentives.selectors import offer_by_pk
from tests.factories.incentives import make_desk, make_offer
from tests.incentives.recipient import mails, secret_in
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)

ANNA, BEN = "anna@home.example", "ben@home.example"


def assert_sound(page: Page) -> None:
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert kit.no_csp_messages(page) == []


def join(page: Page, offer: Offer, name: str, address: str) -> None:
    """Open the shared link, ask for a place, and press the button behind the mailed link."""
    page.goto(reverse("offer_link", args=[offer.link_slug]))
    assert_sound(page)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your email").fill(address)
    page.get_by_label("I have read the terms").check()
    page.get_by_role("button", name="Join the group").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your inbox")
    page.goto(f"{reverse('offer_verify')}?token={secret_in(mails('E02', address)[-1])}")
    assert_sound(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Your group")).to_be_visible()


def own_page(page: Page, address: str, kind: str = "E03") -> None:
    page.goto(f"{reverse('offer_claim')}?token={secret_in(mails(kind, address)[-1])}")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", [kit.PHONE, kit.DESK], ids=["phone", "desk"])
def test_two_join_by_the_link_the_lead_accepts_and_both_claim(
    page: Page, size: Any, look: str
) -> None:
    desk = make_desk("Acme Solar")
    offer = make_offer(
        program=desk.program, delivery="link", offer_type="group", max_required_members=3
    )
    page.set_viewport_size(size)
    kit.choose_look(page, look)
    join(page, offer, "Anna Berg", ANNA)
    expect(page.get_by_text("You lead this group.")).to_be_visible()
    join(page, offer, "Ben Coste", BEN)
    expect(page.get_by_text("You are a member.")).to_be_visible()
    expect(page.get_by_text("a•••@home.example")).to_be_visible()
    assert_sound(page)
    own_page(page, ANNA)
    page.get_by_role("button", name="Claim offer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The group claimed this offer")
    assert_sound(page)
    confirm(page, desk, offer)
    for address in (BEN, ANNA):
        own_page(page, address, "E06")
        page.get_by_role("button", name="Claim my incentive").click()
        expect(page.get_by_role("button", name="Claim my incentive")).to_have_count(0)
    assert_sound(page)
    assert offer_by_pk(pk=offer.pk).status == "claimed"
    assert kit.console_errors(page) == []


def confirm(page: Page, desk: Any, offer: Offer) -> None:
    """Confirm at the desk with the tick for a group that is not full, then look at its members."""
    kit.login(page, desk.user)
    page.goto(reverse("offer_messages", args=[offer.pk]))
    page.get_by_label("Status").first.select_option("approved_confirmed")
    page.get_by_label("Confirm with 2 of 3 members").check()
    page.get_by_label("Message", exact=True).fill("Welcome, both of you.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#thread")).to_contain_text("Welcome, both of you.")
    page.goto(reverse("offer_members", args=[offer.pk]))
    expect(page.locator("#group-progress")).to_contain_text("2 of 3")
    expect(page.get_by_text(re.compile("The group is closed"))).to_be_visible()
    assert_sound(page)
    page.context.clear_cookies(name="sessionid")


def test_a_member_is_removed_in_the_dialog_of_the_list(page: Page) -> None:
    desk = make_desk("Acme Solar")
    offer = make_offer(
        program=desk.program, delivery="link", offer_type="group", max_required_members=3
    )
    join(page, offer, "Anna Berg", ANNA)
    join(page, offer, "Ben Coste", BEN)
    kit.login(page, desk.user)
    page.goto(reverse("offer_members", args=[offer.pk]))
    assert_sound(page)
    row = page.locator("tr", has_text=BEN)
    row.get_by_label(re.compile("Actions")).click()
    row.get_by_role("link", name="Remove member").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove Ben Coste?")
    assert_sound(page)
    dialog.get_by_role("button", name="Remove member").click()
    expect(page.locator("#group-progress")).to_contain_text("1 of 3")
    expect(page.locator("tr", has_text=BEN)).to_contain_text("Removed")
