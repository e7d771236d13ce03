"""How the members of a group are searched and filtered, be it of an offer or of a request."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from core.filters import BaseFilter
from incentives.choices import GroupMemberStatus
from incentives.filters.offers import id_or
from incentives.models import GroupMember


class MemberFilter(BaseFilter):
    """Search by name, address or id; chips by status."""

    chips = "status"
    search_label = "Search members"
    search_hint = "Search by name, email or ID"

    status = django_filters.ChoiceFilter(choices=GroupMemberStatus.choices, empty_label=None)

    class Meta:
        model = GroupMember
        fields = ("status",)

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Keep the members whose id, name or address holds the term, whatever its case."""
        return queryset.filter(id_or(term, Q(name__icontains=term) | Q(email__icontains=term)))
