"""Holding a code for a cart (vouchers.md 9.3): for lists of the own engine, half an hour at most."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from core.errors import Invalid
from vouchers.choices import PartnerKind
from vouchers.models import CodeHold, VoucherCode
from vouchers.outside_choices import Refusal
from vouchers.redemption_rules import HOLD
from vouchers.services.redeeming import Report, Reporter, Verdict, look_up, refused


class NotOwnEngine(Invalid):
    """The code is a brand partner's, whose own platform holds and spends it."""

    code = "not_own_engine"


@transaction.atomic
def hold(
    *, report: Report, reporter: Reporter, at: datetime
) -> tuple[CodeHold, VoucherCode] | Verdict:
    """Lock a code that could be redeemed now for 30 minutes; then it falls back by itself.

    Whoever holds it names the hold to redeem, or to hold it anew. Raises `NotOwnEngine` for a code
    of a brand partner.
    """
    found = look_up(report=report, reporter=reporter, at=at)
    if isinstance(found, Verdict):
        return found
    code, refusal = found
    if refusal is not None and refusal != Refusal.NOT_ISSUED:
        return refused(refusal, code)
    if refusal == Refusal.NOT_ISSUED:
        return refused(
            refusal, code, message="This code was not given to anybody yet. Do not take it."
        )
    if code.voucher_list.partner.kind != PartnerKind.INTERNAL:
        raise NotOwnEngine("Only codes of your own coupon engine can be held. Redeem it at once.")
    row, _ = CodeHold.objects.update_or_create(
        code=code,
        defaults={
            "public_id": uuid.uuid4(),
            "held_until": at + HOLD,
            "held_by_name": reporter.name[:254],
        },
    )
    return row, code


def forget(*, at: datetime) -> int:
    """Delete holds that ended and return how many; they bind nobody any more."""
    return CodeHold.objects.filter(held_until__lte=at).delete()[0]
