"""What became of codes on each of the last thirty days of the business (vouchers.md 7.2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from core.calendar import day_bounds, local
from vouchers.models import Issuance, UploadBatch, VoucherCode

DAYS = 30


@dataclass(frozen=True, slots=True)
class Use:
    """Codes loaded, given out and redeemed on each day, the oldest day first."""

    days: tuple[date, ...]
    uploaded: tuple[int, ...]
    issued: tuple[int, ...]
    redeemed: tuple[int, ...]


def use_of(*, list_ids: Collection[int], zone: str, at: datetime) -> Use:
    """Return what came into the lists, left them and was redeemed on each day; three queries."""
    days, begin = days_until(at, zone)
    batches = UploadBatch.objects.filter(voucher_list__in=list_ids, ended_at__gte=begin)
    given = Issuance.objects.filter(voucher_list__in=list_ids, issued_at__gte=begin)
    spent = VoucherCode.objects.filter(voucher_list__in=list_ids, redeemed_at__gte=begin)
    return Use(
        days,
        _filled(days, _by_day(batches, "ended_at", zone, Sum("published_count"))),
        _filled(days, _by_day(given, "issued_at", zone)),
        _filled(days, _by_day(spent, "redeemed_at", zone)),
    )


def given_by_campaign(
    *, campaign_id: int, zone: str, at: datetime
) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """Return the days, and how many codes of its lists the campaign gave on each; one query."""
    days, begin = days_until(at, zone)
    rows = Issuance.objects.filter(campaign=campaign_id, is_fallback=False, issued_at__gte=begin)
    return days, _filled(days, _by_day(rows, "issued_at", zone))


def days_until(at: datetime, zone: str) -> tuple[tuple[date, ...], datetime]:
    """Return the last thirty local days, and the moment at which the first of them began."""
    last = local(at, zone).date()
    days = tuple(last - timedelta(days=back) for back in range(DAYS - 1, -1, -1))
    return days, day_bounds(days[0], zone).start


def running_total(*, per_day: tuple[int, ...], total: int) -> tuple[int, ...]:
    """Return how many there were at the end of each day, reckoned back from how many there are now.

    What left the total on the way (codes made void, vouchers taken back) is not in the days, so that
    the beginning is bounded below by nothing at all.
    """
    found = []
    for count in reversed(per_day):
        found.append(max(total, 0))
        total -= count
    return tuple(reversed(found))


def _filled(days: tuple[date, ...], counts: dict[date, int]) -> tuple[int, ...]:
    return tuple(counts.get(day, 0) for day in days)


def _by_day(rows: QuerySet[Any], field: str, zone: str, count: Any = None) -> dict[date, int]:
    found = (
        rows.annotate(day=TruncDate(field, tzinfo=ZoneInfo(zone)))
        .values_list("day")
        .annotate(number=count or Count("pk"))
        .order_by()
    )
    return dict(found)
