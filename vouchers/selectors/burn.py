"""How fast lists are used up: codes a day, when they run out, and who waits (vouchers.md 7.1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count

from vouchers.choices import CampaignStatus, WaitState
from vouchers.models import CampaignList, Issuance, WaitEntry
from vouchers.thresholds import days_left

WINDOW = timedelta(days=7)
LIVE = (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.EXHAUSTED)
# Beyond this nobody plans; a date in the year 9000 helps nobody either.
FORESEEN = timedelta(days=3650)


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
