"""What the wallet did with awarded money by itself, carried into the log of rewards (rewards.md 10).

Spends of later purchases, expiries and awards that finance took back come by the outbox, perhaps twice:
every row has a key of its own, so the second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core.models import OutboxEvent
from directory.models import Organisation
from rewards.models import Award
from rewards.services import logbook, taking_back
from rewards.services.logbook import WITH_ALL
from rewards.services.transactions import whole
from wallet.services.awards import AWARD_CANCELLED
from wallet.services.expiry import LAPSED
from wallet.services.paying import USED

# In the key of the log's row about an award that somebody of finance took back.
FINANCE = "finance"


def follow(*, outbox_id: int, at: datetime) -> int:
    """Log what the outbox event tells of, and return how many parts or awards it was about."""
    event = OutboxEvent.objects.get(pk=outbox_id)
    return whole(lambda: _HANDLERS[event.topic](event.payload, at))


def _used(payload: Mapping[str, Any], at: datetime) -> int:
    business = Organisation.objects.get(pk=payload["business"])
    return logbook.used(business=business, use_id=payload["use"])


def _lapsed(payload: Mapping[str, Any], at: datetime) -> int:
    business = Organisation.objects.get(pk=payload["business"])
    return logbook.lapsed(business=business, lot_ids=payload["lots"], at=at)


def _cancelled(payload: Mapping[str, Any], at: datetime) -> int:
    """Cancel the award as the wallet did; it is locked by its row, for its contact may be anybody.

    Its event may have been cancelled meanwhile: what finance took back is logged all the same.
    """
    award = (
        Award.objects.select_for_update(of=("self",))
        .select_related(*WITH_ALL)
        .filter(lot=payload["lot"])
        .first()
    )
    if award is None or logbook.has_fallen_back(award, key=FINANCE):
        return 0
    award.reversed_minor += payload["minor"]
    award.unrecovered_minor += payload["shortfall"]
    Award.objects.bulk_update([award], ["reversed_minor", "unrecovered_minor"])
    logbook.fell_back(award, payload["minor"], key=FINANCE, at=at)
    taking_back.end([award], at=at)
    return 1


_HANDLERS: dict[str, Callable[[Mapping[str, Any], datetime], int]] = {
    USED: _used,
    LAPSED: _lapsed,
    AWARD_CANCELLED: _cancelled,
}
