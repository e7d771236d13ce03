"""Not listening to whoever tries codes: 20 unknown ones in 10 minutes from a key or an address
block it for 15 (vouchers.md 9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import connection

from core.codes import fit
from core.errors import TooMany
from vouchers.models import Guesser
from vouchers.redemption_rules import BLOCKED_FOR, MISSES, MISSES_WITHIN


class GuessingBlocked(TooMany):
    """Too many unknown codes came from there."""

    code = "guessing_blocked"
    is_kept: ClassVar[bool] = False

    def __init__(self, until: datetime, at: datetime) -> None:
        self.retry_after = max(1, int((until - at).total_seconds()))
        minutes = max(1, round(self.retry_after / 60))
        super().__init__(
            f"Too many unknown codes were tried from here. Try again in {minutes} min."
        )


def refuse_guessers(names: Sequence[str], *, at: datetime) -> None:
    """Raise `GuessingBlocked` if one of the names is not listened to at the moment."""
    blocked = Guesser.objects.filter(name__in=[fit(name, 80) for name in names])
    until = blocked.filter(blocked_until__gt=at).values_list("blocked_until", flat=True).first()
    if until is not None:
        raise GuessingBlocked(until, at)


def note_miss(names: Sequence[str], *, at: datetime) -> None:
    """Count an unknown code for each of the names, and block those that reach 20 in 10 minutes."""
    for name in sorted(fit(name, 80) for name in names):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO vouchers_guesser AS g (name, misses, since) VALUES (%(name)s, 1, %(at)s)"
                " ON CONFLICT (name) DO UPDATE SET"
                " misses = CASE WHEN g.since > %(old)s THEN g.misses + 1 ELSE 1 END,"
                " since = CASE WHEN g.since > %(old)s THEN g.since ELSE %(at)s END,"
                " blocked_until = CASE WHEN g.since > %(old)s AND g.misses + 1 >= %(most)s"
                " THEN %(until)s ELSE g.blocked_until END",
                {
                    "name": name,
                    "at": at,
                    "old": at - MISSES_WITHIN,
                    "most": MISSES,
                    "until": at + BLOCKED_FOR,
                },
            )


def forget(*, at: datetime) -> int:
    """Delete what lies further back than any block and return how many rows."""
    old = Guesser.objects.filter(since__lt=at - MISSES_WITHIN - BLOCKED_FOR)
    return old.exclude(blocked_until__gt=at).delete()[0]
