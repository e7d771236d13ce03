"""Webhooks at the desk, in a real browser: made, tested, given up, and sent again."""

from __future__ import annotations

import socket

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core import clock
from directory.models import Organisation, User
from tests.kit import browser as kit
from vouchers import happenings
from vouchers.models import WebhookEndpoint, WebhookMessage
from vouchers.outbound import Answer
from vouchers.outside_choices import MessageState
from vouchers.services import webhook_delivery, webhooks
from vouchers.services.webhooks import EndpointData

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "https://hooks.example.com/vouchers/in"


@pytest.fixture(autouse=True)
def _open_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name lead to a public address, but leave numbers and this machine alone."""
    real = socket.getaddrinfo
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **kwargs: (
            [row] if str(host).endswith(".example.com") else real(host, *args, **kwargs)
        ),
    )


@pytest.fixture
def endpoint(acme: Organisation, ada: User) -> WebhookEndpoint:
    data = EndpointData(
        url=f"{ADDRESS}/{'a-long-part-of-the-path' * 8}",
        event_types=[happenings.REWARDED, happenings.LIST_LOW],
        description="Our shop's own queue",
    )
    return webhooks.create(business=acme, data=data, actor=ada, at=clock.now())[0]


def answered(status: int, text: str = "") -> None:
    """Do what the worker does, with a receiver that answers so."""
    webhook_delivery.deliver_next(
        at=clock.now(), post=lambda **call: Answer(status=status, text=text, took_ms=81)
    )


def test_the_pages_of_webhooks_are_sound_in_both_looks_and_widths(
    page: Page, ada: User, endpoint: WebhookEndpoint
) -> None:
    lost = webhook_delivery.send_test(endpoint=endpoint, at=clock.now())
    answered(500, "<h1>Out of memory</h1>" + "x" * 400)
    WebhookMessage.objects.update(state=MessageState.FAILED, ended_at=clock.now())
    fine = webhook_delivery.send_test(endpoint=endpoint, at=clock.now())
    answered(204)
    one = [endpoint.public_id]
    paths = {
        "webhooks": reverse("voucher_webhooks"),
        "webhook-new": reverse("voucher_webhook_new"),
        "webhook": reverse("voucher_webhook", args=one),
        "webhook-edit": reverse("voucher_webhook_edit", args=one),
        "webhook-rotate": reverse("voucher_webhook_rotate", args=one),
        "deliveries": reverse("voucher_webhook_deliveries", args=one),
        "message-lost": reverse("voucher_webhook_message", args=[*one, lost.public_id]),
        "message-fine": reverse("voucher_webhook_message", args=[*one, fine.public_id]),
    }
    kit.login(page, ada)
    assert kit.faults_on(page, paths) == []
    assert kit.console_errors(page) == []


def test_a_webhook_is_made_and_its_test_message_followed_to_the_answer(
    page: Page, ada: User
) -> None:
    kit.login(page, ada)
    page.goto(reverse("voucher_webhooks"))
    page.locator("#main").get_by_role("link", name="New webhook").first.click()
    page.get_by_label("Address").fill("http://hooks.example.com/in")
    page.get_by_label("A code was redeemed", exact=True).check()
    page.get_by_role("button", name="Create webhook").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("A code was redeemed", exact=True).is_checked()
    page.get_by_label("Address").fill(ADDRESS)
    page.get_by_role("button", name="Create webhook").click()
    assert page.get_by_role("textbox", name="Signing secret").input_value().startswith("whsec_")
    kit.picture(page, "webhook-secret-1440-light")
    assert kit.axe(page) == []
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_text("On its way; the answer appears here by itself.")).to_be_visible()
    answered(200, "ok")
    expect(page.get_by_text("HTTP 200")).to_be_visible()
    expect(page.get_by_text("Delivered", exact=True)).to_be_visible()
    assert page.locator("[hx-trigger='every 2s']").count() == 0
    assert kit.console_errors(page) == []


def test_a_dead_letter_is_found_and_sent_again(
    page: Page, ada: User, endpoint: WebhookEndpoint
) -> None:
    made = webhook_delivery.send_test(endpoint=endpoint, at=clock.now())
    answered(500, "no room")
    WebhookMessage.objects.update(state=MessageState.FAILED, ended_at=clock.now(), is_test=False)
    kit.login(page, ada)
    page.goto(reverse("voucher_webhook", args=[endpoint.public_id]))
    page.get_by_role("link", name="Given up").click()
    page.get_by_role("link", name="A code was given to somebody").click()
    expect(page.get_by_text("Nothing is lost")).to_be_visible()
    expect(page.get_by_text("no room")).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("On its way again; the answer appears here by itself.")).to_be_visible()
    made.refresh_from_db()
    assert made.state == MessageState.PENDING
    assert kit.console_errors(page) == []
