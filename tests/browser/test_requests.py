"""A request from a phone to the recorded distribution, in a real browser."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock
from incentives.models import Distribution, IncentiveRequest
from incentives.selectors.requests import request_by_pk
from tests.factories.incentives import Desk, make_desk
from tests.factories.requests import access_secret, join, make_request, member_secret
from tests.incentives.recipient import mails, secret_in
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = ("light", "dark")


@pytest.fixture
def desk() -> Desk:
    return make_desk("Acme Solar")


def assert_sound(page: Page) -> None:
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert kit.no_csp_messages(page) == []


def as_desk(page: Page, desk: Desk, look: str) -> None:
    page.set_viewport_size(kit.DESK)  # type: ignore[arg-type]
    kit.choose_look(page, look)
    kit.login(page, desk.user)


def ask_on_a_phone(page: Page, desk: Desk, look: str) -> IncentiveRequest:
    """Fill the form of the program's page, and confirm the address by mail."""
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    kit.choose_look(page, look)
    page.goto(reverse("program_request", args=[desk.program.slug]))
    assert_sound(page)
    page.get_by_role("button", name="Submit my request").click()
    expect(page.get_by_role("alert")).to_contain_text("need a change")
    assert_sound(page)
    page.get_by_label("Discount").check()
    page.get_by_label("Amount", exact=True).first.fill("100")
    page.get_by_label("In words").fill("On my next yearly plan")
    page.get_by_label("Your message").fill("A discount would keep us.")
    page.get_by_label("An existing customer").check()
    page.get_by_label("Your name").fill("Sam Okafor")
    page.get_by_label("Your email").fill("sam@home.example")
    page.get_by_role("button", name="Submit my request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your inbox")
    assert_sound(page)
    secret = secret_in(mails("Q01", "sam@home.example")[-1])
    page.goto(f"{reverse('request_verify')}?token={secret}")
    assert_sound(page)
    page.get_by_role("button", name="Confirm and send my request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("€100.00 discount")
    assert_sound(page)
    request = IncentiveRequest.objects.get()
    assert request.status == "requested"
    return request


def negotiate_at_the_desk(page: Page, desk: Desk, look: str, request: IncentiveRequest) -> None:
    """Take the request up, and offer less than was asked."""
    as_desk(page, desk, look)
    page.goto(reverse("requests"))
    assert_sound(page)
    page.get_by_role("link", name=str(request.pk), exact=True).click()
    assert_sound(page)
    page.get_by_role("link", name="Answer").click()
    assert_sound(page)
    page.locator("#id_status").select_option("under_review")
    page.locator("#id_body").fill("We look at it.")
    page.locator(".composer-send").click()
    expect(page.locator("#conversation")).to_contain_text("We look at it.")
    page.locator("#id_status").select_option("negotiating")
    page.locator("[name=value_amount]").fill("80")
    page.locator("#id_body").fill("Could you live with eighty?")
    page.locator(".composer-send").click()
    expect(page.locator("#conversation")).to_contain_text("Could you live with eighty?")
    assert_sound(page)


def agree_on_the_phone(page: Page, look: str, request: IncentiveRequest) -> None:
    """Agree as the one who asked, who is nobody at the desk."""
    page.context.clear_cookies()
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    kit.choose_look(page, look)
    secret = access_secret(request)
    page.goto(f"{reverse('my_request', args=[request.pk])}?token={secret}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("€80.00 discount")
    assert_sound(page)
    page.get_by_role("button", name="Agree to these terms").click()
    expect(page.locator(".claim-next")).to_contain_text("The terms are agreed")


def confirm_and_record(page: Page, desk: Desk, look: str, request: IncentiveRequest) -> None:
    """Confirm what was agreed, and record that it was given."""
    as_desk(page, desk, look)
    page.goto(reverse("request_messages", args=[request.pk]))
    page.locator("#id_status").select_option("approved_confirmed")
    page.locator("#id_body").fill("Confirmed.")
    page.locator(".composer-send").click()
    expect(page.locator(".bubble-text", has_text="Confirmed.")).to_be_visible()
    page.goto(reverse("request_distributions", args=[request.pk]))
    assert_sound(page)
    row = Distribution.objects.get(request=request)
    page.locator("[data-select-row]").first.check()
    page.locator(f"#id_row-{row.pk}-description").fill("10% code SAVE10 sent by e-mail")
    page.locator(f"#id_row-{row.pk}-status").select_option("success")
    assert_sound(page)
    page.get_by_role("button", name="Update Selected (1)").click()
    expect(page.get_by_text("1 distribution updated")).to_be_visible()
    row.refresh_from_db()
    assert (row.status, row.value_minor) == ("success", 8000)
    assert request_by_pk(pk=request.pk).status == "approved_confirmed"


@pytest.mark.parametrize("look", LOOKS)
def test_a_request_goes_from_a_phone_to_the_record(page: Page, desk: Desk, look: str) -> None:
    request = ask_on_a_phone(page, desk, look)
    negotiate_at_the_desk(page, desk, look, request)
    agree_on_the_phone(page, look, request)
    confirm_and_record(page, desk, look, request)
    assert kit.console_errors(page) == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_desks_pages_of_requests_are_sound(
    page: Page, desk: Desk, look: str, size: str
) -> None:
    request = make_request(program=desk.program, members=2, status="approved_confirmed")
    as_desk(page, desk, look)
    if size == "phone":
        page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    for name in (
        "request_detail",
        "request_messages",
        "request_members",
        "request_distributions",
    ):
        page.goto(reverse(name, args=[request.pk]))
        assert_sound(page)
    page.goto(reverse("requests"))
    assert_sound(page)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_pages_of_those_who_ask_are_sound(page: Page, desk: Desk, look: str, size: str) -> None:
    request = make_request(
        program=desk.program,
        request_type="group",
        max_required_members=4,
        delivery_method="link",
    )
    member = join(request, email="ana@home.example", at=clock.now())
    kit.choose_look(page, look)
    page.set_viewport_size(kit.PHONE if size == "phone" else kit.DESK)  # type: ignore[arg-type]
    mine, theirs = access_secret(request), member_secret(member)
    for path, secret in (
        (reverse("my_requests"), mine),
        (reverse("my_request", args=[request.pk]), mine),
        (reverse("my_request_edit", args=[request.pk]), mine),
        (reverse("my_request_act", args=[request.pk, "withdraw"]), mine),
        (reverse("request_again", args=[request.pk]), mine),
        (reverse("group_messages", args=[request.pk]), theirs),
        (reverse("request_member"), theirs),
        (reverse("request_link", args=[request.link_slug]), ""),
        (reverse("request_access"), ""),
        (reverse("provider_request", args=[desk.business.slug]), ""),
    ):
        page.goto(f"{path}?token={secret}" if secret else path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_sound(page)


def test_the_tour_of_the_distribution_page_finds_all_its_places(page: Page, desk: Desk) -> None:
    request = make_request(program=desk.program, status="approved_confirmed")
    as_desk(page, desk, "light")
    page.goto(reverse("request_distributions", args=[request.pk]))
    page.get_by_role("button", name="Take Tour").click()
    for _ in range(3):
        expect(page.locator(".driver-popover")).to_be_visible()
        page.locator(".driver-popover-next-btn").click()
    expect(page.locator(".driver-popover-next-btn")).to_have_text("Done")
