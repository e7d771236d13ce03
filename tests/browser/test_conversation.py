"""The conversation and the details page of an offer in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock
from incentives.guards import Payload
from incentives.models import Message, Offer
from incentives.services import claims
from tests.cast import Cast
from tests.factories.incentives import claim_secret, make_offer, make_program
from tests.kit.browser import (
    PHONE,
    axe,
    choose_look,
    console_errors,
    login,
    no_csp_messages,
    no_overflow,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offer(transactional_db: None, cast: Cast) -> Offer:
    """An offer that the recipient agreed to."""
    return make_offer(program=make_program(cast.acme, "Winter panels"), status="approved")


@pytest.fixture
def talk(page: Page, cast: Cast, offer: Offer) -> Page:
    """The conversation, open in Ada's browser."""
    login(page, cast.ada)
    page.goto(reverse("offer_messages", args=[offer.pk]))
    return page


def test_enter_sends_and_shift_enter_breaks_the_line(talk: Page, offer: Offer) -> None:
    talk.get_by_label("Status", exact=True).select_option("keep")
    box = talk.get_by_label("Message", exact=True)
    box.fill("First line")
    box.press("Shift+Enter")
    box.press_sequentially("second line")
    box.press("Enter")
    expect(talk.locator("[data-toast]")).to_contain_text("Message sent")
    expect(talk.locator(".bubble-vendor").last).to_contain_text("second line")
    expect(talk.get_by_label("Message", exact=True)).to_have_value("")
    assert Message.objects.filter(offer=offer, body="First line\nsecond line").count() == 1
    assert console_errors(talk) == []


def test_a_refused_message_keeps_its_text_and_its_files(talk: Page, offer: Offer) -> None:
    talk.get_by_label("Message", exact=True).fill("With a paper")
    file = {"name": "terms.txt", "mimeType": "text/plain", "buffer": b"These are the terms."}
    talk.get_by_label("Files").set_input_files(file)  # type: ignore[arg-type]
    talk.get_by_role("button", name="Send").click()
    summary = talk.locator(".error-summary")
    expect(summary).to_contain_text("Select a status")
    expect(talk.get_by_label("Message", exact=True)).to_have_value("With a paper")
    talk.get_by_label("Status", exact=True).select_option("keep")
    talk.get_by_role("button", name="Send").click()
    expect(talk.locator(".bubble-files")).to_contain_text("terms.txt")
    expect(talk.get_by_label("Files")).to_have_value("")


def test_a_badge_chooses_the_status_and_reveals_what_it_needs(talk: Page) -> None:
    granted = talk.get_by_label("Granted value")
    expect(granted).to_be_hidden()
    talk.get_by_role("button", name="Partial Granted").click()
    expect(talk.get_by_label("Status", exact=True)).to_have_value("partial_granted")
    expect(granted).to_be_visible()
    granted.fill("30")
    talk.get_by_label("Message", exact=True).fill("This much we can do.")
    talk.get_by_role("button", name="Send").click()
    expect(talk.locator("[data-toast]")).to_contain_text("Status set to Partial Granted")
    expect(talk.locator(".bubble-vendor").last).to_contain_text("€30.00")


def test_newer_messages_arrive_without_touching_what_is_half_typed(
    talk: Page, offer: Offer
) -> None:
    talk.get_by_label("Message", exact=True).fill("Half a thou")
    at = clock.now()
    claims.answer(
        secret=claim_secret(offer, at=at), to="rejected", payload=Payload(text="No, thanks."), at=at
    )
    talk.get_by_role("button", name="Refresh").click()
    expect(talk.locator(".bubble-referent").last).to_contain_text("No, thanks.")
    expect(talk.get_by_label("Message", exact=True)).to_have_value("Half a thou")
    expect(talk.locator("#thread-live")).to_contain_text("it is Rejected now")
    talk.get_by_role("button", name="Update the choices").click()
    expect(talk.locator("#composer")).to_contain_text("conversation is closed")
    expect(talk.locator("#composer")).to_contain_text("Half a thou")


def test_what_is_on_screen_is_marked_as_read(talk: Page, offer: Offer, cast: Cast) -> None:
    counter = make_offer(program=offer.program, status="counter")
    with talk.expect_response(lambda answer: answer.url.endswith("/read")) as read:
        talk.goto(reverse("offer_messages", args=[counter.pk]))
    assert read.value.status == 204
    unread = Message.objects.filter(offer=counter, sender_kind="referent", read_at=None)
    assert not unread.exists()


def test_cancelling_is_asked_in_a_dialog(page: Page, cast: Cast, offer: Offer) -> None:
    login(page, cast.ada)
    page.goto(reverse("offer_detail", args=[offer.pk]))
    page.get_by_role("link", name="Cancel offer").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("closed for good")
    dialog.get_by_label("Message to the recipient").fill("We have to stop here.")
    dialog.get_by_role("button", name="Cancel offer").click()
    expect(page.locator("#offer-status")).to_contain_text("Cancelled")
    assert Offer.objects.get(pk=offer.pk).status == "cancelled"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_conversation_and_details_are_accessible_and_fit(
    page: Page, cast: Cast, offer: Offer, look: str, width: str
) -> None:
    login(page, cast.ada)
    choose_look(page, look)
    if width == "phone":
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    talk = reverse("offer_messages", args=[offer.pk])
    pages: list[Any] = [f"{talk}?status=partial_granted", reverse("offer_detail", args=[offer.pk])]
    for address in pages:
        page.goto(address)
        assert axe(page) == []
        assert no_overflow(page)
        assert no_csp_messages(page) == []


def test_back_leads_to_the_list_as_it_was_left(page: Page, cast: Cast, offer: Offer) -> None:
    login(page, cast.ada)
    page.goto(reverse("offers"))
    page.locator("#list-q").press_sequentially("haddad")
    page.wait_for_url("**q=haddad**")
    page.locator("a.row-link").first.click()
    page.get_by_role("link", name="Back", exact=True).click()
    page.wait_for_url("**q=haddad**")
    expect(page.locator("#list-q")).to_have_value("haddad")
