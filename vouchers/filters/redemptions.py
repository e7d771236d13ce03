"""Filters of redemptions."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from vouchers.choices import BatchStatus
from vouchers.filters.campaigns import OwnChoices
from vouchers.models import Redemption, RedemptionUpload
from vouchers.outside_choices import Channel, RedemptionResult, Refusal

FILE_STATUSES = [
    (status.value, status.label)
    for status in (
        BatchStatus.IN_PROGRESS, BatchStatus.COMPLETED, BatchStatus.COMPLETED_WITH_ERRORS,
    )
]  # fmt: skip


class RedemptionFilter(OwnChoices):
    """By result, partner, day, channel and text; never by a code, which has no place in an address."""

    chips = "result"
    search_label = "Search redemptions"
    search_hint = "Reference, partner, list or e-mail"
    own_names = ("partner",)

    partner = django_filters.ChoiceFilter(
        field_name="voucher_list__partner", label="Partner", choices=(), empty_label="Any"
    )
    redeemed = django_filters.DateFromToRangeFilter(
        field_name="redeemed_at",
        label="Redeemed",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )
    refusal = django_filters.ChoiceFilter(
        label="Refused because", choices=Refusal.choices, empty_label="Any"
    )

    result = django_filters.ChoiceFilter(
        label="Result", choices=RedemptionResult.choices, empty_label="Any"
    )
    channel = django_filters.ChoiceFilter(
        label="Channel", choices=Channel.choices, empty_label="Any"
    )

    class Meta:
        model = Redemption
        fields: ClassVar[tuple[str, ...]] = ()

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the redemptions whose reference, list, partner or recipient holds the term."""
        return queryset.filter(
            Q(reference__icontains=term)
            | Q(voucher_list__name__icontains=term)
            | Q(voucher_list__list_id__iexact=term)
            | Q(voucher_list__partner__name__icontains=term)
            | Q(issuance__email__icontains=term)
        )


class RedemptionUploadFilter(BaseFilter):
    """By status and the file's name."""

    search_label = "Search files"
    search_hint = "Name of the file"

    chips = "status"

    status = django_filters.ChoiceFilter(label="Status", choices=FILE_STATUSES, empty_label="Any")

    class Meta:
        model = RedemptionUpload
        fields: ClassVar[tuple[str, ...]] = ()

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the files whose name or sender holds the term."""
        return queryset.filter(Q(file_name__icontains=term) | Q(uploaded_by_name__icontains=term))
