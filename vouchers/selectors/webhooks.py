"""Webhook endpoints of a business and their messages."""

from __future__ import annotations

import uuid

from django.db.models import Count, Prefetch, Q, QuerySet

from core.errors import NotFound
from directory.models import Organisation
from vouchers.models import WebhookAttempt, WebhookEndpoint, WebhookMessage


def endpoints_of(*, business: Organisation) -> QuerySet[WebhookEndpoint]:
    """Return the endpoints with how many messages are on their way and given up."""
    return (
        WebhookEndpoint.objects.filter(business=business)
        .select_related("partner")
        .annotate(
            pending_count=Count("messages", filter=Q(messages__state="pending")),
            failed_count=Count("messages", filter=Q(messages__state="failed")),
        )
    )


def endpoint(*, business: Organisation, public_id: uuid.UUID) -> WebhookEndpoint:
    """Return one endpoint of the business; raises `NotFound`."""
    row = endpoints_of(business=business).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such webhook.")
    return row


def messages_of(*, endpoint: WebhookEndpoint) -> QuerySet[WebhookMessage]:
    """Return the endpoint's messages with their tries, the newest try first."""
    tries = WebhookAttempt.objects.order_by("-at", "-pk")
    return endpoint.messages.select_related("endpoint").prefetch_related(
        Prefetch("attempts", queryset=tries)
    )


def message(*, endpoint: WebhookEndpoint, public_id: uuid.UUID) -> WebhookMessage:
    """Return one message of the endpoint; raises `NotFound`."""
    row = messages_of(endpoint=endpoint).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("There is no such message.")
    return row
