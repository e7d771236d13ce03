"""Fixed-window counters in the database: exact however many processes serve, with or without Redis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from core.codes import fit
from core.errors import TooMany
from core.models import RateCounter
from core.prepared import prepared


def hit(*, bucket: str, limit: int, per: timedelta, at: datetime) -> int:
    """Count one act in the bucket's current window and return how many are left.

    Raises `TooMany` past the limit. Windows begin at multiples of `per` since the epoch.
    """
    seconds = int(per.total_seconds())
    # A count on its own need not wait for the disk; in a transaction of others it must not hurry them.
    hurry = "off" if not connection.in_atomic_block else None
    start = datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=UTC)
    with prepared() as cursor:
        cursor.execute(
            "WITH pace AS (SELECT set_config('synchronous_commit',"
            " coalesce(%s, current_setting('synchronous_commit')), true))"
            " INSERT INTO core_ratecounter (bucket, window_start, hits) SELECT %s, %s, 1 FROM pace"
            " ON CONFLICT (bucket, window_start) DO UPDATE SET hits = core_ratecounter.hits + 1"
            " RETURNING hits",
            [hurry, fit(bucket, 160), start],
        )
        hits = int(cursor.fetchone()[0])
    if hits > limit:
        wait = max(1, round((start + per - at).total_seconds() / 60))
        unit = "minute" if wait == 1 else "minutes"
        raise TooMany(f"That was too often. Please try again in {wait} {unit}.")
    return limit - hits


def forget(*, at: datetime) -> int:
    """Delete counters of windows that ended long ago and return how many."""
    return RateCounter.objects.filter(window_start__lt=at - timedelta(days=2)).delete()[0]
