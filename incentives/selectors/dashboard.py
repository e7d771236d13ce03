"""Reading for the provider's dashboard (incentives.md 2.9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.calendar import day_bounds, local, month_bounds
from directory.models import Organisation
from incentives.choices import DistributionStatus, OfferStatus, SenderKind, Side
from incentives.models import Distribution, Message, Offer, OfferStatusChange, Program
from incentives.selectors.offers import offers_of

# The two rows of the transition table by which an offer is Offered for the first time.
FIRST_OFFERED = ("P02", "P03")


def counts_by_status(
    *, business: Organisation, program: Program | None = None
) -> dict[OfferStatus, int]:
    """Count the business's offers (or one program's) in each of the seventeen statuses."""
    rows = Offer.objects.filter(business=business)
    if program is not None:
        rows = rows.filter(program=program)
    found = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    return {status: found.get(status.value, 0) for status in OfferStatus}


def offers_waiting(*, business: Organisation, limit: int) -> list[Offer]:
    """Return the offers on which the provider moves next, the longest waiting first; no drafts."""
    rows = offers_of(business=business).filter(side_to_move=Side.PROVIDER)
    return list(rows.exclude(status=OfferStatus.DRAFT).order_by("status_changed_at", "pk")[:limit])


@dataclass(frozen=True, slots=True)
class Figures:
    """How often something happened: ever, since the month began, since the day began."""

    total: int
    month: int
    today: int


def figures_of(*, business: Organisation, at: datetime) -> dict[str, Figures]:
    """Return the figures of the dashboard, month and day in the business's time zone.

    Offers count from the first Offered moment, provided incentives are distributions by the moment
    of their success, messages are those of both sides without the system's (incentives.md 2.9).
    """
    today = local(at, business.time_zone).date()
    month_start = month_bounds(today, business.time_zone).start
    day_start = day_bounds(today, business.time_zone).start

    def count(rows: QuerySet[Any], moment: str) -> Figures:
        found = rows.aggregate(
            total=Count("pk"),
            month=Count("pk", filter=Q(**{f"{moment}__gte": month_start})),
            today=Count("pk", filter=Q(**{f"{moment}__gte": day_start})),
        )
        return Figures(**found)

    offered = OfferStatusChange.objects.filter(
        offer__business=business, transition__in=FIRST_OFFERED
    )
    provided = Distribution.objects.filter(business=business, status=DistributionStatus.SUCCESS)
    said = Message.objects.filter(offer__business=business).exclude(sender_kind=SenderKind.SYSTEM)
    return {
        "offers": count(offered, "at"),
        "provided": count(provided, "succeeded_at"),
        "messages": count(said, "created_at"),
    }
