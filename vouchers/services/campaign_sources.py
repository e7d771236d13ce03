"""Setting all lists of a campaign at once, as the builder shows them (vouchers.md 2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core.errors import NotFound
from directory.models import User
from vouchers.models import Campaign, CampaignList, VoucherList
from vouchers.services import campaign_lists


def replace(
    *,
    campaign: Campaign,
    sources: Mapping[int, tuple[int, int | None]],
    actor: User | None,
    at: datetime,
) -> None:
    """Link, change and unlink lists until the campaign takes from these: place and quota by list id.

    What stays as it is is not touched. Raises what `campaign_lists` raises, and `NotFound` for a list
    that the business does not have.
    """
    with transaction.atomic():
        live = CampaignList.objects.filter(campaign=campaign, removed_at__isnull=True)
        now = {one.voucher_list_id: one for one in live.select_related("campaign", "voucher_list")}
        for pk, mapping in now.items():
            if pk not in sources:
                campaign_lists.unlink(mapping=mapping, actor=actor, at=at)
        for pk, (priority, quota) in sources.items():
            held = now.get(pk)
            if held is None:
                campaign_lists.link(
                    campaign=campaign,
                    voucher_list=_list(campaign, pk),
                    quota=quota,
                    priority=priority,
                    actor=actor,
                    at=at,
                )
            elif (held.priority, held.quota) != (priority, quota):
                campaign_lists.change(
                    mapping=held, priority=priority, quota=quota, actor=actor, at=at
                )


def _list(campaign: Campaign, pk: int) -> VoucherList:
    found = VoucherList.objects.filter(business=campaign.business_id, pk=pk).first()
    if found is None:
        raise NotFound("There is no such list.")
    return found
