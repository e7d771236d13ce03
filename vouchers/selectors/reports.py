"""Reading how codes were used in a time, over all lists of a business (vouchers.md 7.1 and 8, page 17).

A code counts in the month in which it was given out, whenever it was redeemed: so what was redeemed is
always a part of what was distributed. Codes that were taken back or returned are left out, and so is a
campaign's code for everybody. What is left, held and waited for is as of now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncMonth

from core.calendar import add_months, day_bounds
from directory.models import Organisation
from vouchers.choices import SHOWN, CampaignStatus, Delivery, IssuanceStatus, WaitState
from vouchers.models import Campaign, CampaignList, Issuance, UploadBatch, VoucherList
from vouchers.selectors.burn import LIVE, rates_of
from vouchers.selectors.lists import lists_of
from vouchers.selectors.numbers import Numbers, numbers_of

Grouping = Literal["month", "partner", "list", "campaign"]
ARRIVED = (Delivery.SENT, Delivery.DELIVERED)
LOST = (Delivery.BOUNCED, Delivery.FAILED)
COUNTS = {
    "issued": Count("*"),
    "redeemed": Count("pk", filter=Q(status=IssuanceStatus.REDEEMED)),
    "expired": Count("pk", filter=Q(status=IssuanceStatus.EXPIRED)),
    "mailed": Count("pk", filter=Q(delivery_status__in=ARRIVED)),
    "bounced": Count("pk", filter=Q(delivery_status__in=LOST)),
}
FIGURES = ("uploaded", *COUNTS, "reserved")
_MAPPED = {"partner": "voucher_list__partner", "list": "voucher_list", "campaign": "campaign"}
# A campaign may take codes from several lists: each person counts once.
PEOPLE = Count("campaign__waiting", distinct=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about; days are those of the business, the last included."""

    since: date
    until: date
    partner: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: a month, a partner, a list or a campaign.

    `uploaded` to `bounced` and `median` (from giving out to redeeming) are of the time asked for;
    `waiting`, `reserved`, `stock` and `rate` (codes a day) are as of now. `reference` is how the page
    of the thing is addressed.
    """

    label: str
    note: str = ""
    reference: str = ""
    uploaded: int = 0
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    mailed: int = 0
    bounced: int = 0
    median: timedelta | None = None
    waiting: int = 0
    reserved: int = 0
    stock: Numbers = field(default_factory=Numbers)
    rate: float = 0.0

    @property
    def pending(self) -> int:
        """Codes that were given out, and are neither redeemed nor expired."""
        return self.issued - self.redeemed - self.expired


class Median(Aggregate):
    """The median of a column, as PostgreSQL reckons it; rows without a value do not count."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def use(*, business: Organisation, scope: Scope, by: Grouping, at: datetime) -> list[Line]:
    """Return the report's lines in a number of queries that does not depend on what they count."""
    given = _given(business, scope)
    found: dict[Any, dict[str, Any]] = {}
    group = _group(by, "issued_at", business)
    counted: Any = given.annotate(group=group).order_by().values("group")
    for row in counted.annotate(**COUNTS):
        found[row["group"]] = {name: row[name] for name in COUNTS}
    spent = given.filter(status=IssuanceStatus.REDEEMED).annotate(group=group).order_by()
    for key, median in spent.values_list("group").annotate(median=_median()):
        found[key]["median"] = median
    if by != "campaign":
        for key, uploaded in _uploads(business, scope, by):
            found.setdefault(key, {})["uploaded"] = uploaded
    if by == "month":
        return _months(found, scope)
    for key, people in _waiting(business, scope).values_list(_MAPPED[by]).annotate(n=PEOPLE):
        found.setdefault(key, {})["waiting"] = people
    if by == "campaign":
        return _of_campaigns(found, business, scope, at)
    return _of_lists(found, business, scope, by, at)


def total(*, lines: Iterable[Line], business: Organisation, scope: Scope) -> Line:
    """Return the sum of the lines, the median over all codes, and everybody who waits, once."""
    rows = list(lines)
    spent = _given(business, scope).filter(status=IssuanceStatus.REDEEMED)
    return Line(
        "Total",
        **{name: sum(getattr(row, name) for row in rows) for name in FIGURES},
        waiting=_waiting(business, scope).aggregate(people=PEOPLE)["people"],
        median=spent.aggregate(median=_median())["median"],
        stock=sum((row.stock for row in rows), start=Numbers()),
        rate=sum(row.rate for row in rows),
    )


def _lists(business: Organisation, scope: Scope) -> QuerySet[VoucherList]:
    rows = lists_of(business=business)
    return rows if scope.partner is None else rows.filter(partner=scope.partner)


def _given(business: Organisation, scope: Scope) -> QuerySet[Issuance]:
    """Return the issuances of the time; the lists lead to them by the index of list and moment."""
    zone = business.time_zone
    return Issuance.objects.filter(
        business=business,
        voucher_list__in=_lists(business, scope).values("pk"),
        is_fallback=False,
        status__in=SHOWN,
        issued_at__gte=day_bounds(scope.since, zone).start,
        issued_at__lt=day_bounds(scope.until, zone).end,
    )


def _group(by: Grouping, moment: str, business: Organisation) -> Combinable:
    if by == "month":
        return TruncMonth(moment, tzinfo=ZoneInfo(business.time_zone))
    return F(_MAPPED[by])


def _median() -> Median:
    lasted = ExpressionWrapper(
        F("code__redeemed_at") - F("issued_at"), output_field=DurationField()
    )
    return Median(lasted, output_field=DurationField())


def _uploads(business: Organisation, scope: Scope, by: Grouping) -> Iterable[tuple[Any, int]]:
    """Return what uploads brought, by group, less what was withdrawn with its upload."""
    zone = business.time_zone
    batches = UploadBatch.objects.filter(
        business=business,
        voucher_list__in=_lists(business, scope).values("pk"),
        published_count__gt=0,
        created_at__gte=day_bounds(scope.since, zone).start,
        created_at__lt=day_bounds(scope.until, zone).end,
    )
    grouped = batches.annotate(group=_group(by, "created_at", business)).order_by()
    return grouped.values_list("group").annotate(n=Sum(F("published_count") - F("void_count")))


def _months(found: Mapping[Any, dict[str, Any]], scope: Scope) -> list[Line]:
    """Return every month of the time, the empty ones too; none at all where nothing happened."""
    by_month = {f"{key:%Y-%m}": row for key, row in found.items()}
    if not by_month:
        return []
    month, lines = scope.since.replace(day=1), []
    while month <= scope.until:
        key = f"{month:%Y-%m}"
        lines.append(Line(f"{month:%b %Y}", reference=key, **by_month.get(key, {})))
        month = add_months(month, 1)
    return lines


def _mappings(business: Organisation, scope: Scope) -> QuerySet[CampaignList]:
    return CampaignList.objects.filter(
        campaign__business=business,
        voucher_list__in=_lists(business, scope).values("pk"),
        removed_at__isnull=True,
    ).order_by()


def _waiting(business: Organisation, scope: Scope) -> QuerySet[CampaignList]:
    """Return the links of lists to campaigns in which people wait now."""
    return _mappings(business, scope).filter(
        campaign__status__in=LIVE, campaign__waiting__state=WaitState.WAITING
    )


def _of_lists(
    found: Mapping[Any, dict[str, Any]],
    business: Organisation,
    scope: Scope,
    by: Grouping,
    at: datetime,
) -> list[Line]:
    """Return a line for each list that is not archived or was used, or for each partner."""
    lists = list(_lists(business, scope))
    held = numbers_of(lists, at=at)
    rates = rates_of(list_ids=held, at=at)

    def line(key: int, own: Iterable[int], label: str, note: str, reference: str) -> Line:
        keys = list(own)
        stock = sum((held[pk] for pk in keys), start=Numbers())
        return Line(
            label=label,
            note=note,
            reference=reference,
            stock=stock,
            reserved=stock.reserved,
            rate=sum(rates[pk] for pk in keys),
            **found.get(key, {}),
        )

    if by == "list":
        return [
            line(row.pk, [row.pk], row.name, f"{row.partner.name} · {row.list_tag}", row.list_id)
            for row in sorted(lists, key=lambda row: (row.name.casefold(), row.pk))
            if not row.is_archived or row.pk in found
        ]
    pools: dict[int, list[int]] = {}
    for row in lists:
        pools.setdefault(row.partner_id, []).append(row.pk)
    partners = {row.partner_id: row.partner for row in lists}
    return [
        line(one.pk, pools[one.pk], one.name, "", str(one.pk))
        for one in sorted(partners.values(), key=lambda one: (one.name.casefold(), one.pk))
    ]


def _of_campaigns(
    found: Mapping[Any, dict[str, Any]], business: Organisation, scope: Scope, at: datetime
) -> list[Line]:
    """Return a line for each campaign under way or used, with what its lists hold together."""
    lists = list(_lists(business, scope))
    held = numbers_of(lists, at=at)
    rates = rates_of(list_ids=held, at=at)
    pools: dict[int, list[int]] = {}
    for campaign_pk, list_pk in _mappings(business, scope).values_list("campaign", "voucher_list"):
        pools.setdefault(campaign_pk, []).append(list_pk)
    reserved = Issuance.objects.filter(
        business=business, voucher_list__in=held, status=IssuanceStatus.RESERVED
    )
    kept = dict(reserved.order_by().values_list("campaign").annotate(n=Count("pk")))
    under_way = Campaign.objects.filter(business=business, pk__in=pools.keys() | found.keys())
    over = (CampaignStatus.DRAFT, CampaignStatus.ENDED, CampaignStatus.ARCHIVED)
    return [
        Line(
            label=one.name,
            note=one.reference,
            reference=str(one.pk),
            stock=sum((held[pk] for pk in pools.get(one.pk, ())), start=Numbers()),
            rate=sum(rates[pk] for pk in pools.get(one.pk, ())),
            reserved=kept.get(one.pk, 0),
            **found.get(one.pk, {}),
        )
        for one in under_way.order_by("name", "pk")
        if one.status not in over or one.pk in found
    ]
