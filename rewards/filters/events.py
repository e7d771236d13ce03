"""Search and filters of the reward events (rewards.md 10)."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core.calendar import day_bounds
from core.filters import BaseFilter
from core.money import digits, known_currencies
from core.search import folded
from directory.models import Contact, Organisation
from directory.selectors.network import merchants_of, venues_of
from events.selectors.classifications import classifications_of
from rewards import offer_types
from rewards.choices import AwardStatus, Goal, LogCause, LogType, RedeemMethod
from rewards.models import RewardEvent, RewardScheme
from rewards.selectors.offers import offers_of_owner
from wallet.filters.desk import AmountFilter, days

LARGEST = 2**62
OWN = ("offer", "scheme", "merchant", "venue", "classification")


def some(label: str, any_label: str) -> django_filters.MultipleChoiceFilter:
    """Return a filter on several rows of one column, whose choices the business gives."""
    return django_filters.MultipleChoiceFilter(
        label=label,
        choices=(),
        distinct=False,
        widget=forms.SelectMultiple({"data-rich": "", "data-placeholder": any_label}),
    )


class RewardEventFilter(BaseFilter):
    """Everything that the log can be asked for; days are those of the business's clock.

    A range of days begins with its first day and ends before its second one.
    """

    chips = "type"
    search_label = "Search reward events"
    search_hint = "Contact (name, code, e-mail, phone), or a code such as RE-12"

    type = django_filters.ChoiceFilter(label="Type", choices=LogType.choices, empty_label="Any")
    cause = django_filters.ChoiceFilter(
        label="Business event", choices=LogCause.choices, empty_label="Any"
    )
    state = django_filters.ChoiceFilter(
        label="State", choices=AwardStatus.choices, empty_label="Any", method="with_state"
    )
    performed = days("Performed, from – before", "performed_at", method="within")
    posted = days("Posted, from – before", "posted_at", method="within")
    offer = some("Offers", "Any offer")
    scheme = some("Schemes", "Any scheme")
    goal = django_filters.ChoiceFilter(
        field_name="offer__goal", label="Goal", choices=Goal.choices, empty_label="Any"
    )
    offer_type = django_filters.ChoiceFilter(
        field_name="offer__type", label="Offer type", choices=offer_types.choices, empty_label="Any"
    )
    merchant = django_filters.ChoiceFilter(label="Merchant", choices=(), empty_label="Any")
    venue = django_filters.ChoiceFilter(label="Venue", choices=(), empty_label="Any")
    classification = django_filters.ChoiceFilter(
        label="Classification", choices=(), empty_label="Any"
    )
    least = AmountFilter(label="Amount, at least", method="with_least")
    most = AmountFilter(label="Amount, at most", method="with_most")
    currency = django_filters.ChoiceFilter(
        label="Currency",
        choices=lambda: [(code, code) for code in sorted(known_currencies())],
        empty_label="Any",
    )
    reference = django_filters.CharFilter(field_name="reference_number", label="Reference number")
    redeem_method = django_filters.ChoiceFilter(
        label="Redeem method", choices=RedeemMethod.choices, empty_label="Any"
    )
    late = django_filters.BooleanFilter(field_name="is_late", label="Late")

    class Meta:
        model = RewardEvent
        fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OWN:
            self.filters[name].extra["choices"] = lambda name=name: self.own[name]

    @cached_property
    def business(self) -> Organisation:
        acting: Organisation = self.request.organisation
        return acting if acting.business is None else acting.business

    @cached_property
    def own(self) -> dict[str, list[tuple[Any, str]]]:
        """What those who look have to choose from; five queries."""
        offers = offers_of_owner(owner=self.request.organisation).order_by("name", "pk")
        schemes = RewardScheme.objects.filter(business=self.business).order_by("name", "pk")
        acting = self.request.organisation
        merchants = merchants_of(business=self.business).order_by("name", "pk")
        venues = venues_of(business=self.business)
        if not acting.is_business:
            merchants, venues = merchants.filter(pk=acting.pk), venues.filter(parent=acting)
        kinds = classifications_of(business=self.business)
        return {
            "offer": [(row.pk, row.title) for row in offers],
            "scheme": list(schemes.values_list("pk", "name")),
            "merchant": list(merchants.values_list("pk", "name")),
            "venue": list(venues.order_by("name", "pk").values_list("pk", "name")),
            "classification": [(row.pk, row.name) for row in kinds],
        }

    def with_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep awards in that state; other rows stand as they were written."""
        is_award = Q(type=LogType.AWARD)
        found = is_award & Q(award__status=value)
        return queryset.filter(found | ~is_award if value == AwardStatus.POSTED else found)

    def within(self, queryset: QuerySet[Any], name: str, value: slice) -> QuerySet[Any]:
        """Keep rows from the start of the first day and before the start of the second."""
        zone = self.business.time_zone
        if value.start is not None:
            first = day_bounds(value.start.date(), zone).start
            queryset = queryset.filter(**{f"{name}__gte": first})
        if value.stop is not None:
            end = day_bounds(value.stop.date(), zone).start
            queryset = queryset.filter(**{f"{name}__lt": end})
        return queryset

    def with_least(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Keep amounts of at least that size, with either sign."""
        minor = self._minor(value)
        return queryset.filter(Q(amount_minor__gte=minor) | Q(amount_minor__lte=-minor))

    def with_most(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Keep amounts of at most that size, with either sign."""
        minor = self._minor(value)
        return queryset.filter(amount_minor__lte=minor, amount_minor__gte=-minor)

    def _minor(self, value: Any) -> int:
        currency = self.form.cleaned_data.get("currency") or self.business.base_currency
        return int(value.scaleb(digits(currency)))

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the row of that code, else those of contacts of whom something holds each word."""
        number = term.upper().removeprefix("RE-")
        if number != term and number.isascii() and number.isdecimal() and int(number) < LARGEST:
            return queryset.filter(pk=int(number))
        people = Contact.objects.filter(business=self.business)
        for word in term.split():
            people = people.filter(search_text__contains=folded(word))
        return queryset.filter(contact__in=people)
