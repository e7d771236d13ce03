"""The recipient's pages in a real browser: a phone, a thumb, no account."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.money import Money
from incentives.models import Offer
from incentives.selectors import offer_by_pk
from tests.factories.incentives import make_desk, make_offer
from tests.incentives.recipient import mails, secret_in
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = ("light", "dark")


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    return page


def offered(**fields: Any) -> tuple[Offer, str]:
    """Return a sent offer and the address that its mail leads to."""
    offer = make_offer(program=make_desk("Acme Solar").program, **fields)
    secret = secret_in(mails("E01", offer.recipient_email)[-1])
    return offer, f"{reverse('offer_claim')}?token={secret}"


def assert_sound(page: Page) -> None:
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert kit.no_csp_messages(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_recipient_accepts_on_a_phone(phone: Page, look: str) -> None:
    offer, address = offered()
    kit.choose_look(phone, look)
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_have_text("€50.00 cashback")
    accept = phone.get_by_role("button", name="Accept offer")
    expect(accept).to_be_in_viewport()
    box = accept.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert_sound(phone)
    accept.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You accepted this offer")
    assert offer_by_pk(pk=offer.pk).status == "approved"
    assert_sound(phone)
    assert kit.console_errors(phone) == []


@pytest.mark.parametrize("look", LOOKS)
def test_recipient_makes_a_counter_offer_and_mends_a_mistake(phone: Page, look: str) -> None:
    offer, address = offered()
    kit.choose_look(phone, look)
    phone.goto(address)
    phone.get_by_role("link", name="Make a counter-offer").click()
    phone.get_by_label("Your value").fill("50")
    phone.get_by_label("Why these terms?").fill("We have two roofs.")
    assert_sound(phone)
    phone.get_by_role("button", name="Send my proposal").click()
    expect(phone.get_by_role("alert")).to_contain_text("Propose another value")
    expect(phone.get_by_label("Why these terms?")).to_have_value("We have two roofs.")
    assert_sound(phone)
    phone.get_by_label("Your value").fill("70.00")
    phone.get_by_role("button", name="Send my proposal").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your proposal is with Acme Solar")
    after = offer_by_pk(pk=offer.pk)
    assert after.terms is not None
    assert (after.status, after.terms.value.amount) == ("counter", Money(7000, "EUR"))
    assert_sound(phone)


def test_recipient_declines_only_after_being_asked(phone: Page) -> None:
    offer, address = offered()
    phone.goto(address)
    phone.get_by_role("link", name="Decline").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Decline this offer?")
    assert offer_by_pk(pk=offer.pk).status == "offered"
    assert_sound(phone)
    phone.get_by_role("button", name="Yes, decline the offer").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You declined this offer")
    assert_sound(phone)


@pytest.mark.parametrize("look", LOOKS)
def test_visitor_claims_a_shared_link_and_confirms_by_mail(phone: Page, look: str) -> None:
    offer = make_offer(program=make_desk("Acme Solar").program, delivery="link")
    kit.choose_look(phone, look)
    phone.goto(reverse("offer_link", args=[offer.link_slug]))
    assert_sound(phone)
    phone.get_by_label("Your name").fill("Sam Okafor")
    phone.get_by_label("Your email").fill("sam@home.example")
    phone.get_by_label("I have read the terms").check()
    phone.get_by_role("button", name="Claim this offer").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Check your inbox to confirm your email address"
    )
    assert_sound(phone)
    secret = secret_in(mails("E02", "sam@home.example")[-1])
    phone.goto(f"{reverse('offer_verify')}?token={secret}")
    assert_sound(phone)
    phone.get_by_role("button", name="Confirm").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You claimed this offer")
    after = offer_by_pk(pk=offer.pk)
    assert (after.status, after.recipient_email) == ("pre_claimed", "sam@home.example")


def test_page_at_desk_width_and_a_dead_link_are_sound_too(page: Page) -> None:
    _, address = offered()
    page.goto(address)
    assert_sound(page)
    page.goto(f"{reverse('offer_claim')}?token=unknown")
    expect(page.get_by_role("heading", level=1)).to_have_text("Invalid Token")
    assert_sound(page)


def test_recipient_writes_without_javascript(chromium: Any, live_server: Any) -> None:
    offer, address = offered()
    context = chromium.new_context(
        viewport=kit.PHONE, base_url=live_server.url, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill("Is it for tenants too?")
    page.get_by_role("button", name="Send my question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your question is with Acme Solar")
    page.get_by_text("Write to Acme Solar").first.click()
    page.get_by_label("Your message").fill("The house is from 1960.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The house is from 1960.")).to_be_visible()
    assert offer_by_pk(pk=offer.pk).status == "needs_info"
    context.close()


def test_mail_in_the_outbox_shows_and_leads_on(page: Page, settings: Any, live_server: Any) -> None:
    settings.DEMO = True
    settings.SITE_URL = live_server.url
    offer, _ = offered(message="<img src=x onerror=alert(1)>")
    page.goto(reverse("outbox"))
    assert_sound(page)
    page.get_by_role("link", name=offer.recipient_email).click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Acme Solar has an offer for you")
    expect(frame.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Open the link of this mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("€50.00 cashback")
