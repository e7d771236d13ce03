"""Link templates and public pages in a real browser: from the desk to a visitor and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from incentives.models import LinkTemplate, Offer, Program
from tests.factories.incentives import Desk, make_desk, make_offer
from tests.factories.link_templates import make_template, use_template
from tests.incentives.recipient import mails, secret_in
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/provider/incentive-offers/link-templates"
SIZES = {"phone": kit.PHONE, "desk": kit.DESK}
LOOKS = ("light", "dark")


@pytest.fixture
def acme(page: Page) -> Desk:
    desk = make_desk("Acme Solar")
    kit.login(page, desk.user)
    return desk


def assert_sound(page: Page) -> None:
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert kit.no_csp_messages(page) == []
    assert kit.console_errors(page) == []


def make_by_hand(page: Page) -> LinkTemplate:
    """Fill in the form of a new template and save it."""
    page.goto(LIST)
    page.get_by_role("link", name="Create Incentive Offer Link Template").first.click()
    page.get_by_label("Name", exact=True).fill("Spring fair")
    page.locator("#id_program-ts-control").click()
    page.locator(".ts-dropdown [role=option]").first.click()
    expect(page.locator("#template-product")).to_contain_text("About")
    page.get_by_role("radio", name="Individual").check()
    page.get_by_role("radio", name="Lead", exact=True).check()
    page.get_by_role("radio", name="Cashback").check()
    page.get_by_label("Amount", exact=True).fill("50")
    page.get_by_label("Offer message").fill("Come and see us at stand 12.")
    page.get_by_label("Maximum uses").fill("20")
    expect(page.locator("#template-words")).to_contain_text("It can be used 20 times.")
    assert_sound(page)
    page.get_by_role("button", name="Save Link Template").click()
    expect(page.get_by_role("dialog")).to_contain_text("Spring fair")
    return LinkTemplate.objects.get()


@pytest.mark.parametrize("size", SIZES)
def test_template_goes_from_the_desk_to_a_visitor_and_back(
    page: Page, acme: Desk, size: str
) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    template = make_by_hand(page)
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith(reverse("template_link", args=[template.slug]))
    assert_sound(page)

    page.goto(reverse("template_link", args=[template.slug]))
    expect(page.get_by_role("heading", level=1)).to_have_text("€50.00 cashback")
    page.get_by_label("Your name").fill("Sam Okafor")
    page.get_by_label("Your email").fill("sam@home.example")
    page.get_by_label("I have read the terms of this offer").check()
    assert_sound(page)
    page.get_by_role("button", name="Claim this offer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your inbox")
    secret = secret_in(mails("E02", "sam@home.example")[-1])
    page.goto(f"{reverse('offer_verify')}?token={secret}")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You claimed this offer")

    page.goto(LIST)
    page.locator("td.cell-actions summary").click()
    assert_sound(page)
    page.get_by_role("link", name="View offers from this template").click()
    offer = Offer.objects.get()
    expect(page.locator(f"#row-{offer.pk}")).to_contain_text("sam@home.example")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_a_template_is_sound(page: Page, acme: Desk, size: str, look: str) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    kit.choose_look(page, look)
    template = make_template(acme.program, max_uses=9)
    use_template(template)
    paused = make_template(acme.program, active=False)
    for address in (
        LIST,
        f"{LIST}/add",
        f"{LIST}/edit/{template.pk}",
        f"{LIST}/edit/{paused.pk}",
        f"{LIST}/share/{template.pk}",
        f"{LIST}/qr/{paused.pk}",
        f"{LIST}/qr-sheet",
        reverse("template_link", args=[template.slug]),
    ):
        page.goto(address)
        assert_sound(page)
    page.goto(f"{LIST}/edit/{template.pk}")
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the template a name")
    assert_sound(page)


@pytest.mark.parametrize("key", ["link_templates.list", "link_templates.form"])
def test_tour_finds_every_step(page: Page, acme: Desk, key: str) -> None:
    make_template(acme.program)
    # Half-seen text has no contrast: whoever asks for less motion sees no card fade in.
    page.emulate_media(reduced_motion="reduce")
    page.goto(LIST if key.endswith("list") else f"{LIST}/add")
    page.get_by_role("button", name="Take Tour").click()
    for _ in range(3):
        expect(page.locator(".driver-popover")).to_be_visible()
        assert kit.axe(page) == []
        page.locator(".driver-popover-next-btn").click()
    expect(page.locator(".driver-popover-next-btn")).to_have_text("Done")


def views(program: Program) -> Any:
    return Program.objects.get(pk=program.pk).view_count


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
def test_public_pages_are_sound_and_a_view_is_counted_once(
    page: Page, size: str, look: str
) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    kit.choose_look(page, look)
    desk = make_desk("Acme Solar")
    make_offer(program=desk.program, delivery="link", show_on_program_page=True)
    make_template(desk.program, show_on_program_page=True, max_uses=9)
    make_offer(program=desk.program, status="acknowledged")
    address = reverse("program_public", args=[desk.program.slug])
    for _ in range(2):
        with page.expect_response(lambda answer: answer.url.endswith("/view")) as sent:
            page.goto(address)
        assert sent.value.status == 204
    assert views(desk.program) == 1
    assert_sound(page)
    page.get_by_role("link", name="Acme Solar").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme Solar")
    assert_sound(page)
