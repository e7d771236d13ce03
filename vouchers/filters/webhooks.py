"""Filters of webhooks and their messages."""

from __future__ import annotations

import re
import uuid
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from vouchers.happenings import HAPPENINGS
from vouchers.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from vouchers.outside_choices import EndpointState, MessageState

# A `webhook-id` as receivers see it.
ID = re.compile(r"(?:msg_)?([0-9a-f]{32})")


class EndpointFilter(BaseFilter):
    """By state and text."""

    search_label = "Search webhooks"
    search_hint = "Address or description"

    state = django_filters.ChoiceFilter(
        label="State", choices=EndpointState.choices, empty_label="Any"
    )

    class Meta:
        model = WebhookEndpoint
        fields: ClassVar[tuple[str, ...]] = ()

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the endpoints whose address or description holds the term."""
        return queryset.filter(Q(url__icontains=term) | Q(description__icontains=term))


class MessageFilter(BaseFilter):
    """By state and event."""

    chips = "state"
    search_label = "Search deliveries"
    search_hint = "Event, answer or message id"

    state = django_filters.ChoiceFilter(
        label="State", choices=MessageState.choices, empty_label="Any"
    )
    event_type = django_filters.ChoiceFilter(
        label="Event", choices=list(HAPPENINGS.items()), empty_label="Any"
    )

    class Meta:
        model = WebhookMessage
        fields: ClassVar[tuple[str, ...]] = ()

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the messages whose id, event, or an answer or error of whose tries, holds the term."""
        tried = WebhookAttempt.objects.filter(
            Q(error__icontains=term) | Q(answer__icontains=term), message__in=queryset
        )
        matched = Q(event_type__icontains=term) | Q(pk__in=tried.values("message"))
        if named := ID.fullmatch(term.lower()):
            matched |= Q(public_id=uuid.UUID(named[1]))
        return queryset.filter(matched)
