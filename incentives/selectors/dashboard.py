"""Reading for the provider's dashboard (incentives.md 2.9).

Everything is counted when it is asked for, in a fixed number of queries, each of which an index of
its own answers without visiting the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncMonth, TruncWeek

from core.calendar import add_months, day_bounds, local, month_bounds
from directory.models import Organisation, ProductService
from incentives.choices import DistributionStatus, IncentiveType, OfferStatus, SenderKind, Side
from incentives.choices.requests import RequestStatus
from incentives.models import Distribution, IncentiveRequest, Message, Offer, Program
from incentives.models.subjects import Subject
from incentives.selectors.offers import offers_of

WEEKS, MONTHS = 13, 12


def counts_by_status(
    *, business: Organisation, program: Program | None = None
) -> dict[OfferStatus, int]:
    """Count the business's offers (or one program's) in each of the seventeen statuses."""
    rows = Offer.objects.filter(business=business)
    if program is not None:
        rows = rows.filter(program=program)
    found = dict(rows.order_by().values_list("status").annotate(found=Count("*")))
    return {status: found.get(status.value, 0) for status in OfferStatus}


def waiting(*, business: Organisation, limit: int) -> list[Subject]:
    """Return the offers and requests on which the provider moves next, the longest waiting first.

    Drafts wait for nobody but their author, so they are left out.
    """
    offers = offers_of(business=business).filter(side_to_move=Side.PROVIDER)
    offers = offers.exclude(status=OfferStatus.DRAFT).order_by("status_changed_at", "pk")
    requests = IncentiveRequest.objects.filter(business=business, side_to_move=Side.PROVIDER)
    requests = requests.exclude(status=RequestStatus.DRAFT).order_by("status_changed_at", "pk")
    found: list[Subject] = [*offers[:limit], *requests[:limit]]
    return sorted(found, key=lambda row: row.status_changed_at)[:limit]


def requests_received(*, business: Organisation) -> QuerySet[IncentiveRequest]:
    """Return the requests that were sent to the business."""
    return IncentiveRequest.objects.filter(business=business, requested_at__isnull=False)


def offers_sent(*, business: Organisation) -> QuerySet[Offer]:
    """Return the offers that were Offered at least once."""
    return Offer.objects.filter(business=business, offered_at__isnull=False)


def incentives_provided(*, business: Organisation) -> QuerySet[Distribution]:
    """Return the distributions that were recorded as a success."""
    return Distribution.objects.filter(business=business, status=DistributionStatus.SUCCESS)


def messages_said(*, business: Organisation) -> QuerySet[Message]:
    """Return what both sides wrote to each other, without the system's messages."""
    return Message.objects.filter(business=business).exclude(
        sender_kind__in=[SenderKind.SYSTEM, SenderKind.MEMBER]
    )


def unread_messages(*, business: Organisation) -> int:
    """Return how many messages of recipients nobody of the business has seen yet."""
    rows = messages_said(business=business)
    return rows.filter(sender_kind=SenderKind.REFERENT, read_at__isnull=True).count()


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The vendor's today, with the moments at which its month and its day began."""

    today: date
    month: datetime
    day: datetime

    @classmethod
    def of(cls, business: Organisation, at: datetime) -> Beginnings:
        """Return them for the business's time zone."""
        today = local(at, business.time_zone).date()
        return cls(
            today,
            month_bounds(today, business.time_zone).start,
            day_bounds(today, business.time_zone).start,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """How often something happened: ever, since the month began, since the day began."""

    total: int
    month: int
    today: int


def figures_of(*, business: Organisation, at: datetime) -> dict[str, Figures]:
    """Return the figures of the dashboard, month and day in the business's time zone.

    Requests count from the moment they were sent, offers from the first Offered moment, provided
    incentives are distributions by the moment of their success, messages are those of both sides
    without the system's (incentives.md 2.9).
    """
    begun = Beginnings.of(business, at)
    return {
        "requests": _counted(requests_received(business=business), "requested_at", begun),
        "offers": _counted(offers_sent(business=business), "offered_at", begun),
        "provided": _counted(incentives_provided(business=business), "succeeded_at", begun),
        "messages": _counted(messages_said(business=business), "created_at", begun),
    }


def _counted(rows: QuerySet[Any], moment: str, begun: Beginnings) -> Figures:
    found = rows.aggregate(
        total=Count("*"),
        month=Count("pk", filter=Q(**{f"{moment}__gte": begun.month})),
        today=Count("pk", filter=Q(**{f"{moment}__gte": begun.day})),
    )
    return Figures(**found)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Counts over consecutive weeks or months: their first days, and a row of counts for each kind."""

    days: tuple[date, ...]
    counts: Mapping[str, tuple[int, ...]]

    @property
    def total(self) -> tuple[int, ...]:
        """The counts of all kinds together."""
        return tuple(map(sum, zip(*self.counts.values(), strict=True)))


def offers_by_week(*, business: Organisation, at: datetime) -> Timeline:
    """Count the offers first sent in each of the last 13 weeks, by how they were delivered."""
    return _by_week(offers_sent(business=business), "offered_at", "delivery_method", business, at)


def messages_by_week(*, business: Organisation, at: datetime) -> Timeline:
    """Count the messages of the last 13 weeks, by the side that wrote them."""
    return _by_week(messages_said(business=business), "created_at", "sender_kind", business, at)


def provided_by_month(*, business: Organisation, at: datetime) -> Timeline:
    """Count the incentives provided in each of the last 12 months, by type of incentive."""
    first = local(at, business.time_zone).date().replace(day=1)
    days = tuple(add_months(first, number - MONTHS + 1) for number in range(MONTHS))
    month = TruncMonth("succeeded_at", tzinfo=ZoneInfo(business.time_zone))
    rows = incentives_provided(business=business).annotate(
        period=month, kind=Coalesce("offer__incentive_type", "request__incentive_type")
    )
    since = day_bounds(days[0], business.time_zone).start
    return _timeline(rows.filter(succeeded_at__gte=since), days, IncentiveType.values)


def _by_week(
    rows: QuerySet[Any], moment: str, kind: str, business: Organisation, at: datetime
) -> Timeline:
    """Count rows in each of the last 13 weeks of the business's clock; a week begins on Monday."""
    today = local(at, business.time_zone).date()
    monday = today - timedelta(days=today.weekday())
    days = tuple(monday - timedelta(weeks=WEEKS - 1 - number) for number in range(WEEKS))
    since = day_bounds(days[0], business.time_zone).start
    week = TruncWeek(moment, tzinfo=ZoneInfo(business.time_zone))
    recent = rows.filter(**{f"{moment}__gte": since}).annotate(period=week, kind=F(kind))
    return _timeline(recent, days, ())


def _timeline(rows: QuerySet[Any], days: tuple[date, ...], kinds: Sequence[str]) -> Timeline:
    """Fill the places of all days with the counts by kind; kinds that nothing has stay at zero."""
    found: dict[str, dict[date, int]] = {kind: {} for kind in kinds}
    for period, kind, count in (
        rows.order_by().values_list("period", "kind").annotate(found=Count("*"))
    ):
        found.setdefault(kind, {})[period.date()] = count
    counts = {kind: tuple(row.get(day, 0) for day in days) for kind, row in found.items()}
    return Timeline(days, counts)


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far a new business has come."""

    has_product: bool
    has_program: bool


def first_steps(*, business: Organisation) -> FirstSteps:
    """Tell which of the steps before the first offer are done."""
    return FirstSteps(
        has_product=ProductService.objects.filter(business=business).exists(),
        has_program=Program.objects.filter(business=business, status="active").exists(),
    )
