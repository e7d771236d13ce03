"""How acknowledgements and the requests for them are searched and filtered (incentives.md 3.11)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from incentives.choices import (
    AcknowledgementRequestStatus,
    AcknowledgementState,
    DeliveryMethod,
)
from incentives.filters.offers import day_range, id_or, own_programs

SOURCES = (("offer", "Offers"), ("request", "Incentive requests"), ("own", "Stand-alone"))


class AcknowledgementFilter(BaseFilter):
    """Search and filters of the acknowledgements."""

    chips = "state"
    search_label = "Search acknowledgements"
    search_hint = "ID, e-mail, offer, product or words"

    state = django_filters.ChoiceFilter(
        label="State", choices=AcknowledgementState.choices, empty_label="Any"
    )
    source = django_filters.ChoiceFilter(
        label="Source", choices=SOURCES, empty_label="Any", method="of_source"
    )
    program = django_filters.ModelChoiceFilter(
        label="Program", queryset=own_programs, empty_label="Any"
    )
    invited = day_range("Invited", "invited_at")

    def of_source(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the rows of one kind of source."""
        return {
            "offer": queryset.filter(offer__isnull=False),
            "request": queryset.filter(offer__isnull=True, distribution__isnull=False),
            "own": queryset.filter(acknowledgement_request__isnull=False),
        }[value]

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the rows whose id, recipient, words, source or product holds the term."""
        condition = (
            Q(email__icontains=term)
            | Q(message__icontains=term)
            | Q(display_name__icontains=term)
            | Q(offer__reference__icontains=term)
            | Q(distribution__recipient_name__icontains=term)
            | Q(acknowledgement_request__recipient_name__icontains=term)
            | Q(program__product_service__name__icontains=term)
        )
        return queryset.filter(id_or(term, condition))


class AskedFilter(BaseFilter):
    """Search and filters of the stand-alone requests."""

    chips = "status"
    search_label = "Search acknowledgement requests"
    search_hint = "ID, e-mail, name or product"

    status = django_filters.ChoiceFilter(
        label="Status", choices=AcknowledgementRequestStatus.choices, empty_label="Any"
    )
    delivery_method = django_filters.ChoiceFilter(
        label="Delivery", choices=DeliveryMethod.choices, empty_label="Any"
    )
    program = django_filters.ModelChoiceFilter(
        label="Program", queryset=own_programs, empty_label="Any"
    )
    created = day_range("Created", "created_at")

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the requests whose id, recipient, template or product holds the term."""
        condition = (
            Q(recipient_email__icontains=term)
            | Q(recipient_name__icontains=term)
            | Q(template__name__icontains=term)
            | Q(program__product_service__name__icontains=term)
        )
        return queryset.filter(id_or(term, condition))
