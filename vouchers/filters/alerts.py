"""Filters of the list of alerts."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from vouchers.choices import AlertKind, AlertState
from vouchers.filters.put_away import PutAway
from vouchers.models import Alert


class AlertFilter(PutAway):
    """By state, kind, and text; what is settled only when asked for."""

    chips = "state"
    all_label = "Unsettled"
    put_away = AlertState.RESOLVED
    search_label = "Search alerts"
    search_hint = "List, tag or partner"

    state = django_filters.ChoiceFilter(
        label="State", choices=AlertState.choices, empty_label="Any but resolved"
    )
    kind = django_filters.ChoiceFilter(label="Kind", choices=AlertKind.choices, empty_label="Any")

    class Meta:
        model = Alert
        fields: ClassVar[tuple[str, ...]] = ()

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the alerts whose subject, list or partner holds the term."""
        return queryset.filter(
            Q(subject__icontains=term)
            | Q(voucher_list__list_tag__icontains=term)
            | Q(voucher_list__list_id__iexact=term)
            | Q(voucher_list__partner__name__icontains=term)
        )
