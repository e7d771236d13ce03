"""A reservation becomes a code in somebody's hands, or ends before it does (vouchers.md 5.7)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from core.errors import Conflict
from vouchers import happenings
from vouchers.choices import CampaignStatus, IssuanceStatus, ListStatus, Outcome
from vouchers.deciding import valid_until
from vouchers.models import Issuance
from vouchers.recipients import Recipient
from vouchers.selectors.standing import is_lapsed
from vouchers.services import alerts, attempts, codes, issuing, reservations
from vouchers.services.issuing import Result
from vouchers.services.reservations import ReservationOver

CONFIRMABLE = (CampaignStatus.RUNNING, CampaignStatus.EXHAUSTED)


class ListPaused(Conflict):
    """The list is paused: the reservation is kept, its clock stands, and it cannot be confirmed."""

    code = "list_paused"


class CampaignPaused(Conflict):
    """The campaign gives nothing out now."""

    code = "campaign_paused"


def confirm(*, issuance: Issuance, at: datetime) -> Result:
    """Give out the code that is put aside; who confirms again gets the same answer.

    After its time, by the clock, the code is anybody's: the reservation ends and a fresh attempt is
    made, whose code is the answer from then on. Raises `ListPaused`, `CampaignPaused`, and
    `ReservationOver` for one that was released.
    """
    with transaction.atomic():
        row = _locked(issuance)
        if row.status not in (IssuanceStatus.RESERVED, IssuanceStatus.RELEASED):
            return Result(Outcome.ALREADY_ISSUED, row)
        if row.status == IssuanceStatus.RELEASED:
            return _given_afresh(row)
        _check_open(row)
        if not is_lapsed(row, at=at):
            return _confirmed(row, at)
        reservations.end(row, why="time over", at=at)
    return _afresh(row, at)


def release(*, issuance: Issuance, at: datetime) -> Issuance:
    """End the reservation before its time; one that is over already stays as it is.

    Raises `ReservationOver` for a code that was given out.
    """
    with transaction.atomic():
        row = _locked(issuance)
        if row.status == IssuanceStatus.RESERVED:
            reservations.end(row, why="released", at=at)
        elif row.status != IssuanceStatus.RELEASED:
            raise ReservationOver("This code was given out already. Revoke it instead.")
        return row


def _locked(issuance: Issuance) -> Issuance:
    rows = Issuance.objects.select_related("campaign", "voucher_list", "contact")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=issuance.pk)


def _check_open(row: Issuance) -> None:
    voucher_list = row.voucher_list
    assert voucher_list is not None
    if voucher_list.status == ListStatus.PAUSED:
        raise ListPaused(
            f"{voucher_list.name} is paused. The code stays put aside; try again once the list is"
            " active."
        )
    if row.campaign.status == CampaignStatus.PAUSED:
        raise CampaignPaused(
            f"{row.campaign.name} is paused. The code stays put aside; try again once the campaign"
            " runs."
        )


def _confirmed(row: Issuance, at: datetime) -> Result:
    """Carry it out; the code's own conditional change decides whether it is still there."""
    voucher_list, campaign = row.voucher_list, row.campaign
    assert voucher_list is not None
    assert row.code_id is not None
    until = valid_until(voucher_list, at=at)
    redeem_until = codes.confirm(row.code_id, voucher_list_id=voucher_list.pk, until=until, at=at)
    is_over = campaign.ends_at is not None and campaign.ends_at <= at
    if redeem_until is None or is_over or campaign.status not in CONFIRMABLE:
        raise ReservationOver("This code cannot be given out any more. Ask for a new one.")
    row.status, row.issued_at, row.redeem_until = IssuanceStatus.ISSUED, at, redeem_until
    row.reserved_until, row.updated_at = None, at
    row.delivery_status = issuing.delivery_of(campaign, row.email)
    row.version += 1
    row.save(
        update_fields=[
            "status", "issued_at", "redeem_until", "reserved_until", "updated_at",
            "delivery_status", "version",
        ]
    )  # fmt: skip
    happenings.rewarded(row, at)
    attempts.note(
        campaign=campaign,
        recipient_key=row.recipient_key,
        outcome=Outcome.ISSUED,
        issuance=row,
        trigger_ref=row.trigger_ref,
        at=at,
    )
    transaction.on_commit(partial(alerts.look, voucher_list_id=voucher_list.pk, at=at), robust=True)
    return Result(Outcome.ISSUED, row)


def _given_afresh(row: Issuance) -> Result:
    """Return the code that a fresh attempt gave in the place of the reservation."""
    found = Issuance.objects.filter(
        campaign=row.campaign,
        recipient_key=row.recipient_key,
        idempotency_key=row.idempotency_key,
        issued_at__isnull=False,
    ).first()
    if found is None:
        raise ReservationOver("This reservation is over. Ask for a new one.")
    return Result(Outcome.ALREADY_ISSUED, found)


def _afresh(row: Issuance, at: datetime) -> Result:
    return issuing.issue(
        campaign=row.campaign,
        recipient=Recipient(row.recipient_key, row.contact, row.email),
        idempotency_key=row.idempotency_key,
        source=row.source,
        trigger_ref=row.trigger_ref,
        actor=row.created_by,
        reason=row.reason,
        at=at,
    )
