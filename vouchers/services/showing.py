"""Showing a code to the one it belongs to.

Whatever shows a code notes it first, in the same statement that makes sure that the code is still
theirs: a code that was possibly seen never returns to the pool (R-REV).
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from core.errors import Gone
from vouchers import happenings
from vouchers.choices import SHOWN
from vouchers.models import Issuance


class TakenBack(Gone):
    """The voucher was taken back by the business."""

    code = "taken_back"
    heading = "This voucher was taken back"


def reveal(*, issuance: Issuance, at: datetime) -> str:
    """Return the code, and note when it was first looked at; raises `TakenBack`."""
    if not Issuance.objects.filter(pk=issuance.pk, status__in=SHOWN).update(
        first_seen_at=Coalesce(F("first_seen_at"), at),
        exposed_at=Coalesce(F("exposed_at"), at),
        updated_at=at,
    ):
        raise TakenBack("Ask whoever gave it to you what became of it.")
    issuance.refresh_from_db(fields=["status", "first_seen_at", "exposed_at"])
    return happenings.code_of(issuance)


def hand_over(*, issuance: Issuance, at: datetime) -> bool:
    """Note that a mail leaves by which the code can be seen; False when it is no longer theirs."""
    return bool(
        Issuance.objects.filter(pk=issuance.pk, status__in=SHOWN).update(
            exposed_at=Coalesce(F("exposed_at"), at), updated_at=at
        )
    )
