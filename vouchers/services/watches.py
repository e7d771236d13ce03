"""Campaigns that wait for what must not follow: who came is kept, and decided about in time (5.2).

Nothing is taken while the time runs. When it is over the log of decisions says either that it followed
after all, or what came of asking for the code, with the clock and the conditions of that moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from core.codes import fit
from core.models import OutboxEvent
from events.facts import EventFacts
from events.selectors.facts import event_facts
from vouchers import triggers
from vouchers.choices import IssuanceStatus, Outcome, Source
from vouchers.deciding import Schedule, not_running
from vouchers.models import Campaign, Watch
from vouchers.recipients import Recipient
from vouchers.selectors.absences import has_followed
from vouchers.selectors.arrivals import Arrival
from vouchers.services import attempts, issuing

OVER = (IssuanceStatus.REVOKED, IssuanceStatus.RETURNED)


def begin(
    *, campaign: Campaign, arrival: Arrival, event: OutboxEvent, key: str, at: datetime
) -> None:
    """Let the time run from when it happened; an event that arrives twice runs once.

    For a campaign that gives nothing out, who came is only written down.
    """
    assert campaign.absent_hours is not None
    trigger_ref = fit(f"{event.topic}:{event.key}", 120)
    schedule = Schedule(campaign.status, campaign.starts_at, campaign.ends_at)
    if reason := not_running(schedule, at=at):
        attempts.note(
            campaign=campaign,
            recipient_key=arrival.recipient.key,
            outcome=Outcome.NOT_RUNNING,
            reason=reason,
            trigger_ref=trigger_ref,
            at=at,
        )
        return
    since = arrival.since or event.occurred_at
    Watch.objects.bulk_create(
        [
            Watch(
                campaign=campaign,
                recipient_key=arrival.recipient.key,
                contact=arrival.recipient.contact,
                email=arrival.recipient.email,
                idempotency_key=fit(key, 200),
                trigger_ref=trigger_ref,
                event_id=arrival.event_id,
                issuance_id=arrival.issuance_id,
                since=since,
                due_at=since + timedelta(hours=campaign.absent_hours),
            )
        ],
        ignore_conflicts=True,
    )


def decide_due(*, at: datetime, limit: int = 2_000) -> int:
    """Decide about those whose time is over, the longest over first; return how many."""
    done = 0
    while done < limit and _decide_next(at):
        done += 1
    return done


def stop_all(*, campaign: Campaign) -> None:
    """Forget who is still waited for by a campaign that is over."""
    Watch.objects.filter(campaign=campaign).delete()


def _decide_next(at: datetime) -> bool:
    """Decide about one in one transaction: a killed worker leaves it as it was."""
    with transaction.atomic():
        rows = Watch.objects.filter(due_at__lte=at).order_by("due_at", "pk")
        held = rows.select_for_update(of=("self",), skip_locked=True)
        watch = held.select_related("campaign__business", "contact", "event", "issuance").first()
        if watch is None:
            return False
        _decide(watch, at)
        watch.delete()
    return True


def _decide(watch: Watch, at: datetime) -> Outcome:
    campaign = watch.campaign
    if reason := _against(watch):
        attempts.note(
            campaign=campaign,
            recipient_key=watch.recipient_key,
            outcome=Outcome.NOT_ELIGIBLE,
            reason=reason,
            trigger_ref=watch.trigger_ref,
            at=at,
        )
        return Outcome.NOT_ELIGIBLE
    return issuing.issue(
        campaign=campaign,
        recipient=Recipient(watch.recipient_key, watch.contact, watch.email),
        idempotency_key=watch.idempotency_key,
        source=Source.CAMPAIGN,
        trigger_ref=watch.trigger_ref,
        event=_facts(watch, at),
        at=at,
    ).outcome


def _against(watch: Watch) -> str:
    """Say that it followed after all, or that what began it no longer stands; empty if neither."""
    if watch.event is not None and not watch.event.is_posted:
        return "what began it was cancelled"
    if watch.issuance is not None and watch.issuance.status in OVER:
        return "the voucher was taken back"
    absent, hours = watch.campaign.absent, watch.campaign.absent_hours
    if hours is not None and has_followed(watch=watch, absent=absent):
        return triggers.followed(absent, hours)
    return ""


def _facts(watch: Watch, at: datetime) -> EventFacts | None:
    if watch.event_id is None:
        return None
    business = watch.campaign.business
    return event_facts(business=business, event_ids=[watch.event_id], at=at)[watch.event_id]
