"""Reading the record of what was delivered."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from incentives.models import Distribution, DistributionChange, Subject


def distributions_of(*, subject: Subject) -> QuerySet[Distribution]:
    """Return the distributions of the offer or request, unordered."""
    return subject.distributions.all()


def changes_of(*, subject: Subject) -> QuerySet[DistributionChange]:
    """Return the audit trail of the subject's distributions, newest first."""
    return (
        DistributionChange.objects.filter(distribution__in=subject.distributions.all())
        .select_related("distribution")
        .order_by("-at", "-id")
    )


def outcome_counts(*, subject: Subject) -> dict[str, int]:
    """Return how many distributions are pending, success and failed."""
    counts: dict[str, int] = subject.distributions.aggregate(
        pending=Count("pk", filter=Q(status="pending")),
        success=Count("pk", filter=Q(status="success")),
        failed=Count("pk", filter=Q(status="failed")),
    )
    return counts
