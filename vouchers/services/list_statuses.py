"""A list's statuses: paused, active again, expired by the clock, revived, archived (vouchers.md 3).

Whoever acts says which status they saw; if the list has another one by then, nothing happens and they
are told what it is now and by whom (R-RACE).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core import jobs, workflow
from core.errors import Conflict, Invalid, StaleStatus
from core.transitions import Transition
from directory.models import User
from vouchers import happenings
from vouchers.choices import (
    Actor,
    BatchStatus,
    CampaignStatus,
    ListStatus,
    OnExhaustion,
)
from vouchers.models import Campaign, ListStatusChange, VoucherList
from vouchers.selectors.numbers import numbers_of
from vouchers.services import exhaustion, reservations
from vouchers.tags import normal_tag
from vouchers.workflow import LISTS

CLOCK_NAME = "the clock"
# A list that these campaigns take codes from, or will, is not archived.
HOLDING = (CampaignStatus.RUNNING, CampaignStatus.SCHEDULED)


class ListStillLinked(Conflict):
    """A campaign that is running or scheduled takes codes from the list."""

    code = "list_linked"


class ImportRunning(Conflict):
    """Codes are being added to the list."""

    code = "import_running"


def pause(
    *, voucher_list: VoucherList, actor: User | None, at: datetime, seen: str = ListStatus.ACTIVE
) -> VoucherList:
    """Stop giving out codes of the list at once; its reservations are kept and their clock stops."""
    with transaction.atomic():
        row = _locked(voucher_list, seen)
        _perform(row, ListStatus.PAUSED, actor=actor, at=at)
        reservations.freeze(voucher_list=row, at=at)
    return row


def activate(
    *, voucher_list: VoucherList, actor: User | None, at: datetime, seen: str = ListStatus.PAUSED
) -> VoucherList:
    """Give out codes of a paused list again, to who waits first; raises `Conflict` once it expired."""
    with transaction.atomic():
        row = _locked(voucher_list, seen)
        if row.status == ListStatus.EXPIRED or row.expires_at <= at:
            raise Conflict(
                f"“{row.name}” has expired. Extend the expiry first: edit the list.",
                code="list_expired",
            )
        _perform(row, ListStatus.ACTIVE, actor=actor, at=at)
        reservations.thaw(voucher_list=row, at=at)
        jobs.enqueue("vouchers.serve_waiting", voucher_list_id=row.pk)
    return row


def revive(row: VoucherList, *, actor: User | None, at: datetime) -> None:
    """Bring an expired list with a new expiry back to where it was, in the running transaction."""
    target = ListStatus(row.status_before_expiry or ListStatus.ACTIVE)
    _perform(row, target, actor=actor, at=at, status_before_expiry="")
    if target == ListStatus.ACTIVE:
        jobs.enqueue("vouchers.serve_waiting", voucher_list_id=row.pk)


def archive(
    *,
    voucher_list: VoucherList,
    typed_tag: str,
    actor: User | None,
    at: datetime,
    seen: str = "",
) -> VoucherList:
    """Put a list away for good; reservations end, its tag is free at once, its codes soon after.

    Raises `ListStillLinked` naming the campaigns, `ImportRunning`, and `Invalid` when what was typed
    is not the tag.
    """
    with transaction.atomic():
        row = _locked(voucher_list, seen)
        if row.status != ListStatus.ARCHIVED:
            _refuse_archiving(row, typed_tag)
        _perform(row, ListStatus.ARCHIVED, actor=actor, at=at)
        reservations.release_of_list(voucher_list=row, why="list archived", at=at)
        _exhaust_dependants(row, at)
        jobs.enqueue("vouchers.release_codes", voucher_list_id=row.pk)
    return row


def expire_due(*, at: datetime, limit: int = 200) -> int:
    """Set lists whose expiry has passed to Expired and return how many; several may run at once.

    Nothing rests on its being in time: every decision to give out a code compares the clock itself.
    """
    due = VoucherList.objects.filter(
        status__in=(ListStatus.ACTIVE, ListStatus.PAUSED), expires_at__lte=at
    ).order_by("expires_at", "pk")
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = due.select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
            if row is None:
                continue
            _perform(row, ListStatus.EXPIRED, actor=None, at=at, status_before_expiry=row.status)
            reservations.release_of_list(voucher_list=row, why="list expired", at=at)
            happenings.of_list(happenings.LIST_EXPIRED, row, at)
            _exhaust_dependants(row, at)
            done += 1
    return done


def holding_campaigns(voucher_list: VoucherList) -> list[Campaign]:
    """Return the running and scheduled campaigns that keep the list from being archived."""
    links = voucher_list.mappings.filter(removed_at__isnull=True, campaign__status__in=HOLDING)
    return [link.campaign for link in links.select_related("campaign").order_by("campaign__name")]


def note(
    row: VoucherList, *, code: str, left: str, actor: User | None, at: datetime
) -> ListStatusChange:
    """Write a line of the list's history."""
    return ListStatusChange.objects.create(
        voucher_list=row,
        transition=code,
        from_status=left,
        to_status=row.status,
        actor_kind=LISTS[code].actor,
        actor_user=actor,
        actor_name=actor.display_name if actor is not None else CLOCK_NAME,
        at=at,
    )


def _locked(voucher_list: VoucherList, seen: str) -> VoucherList:
    """Lock the list; raises `StaleStatus` unless it still has the status that was seen.

    An expired list that is activated is the exception: the answer to that is what to do about it.
    """
    # Not against codes that are being given out: those are held by other locks, which we want next.
    row = VoucherList.objects.select_for_update(no_key=True).get(pk=voucher_list.pk)
    is_late = row.status == ListStatus.EXPIRED and seen == ListStatus.PAUSED
    if seen and row.status != seen and not is_late:
        raise changed_meanwhile(row)
    return row


def changed_meanwhile(row: VoucherList) -> StaleStatus:
    """Return the refusal that says what the list is now, and by whom."""
    last = row.status_changes.order_by("-at", "-pk").first()
    by = f" (by {last.actor_name})" if last is not None else ""
    return StaleStatus(
        f"“{row.name}”: this list is now {row.state.label}{by}. Nothing was changed."
    )


def _perform(
    row: VoucherList, target: ListStatus, *, actor: User | None, at: datetime, **values: Any
) -> None:
    kind = Actor.CLOCK if target == ListStatus.EXPIRED else Actor.STAFF
    found = LISTS.find(status=row.status, target=target, actor=kind, set_by=row.status_set_by)
    if found is None:
        raise changed_meanwhile(row)
    step: Transition = found

    def history(changed: Any, left: str) -> None:
        note(changed, code=step.code, left=left, actor=actor, at=at)
        happenings.of_list(
            happenings.LIST_STATUS_CHANGED, changed, at, **{"from": left, "to": changed.status}
        )

    workflow.perform(row, step, at=at, history=history, values={"updated_at": at, **values})


def _refuse_archiving(row: VoucherList, typed_tag: str) -> None:
    if linked := holding_campaigns(row):
        names = ", ".join(f"“{one.name}”" for one in linked)
        raise ListStillLinked(
            f"“{row.name}” is linked to {names}. Unlink it there first, then archive it."
        )
    busy = (BatchStatus.IN_PROGRESS, BatchStatus.WITHDRAWING)
    if row.batches.filter(status__in=busy, is_rehearsal=False).exists():
        raise ImportRunning(
            f"Codes are being added to “{row.name}”. Wait until that is done, or cancel it."
        )
    if normal_tag(typed_tag) != row.list_tag:
        sentence = f"Type the list tag, {row.list_tag}, to confirm."
        raise Invalid(sentence, fields={"tag": sentence})


def _exhaust_dependants(row: VoucherList, at: datetime) -> None:
    """Stop running campaigns that stop without codes, if this was the last list that had any."""
    campaigns = Campaign.objects.filter(
        mappings__voucher_list=row,
        mappings__removed_at__isnull=True,
        status=CampaignStatus.RUNNING,
        on_exhaustion=OnExhaustion.STOP,
    )
    for campaign in campaigns.order_by("pk"):
        links = campaign.mappings.filter(removed_at__isnull=True).select_related("voucher_list")
        lists = [link.voucher_list for link in links]
        if not any(found.distributable for found in numbers_of(lists, at=at).values()):
            exhaustion.exhaust(campaign, at=at)
