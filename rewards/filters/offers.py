"""Search and filters of reward offers and of their passes (rewards.md 2.12)."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from core.money import known_currencies
from core.search import folded
from directory.selectors.network import merchants_of
from rewards import offer_types
from rewards.choices import Goal, Switch
from rewards.models import Pass, RewardOffer, RewardScheme
from rewards.selectors import desk

AVAILABILITY = (("running", "Running"), ("upcoming", "Upcoming"), ("ended", "Ended"))
LARGEST_NUMBER = 2**31 - 1


class RewardOfferFilter(BaseFilter):
    """By goal, type, scheme, state, owner, currency, tag, availability, and text."""

    chips = "status"
    search_label = "Search reward offers"
    search_hint = "Name, number or code"

    status = django_filters.ChoiceFilter(label="State", choices=Switch.choices, empty_label="Any")
    goal = django_filters.ChoiceFilter(label="Goal", choices=Goal.choices, empty_label="Any")
    type = django_filters.ChoiceFilter(label="Type", choices=offer_types.choices, empty_label="Any")
    scheme = django_filters.ChoiceFilter(label="Scheme", choices=(), empty_label="Any")
    availability = django_filters.ChoiceFilter(
        label="Availability", choices=AVAILABILITY, empty_label="Any"
    )
    owner = django_filters.ChoiceFilter(label="Owner", choices=(), empty_label="Anybody")
    currency = django_filters.ChoiceFilter(
        label="Currency",
        choices=lambda: [(code, code) for code in sorted(known_currencies())],
        empty_label="Any",
    )
    tag = django_filters.ChoiceFilter(
        field_name="tags", lookup_expr="contains", label="Tag", choices=(), empty_label="Any",
        method="tagged",
    )  # fmt: skip

    class Meta:
        model = RewardOffer
        fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("scheme", "owner", "tag"):
            self.filters[name].extra["choices"] = lambda name=name: self.own[name]

    @cached_property
    def own(self) -> dict[str, list[tuple[Any, str]]]:
        """What those who look have to choose from; three queries."""
        acting = self.request.organisation
        business = acting if acting.is_business else acting.business
        schemes = RewardScheme.objects.filter(business=business).order_by("name", "pk")
        owners = [(acting.pk, acting.name)]
        if acting.is_business:
            merchants = merchants_of(business=business).order_by("name", "pk")
            owners += merchants.values_list("pk", "name")
        return {
            "scheme": list(schemes.values_list("pk", "name")),
            "owner": owners,
            "tag": [(tag, tag) for tag in desk.tags_of(owner=acting)],
        }

    def tagged(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the offers that carry the tag."""
        return queryset.filter(tags__contains=[value]) if value else queryset

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the offers whose name or code holds the term, or whose number it is."""
        match = Q(name__icontains=term) | Q(code__icontains=term)
        digits = term.removeprefix("#")
        if digits.isdecimal() and digits.isascii() and int(digits) <= LARGEST_NUMBER:
            match |= Q(number=int(digits))
        return queryset.filter(match)


class SchemeFilter(BaseFilter):
    """Schemes by name and state."""

    chips = "status"
    search_label = "Search schemes"
    search_hint = "Name"

    status = django_filters.ChoiceFilter(label="State", choices=Switch.choices, empty_label="Any")

    class Meta:
        model = RewardScheme
        fields: ClassVar[tuple[str, ...]] = ()

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the schemes whose name or description holds the term."""
        return queryset.filter(Q(name__icontains=term) | Q(description__icontains=term))


class MemberFilter(BaseFilter):
    """Members of a scheme by name, address or number."""

    search_label = "Search members"
    search_hint = "Name, e-mail, phone or code"

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the members of whom something holds each word of the term."""
        for word in term.split():
            queryset = queryset.filter(search_text__contains=folded(word))
        return queryset


class PassFilter(BaseFilter):
    """Passes by code, contact and state."""

    chips = "status"
    search_label = "Search passes"
    search_hint = "Code or contact"

    status = django_filters.ChoiceFilter(label="State", choices=Switch.choices, empty_label="Any")

    class Meta:
        model = Pass
        fields: ClassVar[tuple[str, ...]] = ()

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the passes whose code or contact holds the term."""
        return queryset.filter(
            Q(code__icontains=term)
            | Q(contact__first_name__icontains=term)
            | Q(contact__last_name__icontains=term)
        )


class CodeFilter(BaseFilter):
    """Sign-up codes of a scheme."""

    search_label = "Search codes"
    search_hint = "Code"

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the codes that hold the term."""
        return queryset.filter(code__icontains=term)
