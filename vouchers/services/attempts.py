"""The log of decisions: whoever was considered, and what came of it in words (vouchers.md 2.10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.codes import fit
from core.statements import insert
from vouchers.choices import Outcome
from vouchers.models import Attempt, Campaign, Issuance

KEPT = timedelta(days=180)
PORTION = 5_000


def note(
    *,
    campaign: Campaign,
    recipient_key: str,
    outcome: Outcome,
    reason: str = "",
    issuance: Issuance | None = None,
    trigger_ref: str = "",
    at: datetime,
) -> Attempt:
    """Write one line of the log in the running transaction."""
    row = Attempt(
        campaign=campaign,
        recipient_key=recipient_key,
        outcome=outcome,
        reason=reason[:300],
        issuance=issuance,
        trigger_ref=fit(trigger_ref, 120),
        at=at,
    )
    insert([row])
    return row


def forget(*, at: datetime) -> int:
    """Delete lines older than 180 days, a portion at a time, and return how many."""
    forgotten = 0
    old = Attempt.objects.filter(at__lt=at - KEPT).order_by("at").values("pk")
    while done := Attempt.objects.filter(pk__in=old[:PORTION]).delete()[0]:
        forgotten += done
    return forgotten
