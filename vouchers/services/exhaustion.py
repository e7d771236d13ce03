"""Campaigns that have nothing more to give, and their return when there is (vouchers.md 3, 5.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core import workflow
from core.errors import StaleStatus
from directory.models import User
from vouchers.choices import Actor, CampaignStatus
from vouchers.models import Campaign, CampaignStatusChange
from vouchers.services.campaign_counting import given_by
from vouchers.workflow import CAMPAIGNS


def change_status(
    campaign: Campaign,
    target: CampaignStatus,
    *,
    actor: User | None,
    at: datetime,
    **values: Any,
) -> None:
    """Carry out the transition to `target` and write its line of history; raises `StaleStatus`.

    Without an actor it is the clock's doing.
    """
    kind = Actor.STAFF if actor is not None else Actor.CLOCK
    found = CAMPAIGNS.find(
        status=campaign.status, target=target, actor=kind, set_by=campaign.status_set_by
    )
    if found is None:
        raise StaleStatus(
            f"“{campaign.name}” is {campaign.state.label.lower()} now. Reload the page and look"
            " at what can be done with it."
        )
    row = found

    def history(changed: Any, left: str) -> None:
        CampaignStatusChange.objects.create(
            campaign=changed,
            transition=row.code,
            from_status=left,
            to_status=changed.status,
            actor_kind=kind,
            actor_user=actor,
            actor_name=actor.display_name if actor is not None else "",
            at=at,
        )

    workflow.perform(campaign, row, at=at, history=history, values={"updated_at": at, **values})


def exhaust(campaign: Campaign, *, at: datetime) -> None:
    """Note that a running campaign has nothing more to give; one that stands otherwise stays so."""
    locked = _locked(campaign)
    if locked.status == CampaignStatus.RUNNING:
        change_status(locked, CampaignStatus.EXHAUSTED, actor=None, at=at)


def revive(campaign: Campaign, *, at: datetime) -> bool:
    """Let an exhausted campaign run again if its cap allows more; tell whether it does.

    Called when there are codes again: after a top-up, an activation, a return, a raised cap.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        is_over = locked.ends_at is not None and locked.ends_at <= at
        if locked.status != CampaignStatus.EXHAUSTED or is_over or cap_reached(locked):
            return False
        change_status(locked, CampaignStatus.RUNNING, actor=None, at=at)
        return True


def cap_reached(campaign: Campaign) -> bool:
    """Tell whether the campaign gave, or put aside, all that it may."""
    return campaign.max_total is not None and given_by(campaign.pk).issued >= campaign.max_total


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
