"""The wait list is served: in the order of qualifying, before any newcomer (vouchers.md 5.5, 5.6).

Everybody is decided about anew, with the clock and the conditions of the moment. One entry is one
transaction that holds the entry, so that two workers serve one after the other and in order.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.errors import Conflict
from vouchers.choices import CampaignStatus, Outcome, WaitState
from vouchers.models import Campaign, VoucherList, WaitEntry
from vouchers.recipients import Recipient
from vouchers.services import exhaustion, issuing, wait_entries
from vouchers.services.issuing import KeyReused, Request, Result

SERVED = (Outcome.ISSUED, Outcome.ALREADY_ISSUED, Outcome.FALLBACK)
UNFIT = (Outcome.NOT_ELIGIBLE, Outcome.LIMIT_REACHED)


class NotWaiting(Conflict):
    """The entry was served, removed or ended meanwhile."""

    code = "not_waiting"


def serve(
    *,
    at: datetime,
    campaign: Campaign | None = None,
    voucher_list: VoucherList | None = None,
    limit: int = 500,
) -> int:
    """Serve who waits, of one campaign, of all campaigns of a list, or of all; return how many were.

    Exhausted campaigns that may give again run again. A campaign that has no code for its first one is
    left alone until next time; who no longer qualifies is told so and leaves the list.
    """
    _revive(campaign, voucher_list, at)
    served, fruitless = 0, set[int]()
    for _ in range(limit):
        with transaction.atomic():
            entry = _next(campaign, voucher_list, fruitless)
            if entry is None:
                break
            result = _serve(entry, at)
        if result.outcome in SERVED:
            served += 1
        elif result.outcome not in UNFIT:
            fruitless.add(entry.campaign_id)
    return served


def serve_entry(*, entry: WaitEntry, at: datetime) -> Result:
    """Serve one entry now, whoever stands before it; raises `NotWaiting`."""
    with transaction.atomic():
        locked = _locked(WaitEntry.objects.filter(pk=entry.pk, state=WaitState.WAITING)).first()
        if locked is None:
            raise NotWaiting("This person does not wait any more. Reload the page.")
        return _serve(locked, at)


def withdraw(*, entry: WaitEntry, reason: str = "", at: datetime) -> WaitEntry:
    """Take somebody off the wait list; raises `NotWaiting`."""
    if not wait_entries.end(entry, WaitState.WITHDRAWN, reason=reason, at=at):
        raise NotWaiting("This person does not wait any more. Reload the page.")
    return entry


def end_of_over(*, at: datetime) -> int:
    """End entries that joined a campaign while it ended; return how many."""
    over = (CampaignStatus.ENDED, CampaignStatus.ARCHIVED)
    rows = WaitEntry.objects.filter(state=WaitState.WAITING, campaign__status__in=over)
    found = Campaign.objects.filter(pk__in=rows.values("campaign"))
    return sum(wait_entries.end_all(campaign=one, at=at) for one in found)


def _revive(campaign: Campaign | None, voucher_list: VoucherList | None, at: datetime) -> None:
    """Let exhausted campaigns run again that now have a code to give and a cap that allows it."""
    rows = Campaign.objects.filter(status=CampaignStatus.EXHAUSTED)
    if campaign is not None:
        rows = rows.filter(pk=campaign.pk)
    if voucher_list is not None:
        rows = rows.filter(mappings__voucher_list=voucher_list, mappings__removed_at=None)
    for found in rows.order_by("pk"):
        exhaustion.revive(found, at=at)


def _next(
    campaign: Campaign | None, voucher_list: VoucherList | None, fruitless: Collection[int]
) -> WaitEntry | None:
    """Return the first entry in line, held; a second worker waits for it and takes the next."""
    rows = WaitEntry.objects.filter(
        state=WaitState.WAITING, campaign__status=CampaignStatus.RUNNING
    ).exclude(campaign__in=fruitless)
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    if voucher_list is not None:
        rows = rows.filter(
            campaign__mappings__voucher_list=voucher_list, campaign__mappings__removed_at=None
        )
    return _locked(rows.order_by("qualified_at", "pk")).first()


def _locked(rows: QuerySet[WaitEntry]) -> QuerySet[WaitEntry]:
    held = rows.select_for_update(of=("self",), no_key=True)
    return held.select_related("campaign", "contact", "created_by")


def _answer(entry: WaitEntry, at: datetime) -> Result:
    request = Request(
        campaign=entry.campaign,
        recipient=Recipient(entry.recipient_key, entry.contact, entry.email),
        idempotency_key=entry.idempotency_key,
        source=entry.source,
        trigger_ref=entry.trigger_ref,
        actor=entry.created_by,
        reason=entry.reason or "from the wait list",
        at=at,
        is_waiting=True,
    )
    try:
        return issuing.answer(request)
    except KeyReused:
        # Nobody behind them is to wait for what cannot be mended.
        return Result(
            Outcome.NOT_ELIGIBLE, reason="somebody else was given a code for the same request"
        )


def _serve(entry: WaitEntry, at: datetime) -> Result:
    """Decide about the entry anew and write what became of it."""
    result = _answer(entry, at)
    if result.outcome in SERVED:
        wait_entries.end(entry, WaitState.SERVED, issuance=result.issuance, at=at)
    elif result.outcome in UNFIT:
        wait_entries.end(entry, WaitState.INELIGIBLE, reason=result.reason, at=at)
    return result
