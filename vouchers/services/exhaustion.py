"""Campaigns that have nothing more to give, and their return when there is (vouchers.md 3, 5.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core import workflow
from core.errors import StaleStatus
from directory.models import User
from vouchers.choices import Actor, CampaignStatus, CodeState
from vouchers.deciding import Source, unusable, valid_until
from vouchers.models import Campaign, CampaignStatusChange, VoucherCode
from vouchers.selectors.standing import sources_of
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
    """Note that a running campaign has nothing more to give; one that stands otherwise stays so.

    That is asked once more: codes may have come, or the cap been raised, since somebody got none.
    """
    locked = _locked(campaign)
    if locked.status != CampaignStatus.RUNNING:
        return
    if cap_reached(locked) or not has_codes(locked, at=at):
        change_status(locked, CampaignStatus.EXHAUSTED, actor=None, at=at)


def revive(campaign: Campaign, *, at: datetime) -> bool:
    """Let an exhausted campaign run again if it has a code to give and its cap allows it.

    Called after whatever may have changed that: a top-up, an activation, a return, a raised cap or
    quota. Tells whether the campaign runs again.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        is_over = locked.ends_at is not None and locked.ends_at <= at
        if locked.status != CampaignStatus.EXHAUSTED or is_over or cap_reached(locked):
            return False
        if not has_codes(locked, at=at):
            return False
        change_status(locked, CampaignStatus.RUNNING, actor=None, at=at)
        return True


def cap_reached(campaign: Campaign) -> bool:
    """Tell whether the campaign gave, or put aside, all that it may."""
    return campaign.max_total is not None and given_by(campaign.pk).issued >= campaign.max_total


def has_codes(campaign: Campaign, *, at: datetime) -> bool:
    """Tell whether a list of the campaign has a code that it could give now, quota and validity
    considered."""
    least = at + timedelta(days=campaign.min_validity_days)
    return any(
        not unusable(source, least=least, at=at) and _has_code(source, least=least, at=at)
        for source in sources_of(campaign)
    )


def _has_code(source: Source, *, least: datetime, at: datetime) -> bool:
    free = VoucherCode.objects.filter(voucher_list=source.list_id, state=CodeState.AVAILABLE)
    if valid_until(source, at=at) < least:
        return free.filter(redeem_until__gte=least).exists()
    return free.exclude(redeem_until__lt=least).exists()


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
