"""Counting who looks at a public program page: at most once per visitor and day (incentives.md 7.4).

Nothing is stored on the visitor's device, and nothing about them here: a visitor is a keyed digest of
address, browser and day, kept in the rate counters for two days and never traceable to a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.crypto import salted_hmac

from core import ratelimit
from core.errors import TooMany
from incentives.models import Program

DAY = timedelta(days=1)
SALT = "incentives.program_view"


def count(*, program: Program, address: str, browser: str, at: datetime) -> bool:
    """Count a view and tell whether it was the visitor's first of the program on this day (UTC)."""
    seen = f"{program.pk}|{at:%Y-%m-%d}|{address}|{browser}"
    visitor = salted_hmac(SALT, seen, algorithm="sha256").hexdigest()[:40]
    try:
        ratelimit.hit(bucket=f"program-view:{visitor}", limit=1, per=DAY, at=at)
    except TooMany:
        return False
    Program.objects.filter(pk=program.pk).update(view_count=F("view_count") + 1)
    return True
