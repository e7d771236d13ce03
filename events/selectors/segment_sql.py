"""How the database finds who meets the criteria about purchases; agrees with their `holds`."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, In, LessThanOrEqual

from directory.models import Organisation, Product
from directory.segments import AsOf, kinds
from directory.selectors import segments
from directory.selectors.catalogue import below
from directory.selectors.segment_sql import finders, start_of
from events.choices import EventStatus, EventType
from events.models import BusinessEvent, PurchaseLine
from events.segments import (
    KINDS,
    BoughtCategory,
    BoughtProduct,
    PreferredVenue,
    PurchaseCount,
    PurchaseSum,
)
from events.segments.venue import YEAR
from events.segments.window import first_day


def standing(days: int, now: AsOf) -> Q:
    """Say that an event is a standing purchase of the contact in the last days, up to now."""
    return Q(
        contact=OuterRef("pk"),
        type=EventType.PURCHASE,
        status=EventStatus.POSTED,
        performed_at__gte=start_of(first_day(days, now), now),
        performed_at__lte=now.at,
    )


def _between(value: Any, least: int | None, most: int | None) -> Q:
    found = Q()
    if least is not None:
        found &= Q(GreaterThanOrEqual(value, least))
    if most is not None:
        found &= Q(LessThanOrEqual(value, most))
    return found


def _count(one: PurchaseCount, business: Organisation, now: AsOf) -> Q:
    rows = _grouped(BusinessEvent.objects.filter(standing(one.days, now)))
    counted = Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)
    return _between(counted, one.min_count, one.max_count)


def _sum(one: PurchaseSum, business: Organisation, now: AsOf) -> Q:
    rows = _grouped(
        BusinessEvent.objects.filter(standing(one.days, now), purchase__currency=one.currency)
    )
    total = Coalesce(Subquery(rows.annotate(n=Sum("purchase__total_minor")).values("n")), 0)
    return _between(total, one.least and one.least[0], one.most and one.most[0])


def _grouped(rows: QuerySet[BusinessEvent]) -> Any:
    return rows.order_by().values("contact")


def _lines(days: int, now: AsOf) -> QuerySet[PurchaseLine]:
    there = standing(days, now)
    return PurchaseLine.objects.filter(
        Q(*((f"purchase__event__{name}", value) for name, value in there.children))  # type: ignore[misc]
    )


def _product(one: BoughtProduct, business: Organisation, now: AsOf) -> Q:
    return Q(Exists(_lines(one.days, now).filter(product__in=one.products)))


def _category(one: BoughtCategory, business: Organisation, now: AsOf) -> Q:
    wanted = below(business=business, category_ids=one.categories)
    return Q(Exists(_lines(one.days, now).filter(product__categories__in=wanted)))


def _venue(one: PreferredVenue, business: Organisation, now: AsOf) -> Q:
    favourite = (
        BusinessEvent.objects.filter(standing(YEAR, now), venue__isnull=False)
        .order_by()
        .values("venue")
        .annotate(n=Count("pk"), last=Max("performed_at"))
        .order_by("-n", "-last", "venue")
        .values("venue")[:1]
    )
    return Q(In(Subquery(favourite), list(one.venues)))


def _products(business: Organisation) -> segments.Choices:
    rows = Product.objects.filter(business=business).order_by("name", "pk")
    return [(pk, f"{name} ({sku})") for pk, name, sku in rows.values_list("pk", "name", "sku")]


def register() -> None:
    """Tell the directory of these criteria, their SQL and where their choices come from."""
    for kind in KINDS:
        kinds.register(kind.KIND, kind)
    for name, finder in (
        (PurchaseCount, _count),
        (PurchaseSum, _sum),
        (BoughtProduct, _product),
        (BoughtCategory, _category),
        (PreferredVenue, _venue),
    ):
        finders.register(name.KIND, finder)
    segments.sources.register("product", _products)
