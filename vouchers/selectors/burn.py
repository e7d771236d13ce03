"""How fast lists are used up: codes a day, when they run out, and who waits (vouchers.md 7.1)."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from vouchers.choices import CampaignStatus, WaitState
from vouchers.models import CampaignList, Issuance, WaitEntry
from vouchers.thresholds import DAY, days_left, needed_for

WINDOW = timedelta(days=7)
LIVE = (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.EXHAUSTED)
# Beyond this nobody plans; a date in the year 9000 helps nobody either.
FORESEEN = timedelta(days=3650)
# A partner is asked for as many codes as are used in so many days.
TOP_UP_DAYS = 30


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a list goes on if codes are given out as in the last seven days.

    `runs_out_at` is None where nothing is given out, or nothing is left. `left_over` are the codes
    that nobody will have been given when the list expires; None where it runs out before.
    """

    rate: float
    runs_out_at: datetime | None
    left_over: int | None
    top_up: int

    @property
    def is_slow(self) -> bool:
        """Whether less than a code a day is given out, so that weeks say more than days."""
        return 0 < self.rate < 1

    @property
    def per_week(self) -> float:
        return self.rate * WINDOW.days


def forecast(*, available: int, rate: float, expires_at: datetime, at: datetime) -> Forecast:
    """Foretell a list with so many codes left; `top_up` is what thirty days use."""
    ends = runs_out_at(available=available, rate=rate, at=at) if available > 0 else None
    used = math.floor(rate * max((expires_at - at).total_seconds(), 0) / DAY)
    left_over = available - used if available > used else None
    return Forecast(rate, ends, left_over, needed_for(TOP_UP_DAYS, rate))


def rates_of(*, list_ids: Collection[int], at: datetime) -> dict[int, float]:
    """Return the codes given out a day, as a mean of the last seven days; one query."""
    given = Issuance.objects.filter(
        voucher_list__in=list_ids, issued_at__gt=at - WINDOW, issued_at__lte=at
    )
    counts = given.values_list("voucher_list").annotate(count=Count("pk")).order_by()
    return dict.fromkeys(list_ids, 0.0) | {pk: count / WINDOW.days for pk, count in counts}


def runs_out_at(*, available: int, rate: float, at: datetime) -> datetime | None:
    """Return when the codes are used up at this rate; None while none is given out, or in ten years."""
    left = days_left(available, rate)
    if left is None or timedelta(days=min(left, FORESEEN.days + 1)) > FORESEEN:
        return None
    return at + timedelta(days=left)


def waiting_of(*, list_ids: Collection[int]) -> dict[int, int]:
    """Return how many people wait in the campaigns that take codes from each list; two queries."""
    links = list(
        CampaignList.objects.filter(
            voucher_list__in=list_ids, removed_at__isnull=True, campaign__status__in=LIVE
        ).values_list("voucher_list", "campaign")
    )
    counts = dict(
        WaitEntry.objects.filter(
            campaign__in={campaign for _, campaign in links}, state=WaitState.WAITING
        )
        .values_list("campaign")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found = dict.fromkeys(list_ids, 0)
    for list_pk, campaign_pk in links:
        found[list_pk] += counts.get(campaign_pk, 0)
    return found
