"""The counters of a list, changed in the transaction of what they count (vouchers.md 2.2, R-CONS).

Whoever changes codes says by how much each counter moves, and the sum is added to one of the list's
slots. A connection always uses the same slot: callers side by side do not wait for each other, and one
transaction never holds two slots, which two of them could then want in opposite order.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from vouchers.models import SLOTS, ListCount, VoucherList

COUNTERS = ("uploaded", "reserved", "issued", "redeemed", "expired", "void")

_ADD = """
INSERT INTO vouchers_listcount AS row
    (voucher_list_id, slot, uploaded, reserved, issued, redeemed, expired, void)
VALUES (%s, COALESCE(%s, pg_backend_pid() %% %s), %s, %s, %s, %s, %s, %s)
ON CONFLICT (voucher_list_id, slot) DO UPDATE SET
    uploaded = row.uploaded + EXCLUDED.uploaded,
    reserved = row.reserved + EXCLUDED.reserved,
    issued = row.issued + EXCLUDED.issued,
    redeemed = row.redeemed + EXCLUDED.redeemed,
    expired = row.expired + EXCLUDED.expired,
    void = row.void + EXCLUDED.void
"""
_COMPARE = """
SELECT * FROM (
    SELECT COALESCE(SUM(uploaded), 0), COALESCE(SUM(reserved), 0), COALESCE(SUM(issued), 0),
        COALESCE(SUM(redeemed), 0), COALESCE(SUM(expired), 0), COALESCE(SUM(void), 0)
    FROM vouchers_listcount WHERE voucher_list_id = %s
) AS stored CROSS JOIN (
    SELECT
        COUNT(*) FILTER (WHERE state NOT IN ('staged', 'void')),
        COUNT(*) FILTER (WHERE state = 'reserved'),
        COUNT(*) FILTER (WHERE state IN ('issued', 'redeemed', 'expired')),
        COUNT(*) FILTER (WHERE state = 'redeemed'),
        COUNT(*) FILTER (WHERE state = 'expired'),
        COUNT(*) FILTER (WHERE state = 'void')
    FROM vouchers_vouchercode WHERE voucher_list_id = %s
) AS counted
"""


@dataclass(frozen=True, slots=True)
class Recount:
    """What was stored and what was counted, in the order of `COUNTERS`."""

    stored: tuple[int, ...]
    counted: tuple[int, ...]

    @property
    def differs(self) -> bool:
        return self.stored != self.counted

    def words(self) -> str:
        """Name every counter that was wrong: "issued 3 instead of 4"."""
        rows = zip(COUNTERS, self.stored, self.counted, strict=True)
        return ", ".join(f"{name} {old} instead of {new}" for name, old, new in rows if old != new)


def count(
    voucher_list_id: int,
    slot: int | None = None,
    *,
    uploaded: int = 0,
    reserved: int = 0,
    issued: int = 0,
    redeemed: int = 0,
    expired: int = 0,
    void: int = 0,
) -> None:
    """Add to the list's counters, in the running transaction.

    `uploaded` is every published code that is not void; `issued` those of them that were given out,
    redeemed and expired ones included. So a code that is redeemed adds to `redeemed` alone, and an
    issued code that becomes void is taken from `uploaded` and `issued` and added to `void`.
    """
    changes = (uploaded, reserved, issued, redeemed, expired, void)
    if not any(changes):
        return
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [voucher_list_id, slot, SLOTS, *changes])


def open_slots(voucher_list: VoucherList) -> None:
    """Give a list all its slots, so that a recount can hold every one of them."""
    ListCount.objects.bulk_create(
        [ListCount(voucher_list=voucher_list, slot=slot) for slot in range(SLOTS)],
        ignore_conflicts=True,
    )


def compare(voucher_list: VoucherList) -> Recount:
    """Read counters and codes in one statement, which sees both as of the same moment."""
    pk = voucher_list.pk
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE, [pk, pk])
        row = tuple(map(int, cursor.fetchone() or ()))
    return Recount(row[: len(COUNTERS)], row[len(COUNTERS) :])


def recount(voucher_list: VoucherList) -> Recount:
    """Compare the counters with the codes and correct them where they differ (R-CONS).

    Only a list that differs is held for it: whoever changes its codes waits until that is done.
    """
    found = compare(voucher_list)
    if not found.differs:
        return found
    open_slots(voucher_list)
    with transaction.atomic():
        held = ListCount.objects.select_for_update().filter(voucher_list=voucher_list)
        list(held.order_by("slot"))
        found = compare(voucher_list)
        if found.differs:
            rows = zip(COUNTERS, found.stored, found.counted, strict=True)
            count(voucher_list.pk, 0, **{name: new - old for name, old, new in rows})
    return found
