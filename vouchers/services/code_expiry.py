"""Marking codes that were given out and not redeemed in time as expired (vouchers.md 2.4).

The clock alone refuses a late code; this only makes lists, counters and events say so.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from core import batches
from vouchers import happenings
from vouchers.choices import CodeState, IssuanceStatus
from vouchers.models import Issuance, VoucherCode
from vouchers.services import counting

STEP = 500


def expire_due(*, at: datetime, limit: int) -> int:
    """Expire up to `limit` issued codes whose `redeem_until` has passed and return how many."""
    due = VoucherCode.objects.filter(state=CodeState.ISSUED, redeem_until__lt=at).order_by(
        "redeem_until"
    )

    def work(codes: list[VoucherCode]) -> None:
        keys = [code.pk for code in codes]
        VoucherCode.objects.filter(pk__in=keys, state=CodeState.ISSUED).update(
            state=CodeState.EXPIRED
        )
        rows = list(
            Issuance.objects.filter(code__in=keys, status=IssuanceStatus.ISSUED).select_for_update()
        )
        Issuance.objects.filter(pk__in=[row.pk for row in rows]).update(
            status=IssuanceStatus.EXPIRED, closed_at=at, updated_at=at
        )
        for list_id, many in sorted(Counter(code.voucher_list_id for code in codes).items()):
            counting.count(list_id, expired=many)
        for row in rows:
            happenings.of_issuance(happenings.EXPIRED, row, at, key=at.isoformat())

    return batches.each(due, limit=limit, step=STEP, work=work)
