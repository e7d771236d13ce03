"""Campaigns begin, rest and end: by somebody of the desk, or by the clock (vouchers.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from core import jobs
from core.errors import Conflict
from directory.models import User
from vouchers.choices import CampaignStatus, Qualification
from vouchers.models import Campaign
from vouchers.selectors.coverage import problems_of
from vouchers.services import exhaustion, reservations, runs, wait_entries, watches
from vouchers.services.exhaustion import change_status

LIVE = (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.EXHAUSTED)


class NotReady(Conflict):
    """Something keeps the campaign from being published; the message says all of it."""

    code = "not_ready"


class StillExhausted(Conflict):
    """There is no code to go on with, or the cap is reached."""

    code = "still_exhausted"


def publish(*, campaign: Campaign, actor: User, at: datetime) -> Campaign:
    """Let a draft give out codes from its start on, now where that is past; raises `NotReady`.

    An audience is taken down at the start.
    """
    with transaction.atomic():
        row = _locked(campaign)
        if problems := problems_of(campaign=row, at=at):
            raise NotReady(" ".join(problems))
        if _begins_later(row, at):
            change_status(row, CampaignStatus.SCHEDULED, actor=actor, at=at)
        else:
            change_status(row, CampaignStatus.RUNNING, actor=actor, at=at)
            _begun(row, at)
    return row


def pause(*, campaign: Campaign, actor: User, at: datetime) -> Campaign:
    """Give nothing out until it is resumed; what happens meanwhile is not caught up."""
    return _change(campaign, CampaignStatus.PAUSED, actor, at)


def resume(*, campaign: Campaign, actor: User, at: datetime) -> Campaign:
    """Go on giving out codes, or wait for the start that still lies ahead.

    Raises `NotReady` past its end, and `StillExhausted`.
    """
    with transaction.atomic():
        row = _locked(campaign)
        if row.ends_at is not None and row.ends_at <= at:
            raise NotReady("Its end has passed. Choose a later end first, or end it.")
        _refuse_exhausted(row, at)
        was_paused = row.status == CampaignStatus.PAUSED
        if was_paused and _begins_later(row, at):
            change_status(row, CampaignStatus.SCHEDULED, actor=actor, at=at)
        else:
            change_status(row, CampaignStatus.RUNNING, actor=actor, at=at)
            _begun(row, at)
    return row


def _refuse_exhausted(row: Campaign, at: datetime) -> None:
    if row.status != CampaignStatus.EXHAUSTED:
        return
    if exhaustion.cap_reached(row):
        raise StillExhausted("It gave all it may. Raise its limit first.")
    if not exhaustion.has_codes(row, at=at):
        raise StillExhausted(
            "None of its lists has a code for it. Upload codes, raise a quota or link another list"
            " first; it then runs again by itself."
        )


def cancel(*, campaign: Campaign, actor: User, at: datetime) -> Campaign:
    """Make a campaign that has not begun a draft again."""
    return _change(campaign, CampaignStatus.DRAFT, actor, at)


def end(*, campaign: Campaign, actor: User | None, at: datetime) -> Campaign:
    """End it: reservations are released, the wait list and runs end, codes given stay given."""
    with transaction.atomic():
        row = _locked(campaign)
        change_status(row, CampaignStatus.ENDED, actor=actor, at=at)
        reservations.release_of_campaign(campaign=row, at=at)
        wait_entries.end_all(campaign=row, at=at)
        runs.stop_all(campaign=row, at=at)
        watches.stop_all(campaign=row)
    return row


def archive(*, campaign: Campaign, actor: User, at: datetime) -> Campaign:
    """Put an ended campaign away."""
    return _change(campaign, CampaignStatus.ARCHIVED, actor, at)


def start_due(*, at: datetime) -> int:
    """Begin scheduled campaigns whose start has come; returns how many."""
    due = Campaign.objects.filter(status=CampaignStatus.SCHEDULED, starts_at__lte=at)
    return _each(due.values_list("pk", flat=True), lambda row: _start(row, at))


def end_due(*, at: datetime) -> int:
    """End campaigns whose end has come; returns how many."""
    due = Campaign.objects.filter(status__in=LIVE, ends_at__lte=at)
    return _each(
        due.values_list("pk", flat=True), lambda row: bool(end(campaign=row, actor=None, at=at))
    )


def _start(row: Campaign, at: datetime) -> bool:
    if row.status != CampaignStatus.SCHEDULED:
        return False
    change_status(row, CampaignStatus.RUNNING, actor=None, at=at)
    _begun(row, at)
    return True


def _each(keys: Iterable[int], act: Callable[[Campaign], bool]) -> int:
    """Carry out the act on every campaign, each in a transaction of its own."""
    done = 0
    for key in list(keys):
        with transaction.atomic():
            done += act(_locked(Campaign(pk=key)))
    return done


def _begins_later(row: Campaign, at: datetime) -> bool:
    return row.starts_at is not None and row.starts_at > at


def _begun(row: Campaign, at: datetime) -> None:
    """Take down the audience of a campaign that begins; serve who waits where it goes on."""
    if row.qualification == Qualification.AUDIENCE and not row.runs.exists():
        runs.start(campaign=row, at=at)
    jobs.enqueue("vouchers.work_runs")
    jobs.enqueue("vouchers.serve_waiting", campaign_id=row.pk)


def _change(campaign: Campaign, target: CampaignStatus, actor: User, at: datetime) -> Campaign:
    with transaction.atomic():
        row = _locked(campaign)
        change_status(row, target, actor=actor, at=at)
    return row


def _locked(campaign: Campaign) -> Campaign:
    rows = Campaign.objects.select_related("business")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
