"""How the lists of offers and programs are searched and filtered (incentives.md 2.2, 2.9)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core.filters import BaseFilter
from core.search import Found, GramSearch, folded
from incentives import selectors
from incentives.choices import (
    DeliveryMethod,
    EntityStage,
    IncentiveType,
    OfferStatus,
    OfferType,
    ProgramStatus,
    TemplateStatus,
)
from incentives.models.offers import SEARCH_INDEX
from incentives.selectors.desk import offer_origins

LARGEST_ID = 2**63 - 1
OFFERS = GramSearch(SEARCH_INDEX)
WAITING = (
    ("provider", "Waiting for me"),
    ("recipient", "Waiting for the recipient"),
    ("nobody", "Closed"),
)


def id_or(term: str, condition: Q) -> Q:
    """Add the exact id to a condition when the term is all digits (incentives.md 2.0)."""
    if term.isdecimal() and term.isascii() and int(term) <= LARGEST_ID:
        return condition | Q(pk=int(term))
    return condition


def own_programs(request: HttpRequest | None) -> QuerySet[Any]:
    """Return the programs that the filter may name: those of the business alone."""
    business = getattr(request, "organisation", None)
    if business is None:
        return selectors.programs_of(business=business).none()  # type: ignore[arg-type]
    return selectors.programs_of(business=business).order_by("product_service__name")


def day_range(label: str, field: str) -> django_filters.DateFromToRangeFilter:
    widget = django_filters.widgets.DateRangeWidget(
        attrs={"type": "date", "class": "form-control", "aria-label": label}
    )
    return django_filters.DateFromToRangeFilter(field_name=field, label=label, widget=widget)


class OfferFilter(BaseFilter):
    """Search and filters of My Offers; all combine with AND."""

    chips = "waiting"
    search_label = "Search offers"
    search_hint = "ID, e-mail, name, product or message"

    waiting = django_filters.ChoiceFilter(
        field_name="side_to_move",
        label="Waiting for",
        choices=WAITING,
        empty_label="Anybody",
    )
    status = django_filters.MultipleChoiceFilter(
        label="Status",
        choices=OfferStatus.choices,
        # One column cannot repeat a row; DISTINCT would sort them all, and count kinds for rows.
        distinct=False,
        widget=forms.SelectMultiple({"data-rich": "", "data-placeholder": "Any status"}),
    )
    incentive_type = django_filters.ChoiceFilter(
        label="Incentive type", choices=IncentiveType.choices, empty_label="Any"
    )
    offer_type = django_filters.ChoiceFilter(
        label="Offer type", choices=OfferType.choices, empty_label="Any"
    )
    delivery_method = django_filters.ChoiceFilter(
        label="Delivery method", choices=DeliveryMethod.choices, empty_label="Any"
    )
    entity_stage = django_filters.ChoiceFilter(
        label="Entity stage", choices=EntityStage.choices, empty_label="Any"
    )
    program = django_filters.ChoiceFilter(label="Program", choices=(), empty_label="Any")
    link_template = django_filters.ChoiceFilter(
        label="Link template", choices=(), empty_label="Any"
    )
    created = day_range("Created", "created_at")
    offered = day_range("First sent", "offered_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("program", "link_template"):
            self.filters[name].extra["choices"] = lambda name=name: self.origins.get(name, [])

    @cached_property
    def origins(self) -> dict[str, list[tuple[str, str]]]:
        """The programs and link templates that offers may come from: the business's own."""
        return offer_origins(business=self.request.organisation)

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | Found:
        """Keep the offers whose id, recipient, product or message holds the term, whatever its case.

        A product's name is looked up first: its offers are many, so the list is walked in its own
        order; otherwise the index of the offers' own texts finds the few.
        """
        business = self.request.organisation
        named = list(
            selectors.programs_of(business=business)
            .filter(product_service__name__icontains=term)
            .values_list("pk", flat=True)
        )
        if named:
            match = id_or(term, Q(search_text__contains=folded(term)) | Q(program__in=named))
            found = queryset.filter(match)
            return Found(found, frequent=True, unmatched=queryset, match=match)
        return OFFERS.find(queryset, scope_id=business.pk, term=term, ordering=self.ordering)


class ProgramFilter(BaseFilter):
    """Search and filter of programs: by id, product or service, and vendor name."""

    chips = "status"
    search_label = "Search programs"
    search_hint = "Program ID or product/service"

    status = django_filters.ChoiceFilter(
        label="Status", choices=ProgramStatus.choices, empty_label="Any"
    )

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the programs whose id, product or vendor holds the term, whatever its case."""
        condition = Q(product_service__name__icontains=term) | Q(business__name__icontains=term)
        return queryset.filter(id_or(term, condition))


class TemplateFilter(BaseFilter):
    """Search and filters of link templates, of offers (7.1) as of acknowledgements (3.11)."""

    chips = "status"
    search_label = "Search link templates"
    search_hint = "Template ID, name, product or message"

    status = django_filters.ChoiceFilter(
        label="Status", choices=TemplateStatus.choices, empty_label="Any"
    )
    program = django_filters.ModelChoiceFilter(
        label="Program", queryset=own_programs, empty_label="Any"
    )

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the templates whose id, name, product or message holds the term, whatever its case."""
        condition = (
            Q(name__icontains=term)
            | Q(message__icontains=term)
            | Q(program__product_service__name__icontains=term)
        )
        return queryset.filter(id_or(term, condition))
