"""Webhooks at the desk (vouchers.md 8, page 16)."""

from __future__ import annotations

import socket

import pytest
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import client_of
from vouchers import happenings
from vouchers.models import WebhookEndpoint, WebhookMessage
from vouchers.outbound import Answer
from vouchers.outside_choices import EndpointState, MessageState
from vouchers.services import webhook_delivery


@pytest.fixture(autouse=True)
def _open_network(monkeypatch: pytest.MonkeyPatch) -> None:
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [row])


def make(browser, **changes):  # type: ignore[no-untyped-def]
    typed = {"url": "https://hooks.example.com/in", "event_types": [happenings.REWARDED]}
    return browser.post(reverse("voucher_webhook_new"), {**typed, **changes})


def test_the_secret_is_shown_once(ada: User) -> None:
    browser = client_of(ada)
    assert browser.get(reverse("voucher_webhook_new")).status_code == 200
    answer = make(browser)
    assert "whsec_" in answer.content.decode()
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.owner, endpoint.shows_code) == (ada, True)
    page = browser.get(reverse("voucher_webhook", args=[endpoint.public_id]))
    assert page.status_code == 200
    assert "whsec_" not in page.content.decode()


def test_an_address_inside_is_refused_at_its_field(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [row])
    answer = make(client_of(ada))
    assert answer.status_code == 422
    assert "private" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_only_administrators_manage_webhooks(mara: User, boris: User, ada: User) -> None:
    make(client_of(ada))
    endpoint = WebhookEndpoint.objects.get()
    page = reverse("voucher_webhook", args=[endpoint.public_id])
    assert client_of(mara).get(page).status_code == 403
    assert client_of(boris).get(page).status_code == 404


def test_an_endpoint_is_edited_rotated_tested_and_switched(ada: User) -> None:
    browser = client_of(ada)
    make(browser)
    endpoint = WebhookEndpoint.objects.get()
    args = [endpoint.public_id]
    edit = reverse("voucher_webhook_edit", args=args)
    assert browser.get(edit).status_code == 200
    typed = {
        "url": "https://hooks.example.com/b", "event_types": [happenings.REDEEMED],
        "shows_code": "no", "version": 1,
    }  # fmt: skip
    assert browser.post(edit, typed).status_code == 303
    assert browser.post(edit, typed).status_code == 422
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.shows_code) == ("https://hooks.example.com/b", False)
    rotate = reverse("voucher_webhook_rotate", args=args)
    assert "24 hours" in browser.get(rotate).content.decode()
    assert "whsec_" in browser.post(rotate).content.decode()
    assert browser.post(reverse("voucher_webhook_test", args=args)).status_code == 303
    assert WebhookMessage.objects.get().is_test
    for name, state in (("disable", EndpointState.DISABLED), ("enable", EndpointState.ACTIVE)):
        assert browser.post(reverse(f"voucher_webhook_{name}", args=args)).status_code == 303
        endpoint.refresh_from_db()
        assert endpoint.state == state


def test_deliveries_show_answers_and_are_sent_again(ada: User) -> None:
    browser = client_of(ada)
    make(browser)
    endpoint = WebhookEndpoint.objects.get()
    message = webhook_delivery.send_test(endpoint=endpoint, at=now())
    webhook_delivery.deliver_next(
        at=now(), post=lambda **request: Answer(status=500, text="<b>oops</b>")
    )
    WebhookMessage.objects.update(state=MessageState.FAILED)
    args = [endpoint.public_id]
    shown = browser.get(reverse("voucher_webhook_deliveries", args=args)).content.decode()
    assert "HTTP 500" in shown
    one = [*args, message.public_id]
    page = browser.get(reverse("voucher_webhook_message", args=one)).content.decode()
    assert "&lt;b&gt;oops&lt;/b&gt;" in page
    assert browser.post(reverse("voucher_webhook_again", args=one)).status_code == 303
    message.refresh_from_db()
    assert message.state == MessageState.PENDING
    WebhookMessage.objects.update(state=MessageState.FAILED, is_test=False)
    assert (
        "Send all failed since"
        in browser.get(reverse("voucher_webhook", args=args)).content.decode()
    )
    failed = reverse("voucher_webhook_failed", args=args)
    assert browser.post(failed, {"since": "2020-01-01T00:00"}).status_code == 303
    message.refresh_from_db()
    assert message.state == MessageState.PENDING
    assert browser.post(failed, {"since": "soon"}).status_code == 422


def test_the_page_of_a_message_asks_again_until_there_is_an_answer(ada: User) -> None:
    browser = client_of(ada)
    make(browser)
    endpoint = WebhookEndpoint.objects.get()
    answer = browser.post(reverse("voucher_webhook_test", args=[endpoint.public_id]))
    message = WebhookMessage.objects.get()
    page = reverse("voucher_webhook_message", args=[endpoint.public_id, message.public_id])
    assert answer.headers["Location"] == page
    assert 'hx-trigger="every 2s"' in browser.get(page).content.decode()
    webhook_delivery.deliver_next(at=now(), post=lambda **request: Answer(status=204))
    part = browser.get(page, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="message"')
    assert "HTTP 204" in part
    assert "every 2s" not in part


def test_a_delivery_is_found_by_its_id_and_by_what_was_answered(ada: User) -> None:
    browser = client_of(ada)
    make(browser)
    endpoint = WebhookEndpoint.objects.get()
    message = webhook_delivery.send_test(endpoint=endpoint, at=now())
    webhook_delivery.deliver_next(
        at=now(), post=lambda **request: Answer(status=500, text="out of memory")
    )
    url = reverse("voucher_webhook_deliveries", args=[endpoint.public_id])
    assert 'data-label="Next try"><time' in browser.get(url).content.decode()
    for term in (str(message), "of memory", "rewarded"):
        assert "HTTP 500" in browser.get(url, {"q": term}).content.decode(), term
    assert "HTTP 500" not in browser.get(url, {"q": "msg_" + "0" * 32}).content.decode()


def test_a_missing_choice_of_events_is_told_with_a_link_to_the_first_of_them(ada: User) -> None:
    told = make(client_of(ada), event_types=[]).content.decode()
    assert 'href="#id_event_types_0_0"' in told
    assert 'id="id_event_types_0_0"' in told


def test_the_list_of_webhooks_costs_the_same_for_one_and_many(
    ada: User, acme: Organisation, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    browser = client_of(ada)
    for number in range(4):
        make(browser, url=f"https://hooks.example.com/{number}")
    with django_assert_max_num_queries(16):
        assert "hooks.example.com/3" in browser.get(reverse("voucher_webhooks")).content.decode()
