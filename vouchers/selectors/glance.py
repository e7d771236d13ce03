"""Vouchers at a glance, for the business's dashboard (vouchers.md 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from directory.models import Organisation
from vouchers.choices import ListStatus
from vouchers.models import Alert, ListCount, VoucherList
from vouchers.selectors import alerts, lists
from vouchers.selectors.lists import Overview
from vouchers.selectors.numbers import percentage

LISTS_SHOWN = 8
ALERTS_SHOWN = 4
IN_USE = (ListStatus.ACTIVE, ListStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Glance:
    """The figures of all lists that can give codes, the most used of them, and the loud alerts."""

    overview: Overview
    lists: list[VoucherList]
    alerts: list[Alert]
    uploaded: int
    issued: int

    @property
    def utilisation(self) -> Decimal | None:
        """Issued ÷ uploaded as a percentage, as of one list."""
        return percentage(self.issued, self.uploaded)


def glance(*, business: Organisation, at: datetime) -> Glance | None:
    """Return what the dashboard shows of vouchers, in seven queries; None for who has no list."""
    if not VoucherList.objects.filter(business=business).exists():
        return None
    totals = ListCount.objects.filter(
        voucher_list__business=business, voucher_list__status__in=IN_USE
    ).aggregate(uploaded=Sum("uploaded", default=0), issued=Sum("issued", default=0))
    stocked: Any = lists.lists_listed(business=business).filter(status__in=IN_USE)
    loud = alerts.loud(at=at).filter(business=business).select_related("voucher_list")
    return Glance(
        overview=lists.overview(business=business, at=at),
        lists=list(
            stocked.filter(uploaded_count__gt=0).order_by("-used_percent", "pk")[:LISTS_SHOWN]
        ),
        alerts=list(loud.order_by("-raised_at", "-pk")[:ALERTS_SHOWN]),
        **totals,
    )
