"""Taking a voucher back (R-REV, vouchers.md 5.8).

A code that was possibly seen becomes void and is never given to anybody again. Only one that never
left the system returns to the pool. Whoever shows or sends a code marks the issuance first, in a
statement that waits for this one: a code is never both in the pool and on its way.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from core import jobs
from core.errors import Conflict, Invalid
from directory.models import User
from vouchers import happenings
from vouchers.choices import BatchStatus, IssuanceStatus, VoidReason
from vouchers.models import Issuance, VoucherCode
from vouchers.selectors.issuances import was_possibly_seen
from vouchers.services import campaign_counting, codes


class NotRevocable(Conflict):
    """The voucher was redeemed, has expired, or was taken back before."""

    code = "not_revocable"


class ReasonNeeded(Invalid):
    """Who takes a voucher back says why."""

    code = "reason_required"


def revoke(
    *,
    issuance: Issuance,
    reason: str,
    may_receive_another: bool = False,
    actor: User | None,
    at: datetime,
) -> Issuance:
    """Take the voucher back: its code is void if it was possibly seen, else available again.

    The recipient's allowance is free again only where they may receive another. Raises `ReasonNeeded`,
    and `NotRevocable` unless the voucher is given out and neither redeemed nor expired.
    """
    if not reason.strip():
        sentence = "Say why the voucher is taken back."
        raise ReasonNeeded(sentence, fields={"reason": sentence})
    with transaction.atomic():
        rows = Issuance.objects.select_related("campaign").filter(pk=issuance.pk)
        row = rows.select_for_update(of=("self",), no_key=True).get()
        if row.status != IssuanceStatus.ISSUED:
            raise NotRevocable(
                f"This voucher is {row.state.label.lower()} now. Only one that was given out and"
                " not used can be taken back."
            )
        returns = may_return(row)
        _move_code(row, reason, returns=returns, at=at)
        row.closed_by, row.closed_reason = actor, reason.strip()[:300]
        _close(row, returns=returns, frees=may_receive_another, at=at)
        happenings.revoked(row, at, why=reason[:200], is_void=not returns)
    return row


def may_return(issuance: Issuance) -> bool:
    """Tell whether the code of a voucher that is taken back may be given to somebody else.

    Not where somebody may have seen it, nor where the whole upload was withdrawn.
    """
    if issuance.code_id is None or was_possibly_seen(issuance=issuance):
        return False
    gone = (BatchStatus.WITHDRAWING, BatchStatus.WITHDRAWN)
    return not VoucherCode.objects.filter(pk=issuance.code_id, batch__status__in=gone).exists()


def _move_code(row: Issuance, reason: str, *, returns: bool, at: datetime) -> None:
    """Put the code back or make it void; a code for everybody stays everybody's."""
    if row.code_id is None:
        return
    assert row.voucher_list_id is not None
    if returns:
        campaign_counting.give_back(row.campaign_id, row.voucher_list_id)
        moved = codes.give_back(row.code_id, was="issued", at=at)
        jobs.enqueue("vouchers.serve_waiting", voucher_list_id=row.voucher_list_id)
    else:
        moved = codes.void(row.code_id, was="issued", reason=VoidReason.REVOKED, note=reason, at=at)
    if not moved:
        raise NotRevocable("Its code was redeemed at this moment. Reload the page.")


def _close(row: Issuance, *, returns: bool, frees: bool, at: datetime) -> None:
    status = IssuanceStatus.RETURNED if returns else IssuanceStatus.REVOKED
    row.status, row.closed_at, row.updated_at = status, at, at
    row.ordinal = None if frees else row.ordinal
    Issuance.objects.filter(pk=row.pk).update(
        status=status, closed_at=at, closed_reason=row.closed_reason, closed_by=row.closed_by,
        updated_at=at, ordinal=row.ordinal, version=F("version") + 1,
    )  # fmt: skip
    row.version += 1
