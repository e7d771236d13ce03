"""Whether a list's counters show what its alerts do not say yet, or no longer (vouchers.md 7.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from vouchers.choices import ListStatus
from vouchers.thresholds import BY_COUNTERS, Limits, Stock, by_counters

# Written out: it runs for every code that is given out (see `core.statements`).
_STANDING = """
SELECT list.status, list.expires_at, list.warn_used_percent, list.warn_remaining,
    counted.uploaded, counted.issued, counted.reserved,
    ARRAY(
        SELECT alert.key FROM vouchers_alert AS alert
        WHERE alert.voucher_list_id = list.id AND alert.resolved_at IS NULL
            AND alert.kind = ANY (%s)
    )
FROM vouchers_voucherlist AS list
CROSS JOIN LATERAL (
    SELECT COALESCE(SUM(uploaded), 0), COALESCE(SUM(issued), 0), COALESCE(SUM(reserved), 0)
    FROM vouchers_listcount WHERE voucher_list_id = list.id
) AS counted (uploaded, issued, reserved)
WHERE list.id = %s
"""
_KINDS = sorted(str(kind) for kind in BY_COUNTERS)
OPEN = (ListStatus.ACTIVE, ListStatus.PAUSED)


def has_news(*, voucher_list_id: int, at: datetime) -> bool:
    """Tell whether a line is crossed without an alert, or an alert lasts without its line; one query.

    Only what counters show is judged: used share, remaining, exhausted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [_KINDS, voucher_list_id])
        row = cursor.fetchone()
    if row is None:
        return False
    status, expires_at, percent, remaining, uploaded, issued, reserved, lasting = row
    stock = Stock(
        uploaded=int(uploaded),
        issued=int(issued),
        available=int(uploaded - issued - reserved),
        is_open=status in OPEN and expires_at > at,
    )
    limits = Limits(used_percent=percent, remaining=remaining)
    crossed = {one.key(voucher_list_id) for one in by_counters(stock, limits)}
    return crossed != set(lasting)
