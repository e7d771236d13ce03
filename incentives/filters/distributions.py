"""How the distributions of one offer or request are searched and filtered (incentives.md 6.4)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from incentives.choices import DistributionStatus
from incentives.models import Distribution


class DistributionFilter(BaseFilter):
    """Search by id, address, note or status; chips by status."""

    chips = "status"
    search_label = "Search distributions"
    search_hint = "Search by ID, email, description or status"

    status = django_filters.ChoiceFilter(choices=DistributionStatus.choices, empty_label=None)

    class Meta:
        model = Distribution
        fields = ("status",)

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep rows whose id, address, name, note or status holds the term, whatever the case."""
        number = term.upper().removeprefix("D-")
        found = (
            Q(recipient_email__icontains=term)
            | Q(recipient_name__icontains=term)
            | Q(description__icontains=term)
            | Q(status__in=[s for s in DistributionStatus if term.lower() in s.label.lower()])
        )
        if number.isascii() and number.isdecimal() and len(number) < 19:
            found |= Q(pk=int(number))
        return queryset.filter(found)
