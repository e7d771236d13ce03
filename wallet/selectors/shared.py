"""Pools that businesses publish to each other (wallet.md 4.5)."""

from __future__ import annotations

from directory.models import Organisation
from wallet.choices import PoolState
from wallet.models import CommercePool


def pools_to_award(*, business: Organisation) -> list[CommercePool]:
    """Return the pools into which the business may award: its own, then those that others published."""
    active = CommercePool.objects.filter(state=PoolState.ACTIVE)
    own = active.filter(business=business).order_by("-is_default", "name")
    published = active.filter(is_published=True).exclude(business=business)
    return [
        *own,
        *published.select_related("business").order_by("business__name", "name"),
    ]
