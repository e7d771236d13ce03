"""Whether what a campaign waits for did not follow after all (vouchers.md 5.2)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min

from core.calendar import local
from events.choices import EventStatus
from events.models import BusinessEvent
from vouchers.models import Campaign, Redemption, Watch
from vouchers.outside_choices import RedemptionResult
from vouchers.triggers import ABSENCES, REDEEMED

_TOPIC = "events."


def outlook(campaign: Campaign) -> str:
    """Say how many people's time runs and when the first is decided about; empty where nobody's does."""
    found = Watch.objects.filter(campaign=campaign).aggregate(count=Count("pk"), next=Min("due_at"))
    if not found["count"]:
        return ""
    people = "1 person came" if found["count"] == 1 else f"{found['count']:,} people came"
    next_ = local(found["next"], campaign.business.time_zone)
    noun = ABSENCES.get(campaign.absent, "event")
    return (
        f"{people} and may be given a code if no {noun} follows."
        f" The next is decided about on {next_.day} {next_:%b %Y, %H:%M}."
    )


def has_followed(*, watch: Watch, absent: str) -> bool:
    """Tell whether it happened after the arrival and before its time was over.

    A redemption is that of the voucher which began it, where one did; else any of the recipient's.
    """
    if absent == REDEEMED:
        return _is_redeemed(watch, watch.since, watch.due_at)
    if watch.contact_id is None:
        return False
    rows = BusinessEvent.objects.filter(
        contact=watch.contact_id,
        type=absent.removeprefix(_TOPIC),
        status=EventStatus.POSTED,
        performed_at__gte=watch.since,
        performed_at__lte=watch.due_at,
    )
    # Two events of one moment: the one that began it does not follow itself.
    return rows.exclude(pk=watch.event_id or 0).exists()


def _is_redeemed(watch: Watch, since: datetime, until: datetime) -> bool:
    rows = Redemption.objects.filter(
        business=watch.campaign.business_id, result=RedemptionResult.REDEEMED
    )
    if watch.issuance_id is not None:
        return rows.filter(issuance=watch.issuance_id).exists()
    return rows.filter(
        issuance__recipient_key=watch.recipient_key,
        redeemed_at__gte=since,
        redeemed_at__lte=until,
    ).exists()
