"""From a delivered incentive to words on another site, in a real browser (incentives.md 5.7, 7.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from incentives.models import Acknowledgement
from incentives.selectors import offer_of
from tests.factories.acknowledgements import make_own
from tests.factories.incentives import Desk, make_desk, make_offer
from tests.incentives.recipient import mails, secret_in
from tests.kit import browser as kit

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = ("light", "dark")
DARK = re.compile("theme=dark")
Show = Callable[[str], str]


@pytest.fixture
def other_site() -> Iterator[Show]:
    """Another site on another origin: serves the page that it is given, and returns its address."""
    shown = {"html": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = f"<!doctype html><html lang='en'><title>Other</title>{shown['html']}</html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args: Any) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()

    def show(html: str) -> str:
        shown["html"] = html
        return f"http://127.0.0.1:{server.server_port}/"

    yield show
    server.shutdown()
    server.server_close()


@pytest.fixture
def acme(settings: Any, live_server: Any) -> Desk:
    settings.SITE_URL = live_server.url
    return make_desk("Acme Solar")


def assert_sound(page: Page) -> None:
    assert kit.axe(page) == []
    assert kit.no_overflow(page)
    assert kit.no_csp_messages(page) == []


def test_words_of_a_recipient_reach_another_site(page: Page, acme: Desk, other_site: Show) -> None:
    offer = make_offer(program=acme.program, status="completed")
    page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    page.goto(f"{reverse('acknowledge')}?token={secret_in(mails('E08')[-1])}")
    assert_sound(page)
    page.get_by_label("Your words").fill("It arrived <b>early</b>, thank you!")
    page.get_by_label("Name to show").fill("Noor H.")
    page.get_by_label("My words may be shown publicly").check()
    page.get_by_role("button", name="Confirm receipt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for confirming")

    page.set_viewport_size(kit.DESK)  # type: ignore[arg-type]
    kit.login(page, acme.user)
    page.goto(reverse("offer_messages", args=[offer.pk]))
    page.get_by_label("Status", exact=True).select_option("acknowledged")
    expect(page.get_by_label("It arrived <b>early</b>, thank you!")).to_be_checked()
    page.get_by_role("textbox", name="Message").fill("Thank you, Noor!")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Status set to Acknowledged")).to_be_visible()

    page.goto(reverse("offer_embed", args=[offer.pk]))
    frame = page.frame_locator("#widget-preview iframe")
    expect(frame.get_by_text("It arrived <b>early</b>, thank you!")).to_be_visible()
    page.locator("#id_theme").get_by_text("Dark").click()
    expect(page.locator("#widget-preview iframe")).to_have_attribute("src", DARK)
    expect(frame.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert_sound(page)
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Widget saved")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_text("Code copied")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    assert kit.console_errors(page) == []

    page.goto(other_site(code))
    framed = page.frame_locator("iframe")
    expect(framed.get_by_text("It arrived <b>early</b>, thank you!")).to_be_visible()
    expect(framed.get_by_text("Noor H.")).to_be_visible()
    assert offer_of(business=acme.business, pk=offer.pk).status == "acknowledged"


@pytest.mark.scenario("INC-72")
def test_masked_widget_on_another_site_shows_no_address_and_sets_no_cookie(
    page: Page, acme: Desk, other_site: Show, live_server: Any
) -> None:
    offer = make_offer(program=acme.program, status="acknowledged", message_masked=True)
    Acknowledgement.objects.filter(offer=offer).update(display_name="")
    address = f"{live_server.url}{reverse('embed_acknowledgement', args=[offer.widget.key])}"
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(other_site(f'<iframe src="{address}" title="Words" sandbox=""></iframe>'))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Receipt confirmed")).to_be_visible()
    expect(frame.get_by_text("Verified recipient")).to_be_visible()
    assert "@" not in frame.locator("body").inner_text()
    assert offer.recipient_email not in frame.locator("html").inner_html()
    # The card has its own look although its frame has no origin of its own.
    assert frame.locator("main").evaluate("node => getComputedStyle(node).display") == "flex"
    assert page.context.cookies() == []
    assert all("set-cookie" not in answer.all_headers() for answer in answers)


@pytest.mark.scenario("INC-73")
def test_claim_and_provider_pages_refuse_to_be_framed_elsewhere(
    page: Page, acme: Desk, other_site: Show, live_server: Any
) -> None:
    make_offer(program=acme.program)
    kit.login(page, acme.user)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    claim = f"{reverse('offer_claim')}?token={secret_in(mails('E01')[-1])}"
    for path in (claim, reverse("offers"), reverse("acknowledgements")):
        heard.clear()
        page.goto(other_site(f'<iframe src="{live_server.url}{path}" title="Page"></iframe>'))
        page.wait_for_timeout(300)
        assert not page.frames[1].url.startswith(live_server.url)
        assert any("frame-ancestors 'none'" in text for text in heard)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_pages_are_sound(page: Page, acme: Desk, look: str, width: str) -> None:
    if width == "phone":
        page.set_viewport_size(kit.PHONE)  # type: ignore[arg-type]
    row = make_own(program=acme.program, user=acme.user)
    offer = make_offer(program=acme.program, status="acknowledged")
    kit.login(page, acme.user)
    kit.choose_look(page, look)
    for url in (
        reverse("acknowledgements"),
        reverse("acknowledgement_detail", args=[row.pk]),
        reverse("acknowledgement_requests"),
        reverse("acknowledgement_request_add"),
        reverse("acknowledgement_templates"),
        reverse("acknowledgement_template_add"),
        reverse("offer_embed", args=[offer.pk]),
        reverse("program_embed", args=[acme.program.pk]),
    ):
        page.goto(url)
        assert_sound(page)
        assert kit.console_errors(page) == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", [(320, 140), (400, 240), (390, 360)])
def test_framed_cards_are_sound(page: Page, acme: Desk, look: str, size: tuple[int, int]) -> None:
    words = "Everything arrived in good order. " * 20
    row = make_own(program=acme.program, user=acme.user, message=words)
    page.emulate_media(color_scheme="dark" if look == "dark" else "light")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(reverse("embed_acknowledgement", args=[row.widgets.get().key]))
    expect(page.get_by_text("Acme Solar")).to_be_in_viewport()
    assert kit.no_overflow(page)


def test_two_lines_of_words_fit_the_compact_card_without_scrolling(page: Page, acme: Desk) -> None:
    words = "It all arrived early and in good order, and the fitters were kind."
    row = make_own(program=acme.program, user=acme.user, message=words)
    page.set_viewport_size({"width": 320, "height": 140})
    page.goto(reverse("embed_acknowledgement", args=[row.widgets.get().key]))
    page.locator("body").evaluate("body => body.classList.add('embed-size-compact')")
    text = page.locator("blockquote")
    lines = "text => text.scrollHeight / parseFloat(getComputedStyle(text).lineHeight)"
    assert round(text.evaluate(lines)) == 2
    assert text.evaluate("text => text.scrollHeight <= text.clientHeight")
    expect(page.get_by_role("link", name="About this program")).to_be_in_viewport(ratio=1)
