"""Changing a campaign row: held, of the version that was seen, and only what may still change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.errors import Conflict, StaleVersion
from vouchers.choices import CampaignStatus
from vouchers.models import Campaign

UNSTARTED = (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED)
OVER = (CampaignStatus.ENDED, CampaignStatus.ARCHIVED)


class Frozen(Conflict):
    """The campaign has begun: what was promised to people cannot be changed any more."""

    code = "frozen"


class CampaignOver(Conflict):
    """The campaign has ended and stays as it is."""

    code = "campaign_over"


def locked(campaign: Campaign, version: int | None = None) -> Campaign:
    """Hold the campaign; raises `StaleVersion` if somebody saved since, and `CampaignOver`."""
    rows = Campaign.objects.select_related("business", "condition_set")
    row = rows.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
    if version is not None and row.version != version:
        raise StaleVersion(
            "Somebody saved this campaign while you were editing it. Look at it, then change it"
            " again."
        )
    if row.status in OVER:
        raise CampaignOver(f"“{row.name}” is over. Copy it to use it again.")
    return row


def check_unstarted(campaign: Campaign) -> None:
    """Raise `Frozen` once the campaign has begun."""
    if campaign.status not in UNSTARTED:
        raise Frozen(
            f"“{campaign.name}” has begun. Message, end, lists and higher limits can be changed;"
            " for anything else copy it."
        )


def touched(campaign: Campaign, fields: Sequence[str], *, at: datetime) -> Campaign:
    """Save the fields as a new version."""
    campaign.updated_at = at
    campaign.version += 1
    campaign.save(update_fields=[*fields, "updated_at", "version"])
    return campaign
