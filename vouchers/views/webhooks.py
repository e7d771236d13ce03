"""Settings › Webhooks: endpoints, their secret, their deliveries (vouchers.md 8, page 16)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.errors import DomainError
from core.http import is_fragment
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.history import history_of
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from vouchers.filters.webhooks import EndpointFilter, MessageFilter
from vouchers.forms.webhooks import AgainForm, EndpointForm
from vouchers.happenings import HAPPENINGS, iso
from vouchers.models import WebhookEndpoint, WebhookMessage
from vouchers.selectors import webhooks as selectors
from vouchers.services import webhook_delivery, webhooks
from vouchers.tables.webhooks import EndpointTable, MessageTable
from vouchers.views.desk import business_of
from vouchers.webhook_rules import PAUSES

TITLE = "Webhooks"
LATEST = 5
# So near must the next try be that the page of a message waits for it.
AWAITED = timedelta(seconds=30)
# Proposed for sending again what was given up; the form takes any other moment.
DEAD_SINCE = timedelta(days=7)


class EndpointList(TableView):
    """Where happenings of vouchers are sent."""

    access = "webhooks.manage"
    title = TITLE
    subtitle = "Signed messages to your systems when something happens to a voucher."
    table_class = EndpointTable
    filter_class = EndpointFilter
    actions = (PageAction("New webhook", "voucher_webhook_new", "webhooks.manage", "plus", True),)
    empty = Empty(
        icon="link",
        title="No webhooks yet",
        text="Add an https address of yours. Each message is signed, retried for three days, and"
        " kept here with what was answered.",
        action_label="New webhook",
        action_url_name="voucher_webhook_new",
    )
    no_match = "No webhooks match your search"
    noun = ("webhook", "webhooks")
    export_name = "voucher-webhooks"
    tour = "vouchers.webhooks"

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        return selectors.endpoints_of(business=business_of(cast("DeskRequest", self.request)))


class MessageList(TableView):
    """The messages of one endpoint and how they ended."""

    access = "webhooks.manage"
    title = "Deliveries"
    table_class = MessageTable
    filter_class = MessageFilter
    empty = Empty(
        icon="send",
        title="Nothing was sent yet",
        text="Every message appears here with its tries and what was answered. Send a test to see"
        " whether your receiver understands the signature.",
    )
    no_match = "No deliveries match your search"
    noun = ("message", "messages")
    export_name = "voucher-webhook-deliveries"
    template_name = "vouchers/webhooks/deliveries.html"

    @cached_property
    def endpoint(self) -> WebhookEndpoint:
        """The endpoint of the address, of the business that asks."""
        return _endpoint(cast("DeskRequest", self.request), self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[WebhookMessage]:
        return selectors.messages_of(endpoint=self.endpoint)

    def extra_context(self) -> Mapping[str, Any]:
        return {"endpoint": self.endpoint, "crumbs": _crumbs(self.endpoint, "Deliveries")}


@access("webhooks.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_webhook_new(request: DeskRequest) -> HttpResponse:
    """Make an endpoint; the answer to the form is the only page that ever shows its secret."""
    business = business_of(request)
    form = EndpointForm(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = webhooks.create(
                business=business, data=form.data_of(), actor=request.user, at=now()
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return _secret(request, made, secret)
    return form_page(
        request,
        form,
        title="New webhook",
        intro="The secret that signs its messages is shown once, on the next page.",
        template="vouchers/webhooks/form.html",
        side="vouchers/webhooks/_how.html",
        submit_label="Create webhook",
        cancel_url=reverse("voucher_webhooks"),
        crumbs=[(TITLE, reverse("voucher_webhooks")), ("New", "")],
    )


@access("webhooks.manage")
@require_safe
def voucher_webhook(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Show an endpoint: what it hears, how it fares, and what can be done."""
    endpoint = _endpoint(request, pk)
    newest = selectors.messages_of(endpoint=endpoint).order_by("-created_at", "-pk")[:LATEST]
    context = {
        "endpoint": endpoint,
        "events": [(name, HAPPENINGS.get(name, name)) for name in endpoint.event_types],
        "latest": [(row, HAPPENINGS.get(row.event_type, row.event_type)) for row in newest],
        "again": AgainForm(
            zone=business_of(request).time_zone, initial={"since": now() - DEAD_SINCE}
        ),
        "history": history_of(endpoint),
        "at": now(),
        "crumbs": [(TITLE, reverse("voucher_webhooks")), (endpoint.host, "")],
        "tour": "vouchers.webhook",
    }
    return render(request, "vouchers/webhooks/endpoint.html", context)


@access("webhooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_webhook_edit(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Change address, events and what is told of codes."""
    endpoint = _endpoint(request, pk)
    form = EndpointForm(request.POST or None, business=business_of(request), endpoint=endpoint)
    if request.method == "POST" and form.is_valid():
        try:
            webhooks.update(
                endpoint=endpoint,
                data=form.data_of(),
                version=form.cleaned_data["version"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, _page(endpoint), "The webhook is saved.")
    return form_page(
        request,
        form,
        title="Edit webhook",
        template="vouchers/webhooks/form.html",
        side="vouchers/webhooks/_how.html",
        submit_label="Save",
        cancel_url=_page(endpoint),
        crumbs=_crumbs(endpoint, "Edit"),
    )


@access("webhooks.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_webhook_rotate(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask, then give the endpoint a new secret and show it this once."""
    endpoint = _endpoint(request, pk)
    if request.method == "POST":
        return _secret(request, *webhooks.rotate(endpoint=endpoint, at=now()))
    return confirm_page(
        request,
        title="Rotate the secret?",
        message=endpoint.url,
        consequences=[
            "You see the new secret once, on the next page.",
            "For 24 hours messages carry both signatures, so that nothing is missed.",
            "After that the old secret verifies nothing any more.",
        ],
        submit_label="Rotate secret",
        cancel_url=_page(endpoint),
        crumbs=_crumbs(endpoint, "Rotate"),
    )


@access("webhooks.manage")
@require_POST
def voucher_webhook_test(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Send a message with sample data; no code is used."""
    endpoint = _endpoint(request, pk)
    message = webhook_delivery.send_test(endpoint=endpoint, at=now())
    return done(request, _page_of(message), "A test message is on its way.")


@access("webhooks.manage")
@require_POST
def voucher_webhook_disable(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Switch the endpoint off."""
    endpoint = _endpoint(request, pk)
    reason = f"Switched off by {request.user.display_name}."
    webhooks.disable(endpoint=endpoint, reason=reason, at=now())
    return done(request, _page(endpoint), "The webhook is off. Nothing is sent to it.")


@access("webhooks.manage")
@require_POST
def voucher_webhook_enable(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Switch the endpoint on again."""
    endpoint = _endpoint(request, pk)
    webhooks.enable(endpoint=endpoint, at=now())
    return done(request, _page(endpoint), "The webhook is on. Send again what was missed.")


@access("webhooks.manage")
@require_POST
def voucher_webhook_failed(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Send everything again that was given up since a moment."""
    endpoint = _endpoint(request, pk)
    form = AgainForm(request.POST, zone=business_of(request).time_zone)
    if not form.is_valid():
        return form_page(
            request,
            form,
            title="Send all failed since",
            submit_label="Send again",
            cancel_url=_page(endpoint),
            crumbs=_crumbs(endpoint, "Send again"),
        )
    count = webhook_delivery.send_failed_since(
        endpoint=endpoint, since=form.cleaned_data["since"], at=now()
    )
    words = "1 message is" if count == 1 else f"{count} messages are"
    return done(request, _page(endpoint), f"{words} on the way again.")


@access("webhooks.manage")
@require_safe
def voucher_webhook_message(
    request: DeskRequest, pk: uuid.UUID, message_pk: uuid.UUID
) -> HttpResponse:
    """Show one message: what it says without the code, and every try.

    The fragment asks again by itself while an answer may come at any moment.
    """
    endpoint = _endpoint(request, pk)
    row = selectors.message(endpoint=endpoint, public_id=message_pk)
    told = {"type": row.event_type, "timestamp": iso(row.occurred_at), "data": row.data}
    context = {
        "endpoint": endpoint,
        "message": row,
        "title": HAPPENINGS.get(row.event_type, row.event_type),
        "tries": row.attempts.all(),
        "most_tries": len(PAUSES),
        "is_awaited": row.is_pending and row.next_attempt_at <= now() + AWAITED,
        "body": json.dumps(told, indent=2, ensure_ascii=False),
        "crumbs": [
            *_crumbs(endpoint, "")[:2],
            ("Deliveries", reverse("voucher_webhook_deliveries", args=[endpoint.public_id])),
            ("Message", ""),
        ],
    }
    template = "_message.html" if is_fragment(request) else "message.html"
    response = render(request, f"vouchers/webhooks/{template}", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response


@access("webhooks.manage")
@require_POST
def voucher_webhook_again(
    request: DeskRequest, pk: uuid.UUID, message_pk: uuid.UUID
) -> HttpResponse:
    """Send one message again, under the same id."""
    endpoint = _endpoint(request, pk)
    row = selectors.message(endpoint=endpoint, public_id=message_pk)
    webhook_delivery.send_again(message=row, at=now())
    return done(request, _page_of(row), "The message is on its way again.")


def _endpoint(request: DeskRequest, pk: uuid.UUID) -> WebhookEndpoint:
    return selectors.endpoint(business=business_of(request), public_id=pk)


def _page(endpoint: WebhookEndpoint) -> str:
    return reverse("voucher_webhook", args=[endpoint.public_id])


def _page_of(message: WebhookMessage) -> str:
    return reverse("voucher_webhook_message", args=[message.endpoint.public_id, message.public_id])


def _crumbs(endpoint: WebhookEndpoint, here: str) -> list[tuple[str, str]]:
    return [(TITLE, reverse("voucher_webhooks")), (endpoint.host, _page(endpoint)), (here, "")]


def _secret(request: DeskRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret, "crumbs": _crumbs(endpoint, "Secret")}
    return render(request, "vouchers/webhooks/secret.html", context)
