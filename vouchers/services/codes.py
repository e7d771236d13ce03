"""Codes change hands: claimed, put aside, given out, taken back, made void (vouchers.md 2.4, 5.4).

Every change is one conditional UPDATE on the state that it expects; whoever comes second changes no
row. A claim chooses by the pick key, which only the index of available codes holds: its price is the
same for the first code of a million and for the last. The counters of the list move along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from vouchers.choices import CodeState, VoidReason
from vouchers.models import SLOTS
from vouchers.services.counting import count

GIVEN = (CodeState.ISSUED, CodeState.REDEEMED, CodeState.EXPIRED)

# One statement: a code is chosen only from a list that may be used at that moment, by the clock too, and
# the counters move along, in the slot of the connection as `counting.count` chooses it.
_CLAIM = """
WITH taken AS (
    UPDATE vouchers_vouchercode SET state = %(to)s,
        given_at = CASE WHEN %(to)s = 'issued' THEN %(at)s ELSE given_at END,
        redeem_until = CASE WHEN %(to)s = 'issued' THEN COALESCE(redeem_until, %(until)s)
            ELSE redeem_until END
    WHERE id = ANY (ARRAY(
        SELECT id FROM vouchers_vouchercode
        WHERE voucher_list_id = %(list)s AND state = 'available' AND pick_key >= %(first)s
            AND COALESCE(redeem_until, %(until)s) >= %(least)s
            AND EXISTS (
                SELECT FROM vouchers_voucherlist
                WHERE id = %(list)s AND status = 'active' AND expires_at > %(at)s
            )
        ORDER BY pick_key LIMIT %(count)s FOR UPDATE {manner}
    )) AND state = 'available'
    RETURNING id, code, redeem_until
), counted AS (
    INSERT INTO vouchers_listcount AS row
        (voucher_list_id, slot, uploaded, reserved, issued, redeemed, expired, void)
    SELECT %(list)s, pg_backend_pid() %% %(slots)s, 0,
        CASE WHEN %(to)s = 'reserved' THEN number ELSE 0 END,
        CASE WHEN %(to)s = 'issued' THEN number ELSE 0 END, 0, 0, 0
    FROM (SELECT count(*) AS number FROM taken) AS many WHERE number > 0
    ON CONFLICT (voucher_list_id, slot) DO UPDATE
    SET reserved = row.reserved + EXCLUDED.reserved, issued = row.issued + EXCLUDED.issued
)
SELECT id, code, redeem_until FROM taken
"""
_SKIP, _WAIT = _CLAIM.format(manner="SKIP LOCKED"), _CLAIM.format(manner="")

_CONFIRM = """
UPDATE vouchers_vouchercode SET state = 'issued', given_at = %(at)s,
    redeem_until = COALESCE(redeem_until, %(until)s)
WHERE id = %(code)s AND state = 'reserved' AND EXISTS (
    SELECT FROM vouchers_voucherlist
    WHERE id = voucher_list_id AND status = 'active' AND expires_at > %(at)s
)
RETURNING redeem_until
"""
# A code that comes back is as it was after the upload: nobody has seen it. Where the upload has been
# withdrawn meanwhile, it goes the way of the others.
_GIVE_BACK = """
UPDATE vouchers_vouchercode AS code SET given_at = NULL, redeem_until = batch.redeem_until,
    state = CASE WHEN is_withdrawn THEN 'void' ELSE 'available' END,
    void_reason = CASE WHEN is_withdrawn THEN 'batch_withdrawn' ELSE '' END,
    voided_at = CASE WHEN is_withdrawn THEN %s END
FROM (
    SELECT id, redeem_until, status IN ('withdrawing', 'withdrawn') AS is_withdrawn
    FROM vouchers_uploadbatch
) AS batch
WHERE batch.id = code.batch_id AND code.id = %s AND code.state = %s
RETURNING code.voucher_list_id, is_withdrawn
"""
_VOID = """
UPDATE vouchers_vouchercode SET state = 'void', void_reason = %s, void_note = %s, voided_at = %s
WHERE id = %s AND state = %s
RETURNING voucher_list_id
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A code that is the caller's once the transaction commits."""

    id: UUID
    code: str
    redeem_until: datetime | None

    def __repr__(self) -> str:
        return f"Taken({self.id})"


def take(
    voucher_list_id: int,
    *,
    to: Literal["issued", "reserved"],
    at: datetime,
    until: datetime,
    least: datetime,
    first: int = 0,
    count: int = 1,
) -> list[Taken]:
    """Claim up to `count` available codes of the list, those with the lowest pick keys first.

    `until` is the end of validity by the list's rule, which an upload's own takes the place of; codes
    that end before `least` are passed over. Before `first` lies none that could be taken, so that a
    large upload whose time is over is not walked through each time. Codes that others are claiming are
    skipped. Only when nothing else is left do we wait for them: they may be given up, and then a code
    is not skipped for good. Fewer codes than asked for, or none, means that there are no more.
    """
    values = {"to": to, "at": at, "list": voucher_list_id, "count": count, "slots": SLOTS}
    values |= {"until": until, "least": least, "first": first}
    return _claim(_SKIP, values) or _claim(_WAIT, values)


def confirm(
    code_id: UUID, *, voucher_list_id: int, until: datetime, at: datetime
) -> datetime | None:
    """Give out a reserved code; return until when it is good, or None when that may not be now."""
    found = _row(_CONFIRM, {"code": code_id, "until": until, "at": at})
    if found is None:
        return None
    _count(voucher_list_id, reserved=-1, issued=1)
    redeem_until: datetime = found[0]
    return redeem_until


def give_back(code_id: UUID, *, was: Literal["issued", "reserved"], at: datetime) -> bool:
    """Make a code that nobody has seen available again; tell whether it was in that state.

    A code of an upload that was withdrawn becomes void instead.
    """
    found = _row(_GIVE_BACK, [at, code_id, was])
    if found is None:
        return False
    voucher_list_id, is_withdrawn = found
    void = {"uploaded": -1, "void": 1} if is_withdrawn else {}
    _count(voucher_list_id, **{was: -1}, **void)
    return True


def void(code_id: UUID, *, was: str, reason: VoidReason, note: str = "", at: datetime) -> bool:
    """Make the code void for ever; tell whether it was in the state that was expected.

    Whoever has it open (an issuance, a reservation) is the caller's to close in the same transaction.
    """
    found = _row(_VOID, [reason, note[:300], at, code_id, was])
    if found is None:
        return False
    changes = {"uploaded": -1, "void": 1}
    if was in GIVEN:
        changes["issued"] = -1
    if was in (CodeState.RESERVED, CodeState.REDEEMED, CodeState.EXPIRED):
        changes[str(was)] = -1
    _count(found[0], **changes)
    return True


def _count(voucher_list_id: int, **changes: int) -> None:
    count(voucher_list_id, **changes)


def _claim(sql: str, values: Mapping[str, Any]) -> list[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Taken(*row) for row in cursor.fetchall()]


def _row(sql: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
