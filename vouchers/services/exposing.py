"""Noting that a code left the system: from then on it can only become void (R-REV, vouchers.md 5.8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from vouchers.models import Issuance


def expose(*, issuance_ids: Collection[int], at: datetime) -> None:
    """Note when the codes of these issuances were first told to anybody outside."""
    rows = Issuance.objects.filter(pk__in=issuance_ids, exposed_at=None)
    rows.update(exposed_at=at)
