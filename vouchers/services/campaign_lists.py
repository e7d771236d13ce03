"""Which lists a campaign takes codes from, in which order, and how many (vouchers.md 2.7)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from core import jobs
from core.errors import Conflict, Invalid
from directory.models import User
from vouchers.choices import IssuanceStatus, ListStatus
from vouchers.models import Campaign, CampaignList, VoucherList
from vouchers.services import campaign_counting, reservations
from vouchers.services.campaign_changes import locked

COUNTED = (
    IssuanceStatus.RESERVED,
    IssuanceStatus.ISSUED,
    IssuanceStatus.REDEEMED,
    IssuanceStatus.EXPIRED,
    IssuanceStatus.REVOKED,
)


class ListUnusable(Conflict):
    """Only an active, unexpired list of an active partner can be chosen."""

    code = "list_unusable"


class AlreadyLinked(Conflict):
    """The campaign takes codes from the list already."""

    code = "already_linked"


class QuotaWrong(Invalid):
    """A quota is at least 1, and not below what was taken."""

    code = "quota_wrong"


def link(
    *,
    campaign: Campaign,
    voucher_list: VoucherList,
    quota: int | None = None,
    priority: int | None = None,
    actor: User | None,
    at: datetime,
) -> CampaignList:
    """Let the campaign take codes from the list, after its others unless a priority is given.

    Raises `ListUnusable`, `AlreadyLinked`, `QuotaWrong`, `CampaignOver`.
    """
    with transaction.atomic():
        row = locked(campaign)
        found = VoucherList.objects.select_related("partner").filter(business=row.business_id)
        chosen = found.select_for_update(of=("self",), no_key=True).get(pk=voucher_list.pk)
        _check_usable(chosen, at)
        if quota is not None:
            campaign_counting.hold(row.pk)
        taken = _taken(row, chosen) if quota is not None else 0
        _check_quota(quota, taken)
        if priority is None:
            last = row.mappings.filter(removed_at=None).aggregate(last=Max("priority"))["last"]
            priority = (last or 0) + 1
        try:
            with transaction.atomic():
                made = CampaignList.objects.create(
                    campaign=row,
                    voucher_list=chosen,
                    priority=priority,
                    quota=quota,
                    taken=taken,
                    added_at=at,
                    added_by=actor,
                )
        except IntegrityError as error:
            raise AlreadyLinked(f"{chosen.name} is linked to this campaign already.") from error
        jobs.enqueue("vouchers.serve_waiting", campaign_id=row.pk)
    return made


def change(
    *,
    mapping: CampaignList,
    priority: int,
    quota: int | None,
    actor: User | None,
    at: datetime,
) -> CampaignList:
    """Change the place of a list and how much may be taken from it; raises what `link` raises."""
    with transaction.atomic():
        row = locked(mapping.campaign)
        if quota is not None:
            campaign_counting.hold(row.pk)
        rows = CampaignList.objects.select_for_update(of=("self",), no_key=True)
        held = rows.get(pk=mapping.pk, removed_at=None)
        taken = held.taken if held.quota is not None else _taken(row, held.voucher_list)
        _check_quota(quota, taken)
        held.priority, held.quota = priority, quota
        held.taken = taken if quota is not None else 0
        held.save(update_fields=["priority", "quota", "taken"])
        jobs.enqueue("vouchers.serve_waiting", campaign_id=row.pk)
    return held


def unlink(*, mapping: CampaignList, actor: User | None, at: datetime) -> CampaignList:
    """Take the list from the campaign; what is put aside is released, what was given stays given."""
    with transaction.atomic():
        rows = CampaignList.objects.select_related("campaign", "voucher_list")
        held = rows.select_for_update(of=("self",), no_key=True).get(pk=mapping.pk)
        if held.removed_at is not None:
            return held
        held.removed_at, held.removed_by = at, actor
        held.save(update_fields=["removed_at", "removed_by"])
        reservations.release_of_link(campaign=held.campaign, voucher_list=held.voucher_list, at=at)
    return held


def copy_links(*, source: Campaign, target: Campaign, actor: User | None, at: datetime) -> None:
    """Link a new campaign to those lists of another one that can still be chosen."""
    rows = source.mappings.filter(removed_at=None).select_related("voucher_list__partner")
    for row in rows.order_by("priority", "pk"):
        if _is_usable(row.voucher_list, at):
            link(
                campaign=target,
                voucher_list=row.voucher_list,
                quota=row.quota,
                priority=row.priority,
                actor=actor,
                at=at,
            )


def _is_usable(voucher_list: VoucherList, at: datetime) -> bool:
    return (
        voucher_list.status == ListStatus.ACTIVE
        and voucher_list.expires_at > at
        and voucher_list.partner.is_active
    )


def _check_usable(voucher_list: VoucherList, at: datetime) -> None:
    if not _is_usable(voucher_list, at):
        raise ListUnusable(
            f"{voucher_list.name} cannot be chosen: only active lists that have not expired, of"
            " active partners, can be."
        )


def _check_quota(quota: int | None, taken: int) -> None:
    if quota is not None and quota < max(1, taken):
        sentence = f"At least {max(1, taken)}: so many codes were taken already."
        raise QuotaWrong(sentence, fields={"quota": sentence})


def _taken(campaign: Campaign, voucher_list: VoucherList) -> int:
    return campaign.issuances.filter(voucher_list=voucher_list, status__in=COUNTED).count()
