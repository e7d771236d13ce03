"""What is done to lists in the background: codes freed, validity extended, counters checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from vouchers.choices import AlertKind, CodeState, IssuanceStatus, ListStatus, RedeemRule
from vouchers.models import Issuance, VoucherCode, VoucherList
from vouchers.services import alerts, counting

PORTION = 10_000

_RELEASE = """
UPDATE vouchers_vouchercode SET dedupe_scope = NULL WHERE id IN (
    SELECT id FROM vouchers_vouchercode
    WHERE dedupe_scope = %s AND code_key > %s AND code_key <= %s AND voucher_list_id = %s
)
"""
_LAST_KEY = """
SELECT max(code_key) FROM (
    SELECT code_key FROM vouchers_vouchercode
    WHERE dedupe_scope = %s AND code_key > %s ORDER BY code_key LIMIT %s
) AS portion
"""
# Where the list's own end is the code's; whoever is at work on the voucher is not waited for.
_LATE = """
SELECT code.id FROM vouchers_vouchercode AS code
JOIN vouchers_uploadbatch AS batch ON batch.id = code.batch_id
WHERE code.voucher_list_id = %(list)s AND code.state IN ('issued', 'expired')
    AND code.redeem_until < %(until)s AND batch.redeem_until IS NULL AND code.id > %(last)s
ORDER BY code.id LIMIT %(size)s
"""
_EXTEND = """
WITH portion AS (
    SELECT id, state FROM vouchers_vouchercode
    WHERE id = ANY(%(codes)s) AND state IN ('issued', 'expired') AND redeem_until < %(until)s
    FOR UPDATE
), changed AS (
    UPDATE vouchers_vouchercode AS code SET redeem_until = %(until)s, state = 'issued'
    FROM portion WHERE code.id = portion.id
    RETURNING code.id, portion.state AS was
), theirs AS (
    UPDATE vouchers_issuance AS given SET redeem_until = %(until)s, updated_at = %(at)s,
        status = 'issued', version = given.version + 1
    FROM changed WHERE given.code_id = changed.id AND given.status IN ('issued', 'expired')
)
SELECT count(*), count(*) FILTER (WHERE was = 'expired') FROM changed
"""


def release_codes(*, voucher_list: VoucherList, at: datetime) -> int:
    """Let the codes of an archived list be uploaded again elsewhere, and return how many there were.

    In portions of 10,000 that commit one by one; a killed worker's successor goes on with the rest.
    """
    if voucher_list.status != ListStatus.ARCHIVED or voucher_list.codes_released_at is not None:
        return 0
    scopes = (voucher_list.pk, -voucher_list.partner_id)
    done = sum(_release_scope(voucher_list, scope) for scope in scopes)
    VoucherList.objects.filter(pk=voucher_list.pk).update(codes_released_at=at)
    return done


def extend_codes(*, voucher_list: VoucherList, at: datetime) -> int:
    """Let codes that are good as long as their list follow its later expiry; return how many did.

    Those that expired with the list are issued again. Codes of an upload with an end of its own keep
    it, and no end becomes earlier.
    """
    until = voucher_list.expires_at
    if voucher_list.redeem_rule != RedeemRule.SAME_AS_LIST or until <= at:
        return 0
    done, last = 0, UUID(int=0)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            values: dict[str, Any] = {"list": voucher_list.pk, "until": until, "at": at}
            cursor.execute(_LATE, {**values, "last": last, "size": PORTION})
            codes = [code for (code,) in cursor.fetchall()]
            cursor.execute(_EXTEND, {**values, "codes": _not_busy(codes)})
            changed, revived = cursor.fetchone() or (0, 0)
            counting.count(voucher_list.pk, expired=-revived)
        done += changed
        if len(codes) < PORTION:
            return done
        last = codes[-1]


def _not_busy(codes: list[UUID]) -> list[UUID]:
    """Hold the vouchers of the codes and return the codes whose voucher nobody else holds.

    Tills and desks hold the voucher first and then its code; the others follow with the next look.
    """
    theirs = Issuance.objects.filter(
        code__in=codes, status__in=(IssuanceStatus.ISSUED, IssuanceStatus.EXPIRED)
    )
    held = set(theirs.select_for_update(skip_locked=True).values_list("code", flat=True))
    busy = set(theirs.values_list("code", flat=True)) - held
    return [code for code in codes if code not in busy]


def catch_up(*, at: datetime) -> int:
    """Finish what a lost hint left undone: archived lists with codes, ends that were extended."""
    done = 0
    for row in VoucherList.objects.filter(
        status=ListStatus.ARCHIVED, codes_released_at__isnull=True
    ).order_by("pk"):
        done += release_codes(voucher_list=row, at=at)
    late = VoucherCode.objects.filter(state__in=(CodeState.ISSUED, CodeState.EXPIRED))
    lists = VoucherList.objects.filter(redeem_rule=RedeemRule.SAME_AS_LIST, expires_at__gt=at)
    for row in lists.exclude(status=ListStatus.ARCHIVED).order_by("pk"):
        if late.filter(voucher_list=row, redeem_until__lt=row.expires_at).exists():
            done += extend_codes(voucher_list=row, at=at)
    return done


def recount_all(*, at: datetime) -> int:
    """Compare every list's counters with its codes, correct them, and warn of each difference."""
    wrong = 0
    for row in VoucherList.objects.select_related("business").order_by("pk").iterator(200):
        found = counting.recount(row)
        if not found.differs:
            continue
        wrong += 1
        alerts.raise_happening(
            kind=AlertKind.MISMATCH,
            business=row.business,
            key=f"mismatch:{row.pk}:{at.date().isoformat()}",
            subject=row.name,
            at=at,
            voucher_list=row,
            note=f"The counters were corrected: {found.words()}."[:300],
        )
    return wrong


def _release_scope(voucher_list: VoucherList, scope: int) -> int:
    done, last = 0, ""
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LAST_KEY, [scope, last, PORTION])
            (until,) = cursor.fetchone() or (None,)
            if until is None:
                return done
            cursor.execute(_RELEASE, [scope, last, until, voucher_list.pk])
            done += cursor.rowcount
            last = until
