"""Reading the record of what was delivered."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from incentives.models import Distribution, DistributionChange, Offer


def distributions_of(*, offer: Offer) -> QuerySet[Distribution]:
    """Return the offer's distributions, unordered."""
    return Distribution.objects.filter(offer=offer)


def changes_of(*, offer: Offer) -> QuerySet[DistributionChange]:
    """Return the audit trail of the offer's distributions, newest first."""
    return (
        DistributionChange.objects.filter(distribution__offer=offer)
        .select_related("distribution")
        .order_by("-at", "-id")
    )


def outcome_counts(*, offer: Offer) -> dict[str, int]:
    """Return how many distributions are pending, success and failed."""
    counts: dict[str, int] = Distribution.objects.filter(offer=offer).aggregate(
        pending=Count("pk", filter=Q(status="pending")),
        success=Count("pk", filter=Q(status="success")),
        failed=Count("pk", filter=Q(status="failed")),
    )
    return counts
