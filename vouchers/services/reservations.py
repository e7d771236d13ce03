"""Reservations end, stand still and go on (vouchers.md 5.7; confirming them is `issuing.confirm`).

A reserved code was shown to nobody, so whatever ends the reservation makes it available again, and
gives allowance, cap and quota back. While the list is paused the clock of its reservations stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet

from core import jobs
from core.errors import Conflict
from vouchers import happenings
from vouchers.choices import IssuanceStatus, ListStatus
from vouchers.models import Campaign, Issuance, VoucherList
from vouchers.services import campaign_counting, codes


class ReservationOver(Conflict):
    """The reservation was confirmed, released, or its time is over."""

    code = "reservation_over"


def end(issuance: Issuance, *, why: str, at: datetime) -> bool:
    """Release one reservation in the running transaction; tell whether it still was one."""
    assert issuance.code_id is not None
    assert issuance.voucher_list_id is not None
    locked = (
        _open(Issuance.objects.filter(pk=issuance.pk))
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if locked is None:
        return False
    campaign_counting.give_back(issuance.campaign_id, issuance.voucher_list_id)
    # A code that was made void meanwhile stays so; then only the promise ends.
    codes.give_back(issuance.code_id, was="reserved", at=at)
    Issuance.objects.filter(pk=issuance.pk).update(
        status=IssuanceStatus.RELEASED,
        ordinal=None,
        reserved_until=None,
        frozen_seconds=None,
        closed_at=at,
        closed_reason=why,
        updated_at=at,
        version=F("version") + 1,
    )
    issuance.refresh_from_db()
    happenings.released(issuance, at, why=why)
    jobs.enqueue("vouchers.serve_waiting", voucher_list_id=issuance.voucher_list_id)
    return True


def release_lapsed(*, at: datetime, limit: int = 500) -> int:
    """Release up to `limit` reservations whose time is over and return how many there were.

    One that slipped through the pausing of its list is frozen instead.
    """
    due = _open(Issuance.objects.filter(reserved_until__lte=at)).order_by("reserved_until")
    found = list(due[:limit])
    return sum(_lapse(one, at) for one in found)


def freeze(*, voucher_list: VoucherList, at: datetime) -> int:
    """Stop the clock of the list's reservations; returns how many. Called where the list is paused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vouchers_issuance SET reserved_until = NULL, updated_at = %s,"
            " frozen_seconds = GREATEST(0, ceil(extract(epoch FROM reserved_until - %s)))"
            " WHERE voucher_list_id = %s AND status = 'reserved' AND frozen_seconds IS NULL",
            [at, at, voucher_list.pk],
        )
        return int(cursor.rowcount)


def thaw(*, voucher_list: VoucherList, at: datetime) -> int:
    """Let the clock of the list's reservations go on; returns how many. Called at activation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vouchers_issuance SET frozen_seconds = NULL, updated_at = %s,"
            " reserved_until = %s + frozen_seconds * interval '1 second'"
            " WHERE voucher_list_id = %s AND status = 'reserved' AND frozen_seconds IS NOT NULL",
            [at, at, voucher_list.pk],
        )
        return int(cursor.rowcount)


def release_of_list(*, voucher_list: VoucherList, why: str = "list closed", at: datetime) -> int:
    """Release every reservation on the list: it expired, or is archived."""
    return _release(_open(voucher_list.issuances.all()), why, at)


def release_of_link(*, campaign: Campaign, voucher_list: VoucherList, at: datetime) -> int:
    """Release what the campaign has put aside on a list that is taken from it."""
    rows = voucher_list.issuances.filter(campaign=campaign)
    return _release(_open(rows), "list taken from the campaign", at)


def release_of_campaign(*, campaign: Campaign, at: datetime) -> int:
    """Release everything that a campaign has put aside when it ends."""
    return _release(_open(campaign.issuances.all()), "campaign ended", at)


def seconds_left(issuance: Issuance, *, at: datetime) -> int:
    """Return how long the reservation still lasts, as its clock shows it."""
    if issuance.frozen_seconds is not None:
        return issuance.frozen_seconds
    assert issuance.reserved_until is not None
    return max(0, int((issuance.reserved_until - at) / timedelta(seconds=1)))


def _open(rows: QuerySet[Issuance]) -> QuerySet[Issuance]:
    return rows.filter(status=IssuanceStatus.RESERVED)


def _release(rows: QuerySet[Issuance], why: str, at: datetime) -> int:
    with transaction.atomic():
        return sum(end(one, why=why, at=at) for one in rows.order_by("campaign_id", "pk"))


def _lapse(issuance: Issuance, at: datetime) -> bool:
    with transaction.atomic():
        # Held, so that it is not activated between the question and the answer: what is frozen on an
        # active list would stay put aside for ever.
        assert issuance.voucher_list_id is not None
        lists = VoucherList.objects.select_for_update(no_key=True)
        voucher_list = lists.get(pk=issuance.voucher_list_id)
        if voucher_list.status == ListStatus.PAUSED:
            freeze(voucher_list=voucher_list, at=at)
            return False
        still = _open(Issuance.objects.filter(pk=issuance.pk, reserved_until__lte=at))
        if not still.select_for_update(of=("self",), no_key=True).exists():
            return False
        return end(issuance, why="time over", at=at)
