"""Noting that a code left the system: from then on it can only become void (R-REV, vouchers.md 5.8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce

from vouchers.choices import SHOWN
from vouchers.models import Issuance


def expose(*, issuance_ids: Collection[int], at: datetime) -> set[int]:
    """Note that the codes of these issuances are told to somebody outside; return whose may be.

    One statement notes it and makes sure that the code is still its recipient's: what was taken back
    a moment ago is not among them, and its code, in the pool again perhaps, must not be told.
    """
    Issuance.objects.filter(pk__in=issuance_ids, status__in=SHOWN).update(
        exposed_at=Coalesce(F("exposed_at"), at)
    )
    told = Issuance.objects.filter(pk__in=issuance_ids, status__in=SHOWN, exposed_at__isnull=False)
    return set(told.values_list("pk", flat=True))
