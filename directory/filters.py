"""Search and filters of the directory's list pages."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from core.search import Found
from directory.choices import (
    ContactSource,
    ContactState,
    MemberStatus,
    ProductKind,
    PurchaseModel,
    Role,
)
from directory.models import Contact, Membership, Product, ProductService, Segment
from directory.search import find_contacts


class TeamFilter(BaseFilter):
    """Team members by name, address, role and status."""

    role = django_filters.ChoiceFilter(label="Role", choices=Role.choices)
    status = django_filters.ChoiceFilter(label="Status", choices=MemberStatus.choices)

    search_label = "Search team"
    search_hint = "Name, e-mail or username"

    class Meta:
        model = Membership
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Membership], term: str) -> QuerySet[Membership]:
        return queryset.filter(
            Q(user__email__icontains=term)
            | Q(user__username__icontains=term)
            | Q(user__first_name__icontains=term)
            | Q(user__last_name__icontains=term)
        )


class ProductFilter(BaseFilter):
    """Products and services by name or number, type and purchase model."""

    kind = django_filters.ChoiceFilter(label="Type", choices=ProductKind.choices)
    purchase_model = django_filters.ChoiceFilter(
        label="Purchase model", choices=PurchaseModel.choices
    )

    chips = "kind"
    search_label = "Search products and services"
    search_hint = "Name or number"

    class Meta:
        model = ProductService
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[ProductService], term: str) -> QuerySet[ProductService]:
        """Find the term in the name; digits alone also find the number (incentives.md 2.0)."""
        wanted = Q(name__icontains=term)
        if term.isdecimal() and len(term) < 19:
            wanted |= Q(pk=int(term))
        return queryset.filter(wanted)


class ContactFilter(BaseFilter):
    """Contacts by name, address, number or code, state and source."""

    state = django_filters.ChoiceFilter(label="Status", choices=ContactState.choices)
    source = django_filters.ChoiceFilter(label="Came by", choices=ContactSource.choices)
    tag = django_filters.CharFilter(label="Tag", method="with_tag")

    chips = "state"
    search_label = "Search contacts"
    search_hint = "Name, e-mail, phone or code"

    class Meta:
        model = Contact
        fields: tuple[str, ...] = ()

    def with_tag(self, queryset: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return queryset.filter(tags__contains=[value.strip().lower()])

    def search(self, queryset: QuerySet[Contact], term: str) -> Found:
        """Find every word of the term in names, addresses, numbers or code, in any order."""
        return find_contacts(
            queryset,
            business_id=self.request.organisation.pk,
            term=term,
            ordering=self.ordering,
        )


class CatalogueFilter(BaseFilter):
    """Products of the catalogue by SKU or name, and whether they wait for review."""

    needs_review = django_filters.BooleanFilter(label="To review")
    is_active = django_filters.BooleanFilter(label="On sale")

    search_label = "Search catalogue"
    search_hint = "SKU or name"

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Product], term: str) -> QuerySet[Product]:
        return queryset.filter(Q(sku__icontains=term) | Q(name__icontains=term))


class SegmentFilter(BaseFilter):
    """Segments by name."""

    search_label = "Search segments"
    search_hint = "Name"

    class Meta:
        model = Segment
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Segment], term: str) -> QuerySet[Segment]:
        return queryset.filter(name__icontains=term)
