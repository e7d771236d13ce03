"""Reading what codes nobody got, and who got no code yet (vouchers.md 8, page 17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q

from core.calendar import day_bounds
from directory.models import Organisation
from vouchers.choices import WaitState
from vouchers.models import CampaignList, VoucherList, WaitEntry
from vouchers.selectors.numbers import Numbers, numbers_of
from vouchers.selectors.reports import Scope

# Ages in days: from, to (not included), words.
BANDS = (
    (0, 1, "Under a day"),
    (1, 7, "1 to 6 days"),
    (7, 14, "7 to 13 days"),
    (14, 30, "14 to 29 days"),
    (30, None, "30 days or more"),
)


@dataclass(frozen=True, slots=True)
class Unused:
    """One list that came to its end, and the codes of it that nobody had been given by then."""

    label: str
    note: str = ""
    reference: str = ""
    expired_at: datetime | None = None
    uploaded: int = 0
    issued: int = 0

    @property
    def unused(self) -> int:
        return self.uploaded - self.issued

    @property
    def share(self) -> Decimal | None:
        """Unused ÷ uploaded as a percentage with one digit."""
        if not self.uploaded:
            return None
        return (Decimal(self.unused) * 100 / self.uploaded).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Aged:
    """One campaign's wait list: how many people wait in each of `BANDS`, and the first one's moment."""

    label: str
    note: str = ""
    reference: str = ""
    counts: tuple[int, ...] = (0,) * len(BANDS)
    oldest_at: datetime | None = None

    @property
    def waiting(self) -> int:
        return sum(self.counts)


def unused_at_expiry(*, business: Organisation, scope: Scope, at: datetime) -> list[Unused]:
    """Return the lists that ended in the time, by the clock itself, most unused codes first.

    Void codes are not counted: they were withdrawn, not left over.
    """
    zone = business.time_zone
    rows = VoucherList.objects.filter(
        business=business,
        expires_at__gte=day_bounds(scope.since, zone).start,
        expires_at__lt=day_bounds(scope.until, zone).end,
    ).filter(expires_at__lte=at)
    if scope.partner is not None:
        rows = rows.filter(partner=scope.partner)
    lists = list(rows.select_related("partner"))
    held = numbers_of(lists, at=at)
    found = [_unused(row, held[row.pk]) for row in lists if held[row.pk].uploaded]
    return sorted(found, key=lambda one: (-one.unused, one.label.casefold(), one.reference))


def all_unused(*, lines: Iterable[Unused]) -> Unused:
    """Return the sum of the lines."""
    rows = list(lines)
    return Unused(
        "Total",
        uploaded=sum(row.uploaded for row in rows),
        issued=sum(row.issued for row in rows),
    )


def aged_wait_list(*, business: Organisation, scope: Scope, at: datetime) -> list[Aged]:
    """Return who waits by campaign and age, the longest wait first; one query.

    It is as of now: the days of the scope do not narrow it, since the oldest wait matters most.
    """
    rows = WaitEntry.objects.filter(campaign__business=business, state=WaitState.WAITING)
    if scope.partner is not None:
        links = CampaignList.objects.filter(
            voucher_list__partner=scope.partner,
            voucher_list__business=business,
            removed_at__isnull=True,
        )
        rows = rows.filter(campaign__in=links.values("campaign"))
    bands = {f"band_{place}": _in_band(band, at) for place, band in enumerate(BANDS)}
    counted: Any = (
        rows.order_by()
        .values("campaign", "campaign__name", "campaign__number")
        .annotate(oldest=Min("qualified_at"), **bands)
        .order_by("oldest", "campaign")
    )
    return [
        Aged(
            label=row["campaign__name"],
            note=f"CMP-{row['campaign__number']:06d}",
            reference=str(row["campaign"]),
            counts=tuple(row[name] for name in bands),
            oldest_at=row["oldest"],
        )
        for row in counted
    ]


def all_waiting(*, lines: Iterable[Aged]) -> Aged:
    """Return the sum of the lines."""
    rows = list(lines)
    return Aged(
        "Total",
        counts=tuple(sum(row.counts[place] for row in rows) for place in range(len(BANDS))),
        oldest_at=min((row.oldest_at for row in rows if row.oldest_at), default=None),
    )


def _unused(row: VoucherList, held: Numbers) -> Unused:
    return Unused(
        label=row.name,
        note=f"{row.partner.name} · {row.list_tag}",
        reference=row.list_id,
        expired_at=row.expires_at,
        uploaded=held.uploaded,
        issued=held.issued,
    )


def _in_band(band: tuple[int, int | None, str], at: datetime) -> Any:
    first, last, _ = band
    rows = Q(qualified_at__lte=at - timedelta(days=first)) if first else Q()
    if last is not None:
        rows &= Q(qualified_at__gt=at - timedelta(days=last))
    return Count("pk", filter=rows)
