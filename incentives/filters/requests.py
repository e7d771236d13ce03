"""How incoming requests are searched and filtered (incentives.md 8.1)."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from core.search import Found, GramSearch, folded
from incentives.choices import EntityStage, IncentiveType, OfferType
from incentives.choices.requests import RequestStatus
from incentives.filters.offers import WAITING, day_range, id_or, own_programs
from incentives.models import IncentiveRequest
from incentives.models.requests import REQUEST_SEARCH_INDEX

REQUESTS = GramSearch(REQUEST_SEARCH_INDEX)


def named_so(term: str) -> Q:
    """Return the condition that a choice's label holds the term: a type, a kind or a status."""
    word = term.lower()
    fields = {
        "entity_stage": EntityStage,
        "incentive_type": IncentiveType,
        "request_type": OfferType,
        "status": RequestStatus,
    }
    found = Q()
    for field, choices in fields.items():
        codes = [code for code, label in choices.choices if word in label.lower()]
        if codes:
            found |= Q(**{f"{field}__in": codes})
    return found


class RequestFilter(BaseFilter):
    """Search and filters of incoming requests; all combine with AND."""

    chips = "waiting"
    search_label = "Search requests"
    search_hint = "ID, e-mail, product, message, type or status"

    waiting = django_filters.ChoiceFilter(
        field_name="side_to_move", label="Waiting for", choices=WAITING, empty_label="Anybody"
    )
    status = django_filters.MultipleChoiceFilter(
        label="Status",
        choices=[pair for pair in RequestStatus.choices if pair[0] != RequestStatus.DRAFT],
        distinct=False,
        widget=forms.SelectMultiple({"data-rich": "", "data-placeholder": "Any status"}),
    )
    incentive_type = django_filters.ChoiceFilter(
        label="Incentive type", choices=IncentiveType.choices, empty_label="Any"
    )
    request_type = django_filters.ChoiceFilter(
        label="Request type", choices=OfferType.choices, empty_label="Any"
    )
    entity_stage = django_filters.ChoiceFilter(
        label="Requester type", choices=EntityStage.choices, empty_label="Any"
    )
    program = django_filters.ModelChoiceFilter(
        label="Program", queryset=own_programs, empty_label="Any"
    )
    created = day_range("Created", "created_at")

    class Meta:
        model = IncentiveRequest
        fields = ("status",)

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | Found:
        """Keep requests whose id, recipient, product, message, type or status holds the term."""
        labelled = named_so(term)
        if labelled:
            match = id_or(term, Q(search_text__contains=folded(term)) | labelled)
            return Found(queryset.filter(match), frequent=True, unmatched=queryset, match=match)
        business = self.request.organisation
        return REQUESTS.find(queryset, scope_id=business.pk, term=term, ordering=self.ordering)
