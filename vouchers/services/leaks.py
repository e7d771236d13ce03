"""Codes that came to a till before anybody was given them (vouchers.md 9.2).

A dead code must not reach a recipient: it becomes void at once, and the business is told.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from vouchers import happenings
from vouchers.choices import AlertKind, CodeState, IssuanceStatus, VoidReason
from vouchers.models import Issuance, VoucherCode
from vouchers.services import alerts, codes, reservations


@transaction.atomic
def void_leaked(*, code: VoucherCode, reporter_name: str, at: datetime) -> None:
    """Make an available or reserved code void (leaked), end its reservation and raise the alert."""
    note = f"Presented by {reporter_name}"
    if not codes.void(code.pk, was=code.state, reason=VoidReason.LEAKED, note=note, at=at):
        return
    issuance = Issuance.objects.filter(code=code, status=IssuanceStatus.RESERVED).first()
    if issuance is not None:
        # The recipient's allowance is free again; they get another code when they ask.
        reservations.end(issuance, why="leaked", at=at)
    code.state = CodeState.VOID
    happenings.leak_suspected(code, at)
    alerts.raise_happening(
        kind=AlertKind.LEAK,
        business=code.voucher_list.business,
        key=f"leak:{code.pk}",
        subject=f"A code of {code.voucher_list.name} was presented before it was given out",
        voucher_list=code.voucher_list,
        note=f"Presented by {reporter_name}. It is void now and will not be given to anybody.",
        at=at,
    )
