"""Filters of webhooks and their messages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from vouchers.happenings import HAPPENINGS
from vouchers.models import WebhookEndpoint, WebhookMessage
from vouchers.outside_choices import EndpointState, MessageState


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
    search_hint = "Event or answer"

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
        """Keep the messages whose event, or an error of whose tries, holds the term."""
        tried = WebhookMessage.objects.filter(attempts__error__icontains=term)
        return queryset.filter(Q(event_type__icontains=term) | Q(pk__in=tried.values("pk")))
