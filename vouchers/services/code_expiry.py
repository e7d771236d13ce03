"""Marking codes that were given out and not redeemed in time as expired (vouchers.md 2.4).

The clock alone refuses a late code; this only makes lists, counters and events say so. Tills and desks
hold the issuance first and then its code, so that nothing here waits for an issuance while it holds a
code: what somebody is at work on is left to the next turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core import batches
from vouchers import happenings
from vouchers.choices import CodeState, IssuanceStatus
from vouchers.models import Issuance, VoucherCode
from vouchers.services import counting

STEP = 500


def expire_due(*, at: datetime, limit: int) -> int:
    """Expire up to `limit` issued codes whose `redeem_until` has passed and return how many."""
    due = VoucherCode.objects.filter(state=CodeState.ISSUED, redeem_until__lt=at)
    done, busy = 0, set[UUID]()
    while done < limit:
        with transaction.atomic():
            rows = due.exclude(pk__in=busy).order_by("redeem_until")
            codes = batches.claim(rows, limit=min(STEP, limit - done))
            if not codes:
                break
            busy |= _expire(codes, at)
            done += len(codes)
    return done - len(busy)


def _expire(codes: Sequence[VoucherCode], at: datetime) -> set[UUID]:
    """Expire the codes that nobody is at work on, and return the others."""
    keys = {code.pk for code in codes}
    rows, busy = _held(keys)
    VoucherCode.objects.filter(pk__in=keys - busy).update(state=CodeState.EXPIRED)
    Issuance.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=IssuanceStatus.EXPIRED, closed_at=at, updated_at=at
    )
    many = Counter(code.voucher_list_id for code in codes if code.pk not in busy)
    for list_id, expired in sorted(many.items()):
        counting.count(list_id, expired=expired)
    for row in rows:
        happenings.of_issuance(happenings.EXPIRED, row, at, key=at.isoformat())
    return busy


def _held(keys: Collection[UUID]) -> tuple[list[Issuance], set[UUID]]:
    """Hold the issuances of the codes, and return with them the codes whose issuance others hold."""
    theirs = Issuance.objects.filter(code__in=keys, status=IssuanceStatus.ISSUED)
    rows = list(theirs.select_for_update(skip_locked=True))
    held = {row.code_id for row in rows}
    return rows, {key for key in theirs.values_list("code", flat=True) if key and key not in held}
