"""Who a campaign belongs to: hears when its lists run low, and is named beside it (vouchers.md 2.6)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import Invalid
from directory.choices import MemberStatus
from directory.models import Membership, User
from vouchers.models import Campaign
from vouchers.services.campaign_changes import locked, touched


class OwnerWrong(Invalid):
    """Only a member of the business can own its campaigns."""

    code = "owner_wrong"


def hand_over(*, campaign: Campaign, to: User, version: int, at: datetime) -> Campaign:
    """Make a member of the business the owner, who hears of the campaign's lists from now on.

    Raises `OwnerWrong` for anybody who is no active member of the team, `StaleVersion`, and
    `CampaignOver`.
    """
    with transaction.atomic():
        row = locked(campaign, version)
        team = Membership.objects.filter(
            organisation=row.business_id, status=MemberStatus.ACTIVE, user__is_active=True
        )
        if not team.filter(user=to).exists():
            sentence = "Choose a member of your team."
            raise OwnerWrong(sentence, fields={"owner": sentence})
        row.owner = to
        return touched(row, ["owner"], at=at)
