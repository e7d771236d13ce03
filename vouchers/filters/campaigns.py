"""Filters of the lists of campaigns, issuances, wait entries and decisions."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, cast

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from directory.models import Membership, Organisation
from directory.sessions import DeskRequest
from vouchers.choices import (
    CampaignStatus,
    Delivery,
    IssuanceStatus,
    Outcome,
    Qualification,
    Source,
)
from vouchers.filters.put_away import OnlyMet, PutAway
from vouchers.models import Attempt, Campaign, Issuance, Partner, VoucherList
from vouchers.selectors import campaign_desk

WAITING = (("yes", "Somebody waits"), ("no", "Nobody waits"))
ATTENTION = (("yes", "Needs attention"),)
LARGEST_NUMBER = 2**31 - 1


class OwnChoices(BaseFilter):
    """A filter with choices from the business's own rows."""

    own_names: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.own_names:
            self.filters[name].extra["choices"] = lambda name=name: self.own[name]

    @property
    def business(self) -> Organisation:
        acting = cast("DeskRequest", self.request).organisation
        return acting if acting.business is None else acting.business

    @cached_property
    def own(self) -> dict[str, list[tuple[Any, str]]]:
        """What the business has to choose from; one query for each name asked for."""
        return {name: getattr(self, f"own_{name}")() for name in self.own_names}

    def own_list(self) -> list[tuple[Any, str]]:
        rows = VoucherList.objects.filter(business=self.business).select_related("partner")
        return [(one.pk, f"{one.partner.name} · {one.list_tag}") for one in rows.order_by("name")]

    def own_partner(self) -> list[tuple[Any, str]]:
        rows = Partner.objects.filter(business=self.business).order_by("name")
        return list(rows.values_list("pk", "name"))


class CampaignFilter(PutAway, OwnChoices):
    """By status, qualification, list, owner, wait list, dates, and text."""

    chips = "status"
    all_label = "Not archived"
    put_away = CampaignStatus.ARCHIVED
    search_label = "Search campaigns"
    search_hint = "Name or number"
    own_names = ("list", "owner")

    status = django_filters.ChoiceFilter(
        label="Status", choices=CampaignStatus.choices, empty_label="Any but archived"
    )
    qualification = django_filters.ChoiceFilter(
        label="Qualification", choices=Qualification.choices, empty_label="Any"
    )
    list = django_filters.ChoiceFilter(
        label="List", choices=(), empty_label="Any", method="takes_from"
    )
    owner = django_filters.ChoiceFilter(label="Owner", choices=(), empty_label="Anybody")
    waiting = django_filters.ChoiceFilter(
        label="Wait list", choices=WAITING, empty_label="Any", method="with_waiting"
    )

    class Meta:
        model = Campaign
        fields: ClassVar[tuple[str, ...]] = ()

    def own_owner(self) -> Any:
        rows = Membership.objects.filter(organisation=self.business).select_related("user")
        return [(one.user_id, one.user.display_name) for one in rows.order_by("pk")]

    def takes_from(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the campaigns that take codes from the list now."""
        mapped = Campaign.objects.filter(
            mappings__voucher_list=int(value), mappings__removed_at__isnull=True
        )
        return queryset.filter(pk__in=mapped.values("pk"))

    def with_waiting(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep those with, or without, people on their wait list."""
        waits = Campaign.objects.filter(waiting__state="waiting").values("pk")
        if value == "yes":
            return queryset.filter(pk__in=waits)
        return queryset.exclude(pk__in=waits) if value == "no" else queryset

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the campaigns whose name or text holds the term, or whose number it is."""
        match = Q(name__icontains=term) | Q(description__icontains=term)
        digits = term.upper().removeprefix("CMP-").removeprefix("#")
        if digits.isdecimal() and digits.isascii() and int(digits[:12]) <= LARGEST_NUMBER:
            match |= Q(number=int(digits))
        return queryset.filter(match)


class IssuanceFilter(OnlyMet, OwnChoices):
    """By status, what needs attention, campaign, list, partner, delivery, source, day, and person."""

    chips = "status"
    search_label = "Search issuances"
    search_hint = "Recipient"
    own_names = ("campaign", "list", "partner")

    status = django_filters.ChoiceFilter(
        label="Status", choices=IssuanceStatus.choices, empty_label="Any"
    )
    attention = django_filters.ChoiceFilter(
        label="Mail", choices=ATTENTION, empty_label="Any", method="needing"
    )
    campaign = django_filters.ChoiceFilter(label="Campaign", choices=(), empty_label="Any")
    list = django_filters.ChoiceFilter(
        field_name="voucher_list", label="List", choices=(), empty_label="Any"
    )
    partner = django_filters.ChoiceFilter(
        field_name="voucher_list__partner", label="Partner", choices=(), empty_label="Any"
    )
    delivery_status = django_filters.ChoiceFilter(
        label="Delivery", choices=Delivery.choices, empty_label="Any"
    )
    source = django_filters.ChoiceFilter(label="Source", choices=Source.choices, empty_label="Any")
    given = django_filters.DateFromToRangeFilter(
        field_name="issued_at",
        label="Given",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )

    class Meta:
        model = Issuance
        fields: ClassVar[tuple[str, ...]] = ()

    def own_campaign(self) -> Any:
        rows = Campaign.objects.filter(business=self.business).exclude(status="draft")
        return list(rows.order_by("name").values_list("pk", "name"))

    def needing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep what bounced, failed or is held back, and is still the recipient's."""
        return queryset.filter(campaign_desk.needs_attention()) if value else queryset

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the issuances to people whose name, address or number holds the term."""
        keys = campaign_desk.people_named(business=self.business, term=term)
        return queryset.filter(
            Q(recipient_key__in=keys) | Q(email__icontains=term) | Q(recipient_key__icontains=term)
        )


class PeopleFilter(OwnChoices):
    """Wait entries and decisions by person."""

    search_label = "Search people"
    search_hint = "Name, e-mail or phone"

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep what concerns people whose name, address or number holds the term."""
        keys = campaign_desk.people_named(business=self.business, term=term)
        return queryset.filter(Q(recipient_key__in=keys) | Q(recipient_key__icontains=term))


class WaitFilter(PeopleFilter):
    """People who wait, each with their place among all of them."""

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the entries of people whose name, address or number holds the term.

        The condition names the place, so that it is asked after the places were counted.
        """
        keys = campaign_desk.people_named(business=self.business, term=term)
        return queryset.filter(
            Q(position__lt=1) | Q(recipient_key__in=keys) | Q(recipient_key__icontains=term)
        )


class DecisionFilter(OnlyMet, PeopleFilter):
    """Decisions by outcome and person."""

    chips = "outcome"
    search_label = "Why did this person get no code?"

    outcome = django_filters.ChoiceFilter(
        label="Outcome", choices=Outcome.choices, empty_label="Any"
    )

    class Meta:
        model = Attempt
        fields: ClassVar[tuple[str, ...]] = ()
