"""Filters of partners, lists, codes and uploads (vouchers.md 8, pages 1, 3 and 9)."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from core.filters import Chip
from vouchers.choices import BatchStatus, CodeState, ListStatus, PartnerKind
from vouchers.filters.campaigns import OwnChoices
from vouchers.filters.put_away import PutAway
from vouchers.models import Partner, UploadBatch, VoucherCode, VoucherList

LOW = (("yes", "Has an open alert"),)
LINKED = (("no", "Linked to no campaign"), ("yes", "Linked to a campaign"))
IN_USE = (("yes", "Active"), ("no", "Inactive"))
PUBLISHED = [choice for choice in CodeState.choices if choice[0] != CodeState.STAGED]


class ListFilter(PutAway, OwnChoices):
    """By status, partner, expiry, use, alerts, links, and text; archived lists only when asked for."""

    chips = "status"
    all_label = "Not archived"
    put_away = ListStatus.ARCHIVED
    search_label = "Search voucher lists"
    search_hint = "Tag, name or List ID"
    own_names = ("partner",)

    status = django_filters.ChoiceFilter(
        label="Status", choices=ListStatus.choices, empty_label="Any but archived"
    )
    partner = django_filters.ChoiceFilter(label="Partner", choices=(), empty_label="Any")
    expires = django_filters.DateFromToRangeFilter(
        field_name="expires_at",
        label="Expires",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )
    used = django_filters.NumberFilter(
        label="Used at least, in percent", min_value=0, max_value=100, method="used_at_least"
    )
    low = django_filters.ChoiceFilter(
        label="Alerts", choices=LOW, empty_label="Any", method="with_alert"
    )
    linked = django_filters.ChoiceFilter(
        label="Campaigns", choices=LINKED, empty_label="Any", method="by_link"
    )

    class Meta:
        model = VoucherList
        fields: ClassVar[tuple[str, ...]] = ()

    def used_at_least(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Keep the lists of whose codes at least that share was given out."""
        return queryset.filter(used_percent__gte=value)

    def with_alert(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the lists that an alert lasts on."""
        return queryset.filter(alert_count__gt=0) if value == "yes" else queryset

    def by_link(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the lists that campaigns take codes from, or that none does."""
        if value == "yes":
            return queryset.filter(campaign_count__gt=0)
        return queryset.filter(campaign_count=0) if value == "no" else queryset

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the lists whose tag, name, List ID or partner holds the term."""
        return queryset.filter(
            Q(list_tag__icontains=term)
            | Q(name__icontains=term)
            | Q(list_id__icontains=term)
            | Q(partner__name__icontains=term)
        )


class PartnerFilter(OwnChoices):
    """By kind, use and name."""

    search_label = "Search partners"
    search_hint = "Name"

    kind = django_filters.ChoiceFilter(label="Kind", choices=PartnerKind.choices, empty_label="Any")
    in_use = django_filters.ChoiceFilter(
        label="In use", choices=IN_USE, empty_label="Any", method="by_use"
    )

    class Meta:
        model = Partner
        fields: ClassVar[tuple[str, ...]] = ()

    def by_use(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Keep the active or the inactive partners."""
        return queryset.filter(is_active=value == "yes") if value else queryset

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the partners whose name holds the term."""
        return queryset.filter(name__icontains=term)


class CodeFilter(OwnChoices):
    """By state and upload; an exact code is looked up by POST, never in the address."""

    chips = "state"

    state = django_filters.ChoiceFilter(label="State", choices=PUBLISHED, empty_label="Any")
    batch = django_filters.NumberFilter(
        field_name="batch__number", label="Upload number", min_value=1
    )

    class Meta:
        model = VoucherCode
        fields: ClassVar[tuple[str, ...]] = ()


class BatchFilter(OwnChoices):
    """By status and file name."""

    chips = "status"
    search_label = "Search uploads"
    search_hint = "File name or uploader"

    status = django_filters.ChoiceFilter(
        label="Status", choices=BatchStatus.choices, empty_label="Any"
    )

    class Meta:
        model = UploadBatch
        fields: ClassVar[tuple[str, ...]] = ()

    def _chips(self, counts: dict[str, int] | None) -> list[Chip]:
        """Leave out the statuses that no upload of the list is in; there are ten."""
        return [
            chip
            for chip in super()._chips(counts)
            if chip.rows != "0" or chip.current or not chip.value
        ]

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the uploads whose file name or uploader holds the term."""
        return queryset.filter(Q(file_name__icontains=term) | Q(uploaded_by_name__icontains=term))
