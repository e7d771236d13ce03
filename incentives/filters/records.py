"""How the lists over everything of a business are searched and filtered."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from core.money import known_currencies
from incentives.choices import DistributionStatus, IncentiveType, SenderKind
from incentives.filters.offers import day_range, id_or, own_programs
from incentives.selectors.fulfilment import WITHOUT_PROGRAM

DIRECTIONS = (("offers", "Offers"), ("requests", "Requests"))
SENDERS = ((SenderKind.REFERENT.value, "Recipients"), (SenderKind.VENDOR.value, "Us"))
NO_PROGRAM = "none"
RICH = {"data-rich": "", "data-placeholder": "Any"}


class ProgramChoiceFilter(django_filters.ModelChoiceFilter):
    """The programs of the business, and one choice for requests about no program."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Program",
            queryset=own_programs,
            empty_label="Any",
            null_label=WITHOUT_PROGRAM,
            null_value=NO_PROGRAM,
            **kwargs,
        )

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Keep what offers or requests of the program led to."""
        if value == NO_PROGRAM:
            return qs.filter(offer__isnull=True, request__program__isnull=True)
        if value:
            return qs.filter(Q(offer__program=value) | Q(request__program=value))
        return qs


def currency_choices() -> list[tuple[str, str]]:
    """Return what a value can be given in: percent, words alone, or a currency."""
    codes = [(code, code) for code in sorted(known_currencies())]
    return [("percent", "Percentages"), ("none", "Words alone"), *codes]


class DistributionRecordFilter(BaseFilter):
    """Search and filters over all distributions; the report's figures lead here."""

    chips = "status"
    search_label = "Search distributions"
    search_hint = "ID, e-mail, name, reference or description"

    status = django_filters.ChoiceFilter(
        label="Status", choices=DistributionStatus.choices, empty_label="Any"
    )
    direction = django_filters.ChoiceFilter(
        label="From", choices=DIRECTIONS, empty_label="Offers and requests", method="by_direction"
    )
    program = ProgramChoiceFilter()
    incentive_type = django_filters.ChoiceFilter(
        label="Incentive type", choices=IncentiveType.choices, empty_label="Any"
    )
    unit = django_filters.ChoiceFilter(
        label="Given in",
        choices=currency_choices,
        empty_label="Anything",
        method="by_unit",
        widget=forms.Select(RICH),
    )
    confirmed = day_range("Confirmed", "created_at")
    delivered = day_range("Delivered", "succeeded_at")

    def by_direction(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(offer__isnull=value == "requests")

    def by_unit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep one unit or one currency; a record without any unit has words alone."""
        if value == "percent":
            return rows.filter(unit="percent")
        if value == "none":
            return rows.filter(unit__in=["none", ""])
        return rows.filter(unit="currency", currency=value)

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep rows whose id, address, name, reference or description holds the term."""
        found = (
            Q(recipient_email__icontains=term)
            | Q(recipient_name__icontains=term)
            | Q(description__icontains=term)
            | Q(offer__reference__icontains=term)
            | Q(request__reference__icontains=term)
        )
        return queryset.filter(id_or(term.upper().removeprefix("D-"), found))


class MessageRecordFilter(BaseFilter):
    """Search and filters over all messages."""

    chips = "sender"
    all_label = "Both sides"
    search_label = "Search messages"
    search_hint = "Words, sender, reference or recipient"

    sender = django_filters.ChoiceFilter(
        field_name="sender_kind", label="From", choices=SENDERS, empty_label="Both sides"
    )
    unread = django_filters.ChoiceFilter(
        label="Read",
        choices=(("yes", "New for us"),),
        empty_label="All",
        method="only_unread",
    )
    sent = day_range("Sent", "created_at")

    def only_unread(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(sender_kind=SenderKind.REFERENT, read_at__isnull=True)

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the messages whose words, sender, reference or recipient hold the term."""
        found = Q(body__icontains=term, deleted_at__isnull=True) | Q(sender_name__icontains=term)
        for subject in ("offer", "request"):
            found |= Q(**{f"{subject}__reference__icontains": term})
            found |= Q(**{f"{subject}__recipient_email__icontains": term})
        return queryset.filter(id_or(term, found))
