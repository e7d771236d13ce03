"""What is asked of `issuing`, what it answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import IntegrityError, OperationalError

from core.errors import Conflict, DomainError, Invalid
from directory.models import User
from events.facts import EventFacts
from vouchers.choices import Outcome
from vouchers.models import Campaign, Issuance, WaitEntry
from vouchers.recipients import Recipient
from vouchers.selectors.standing import Standing

# Serialization failure, deadlock, lock not available: somebody else was in the way.
_PASSING = frozenset({"40001", "40P01", "55P03"})
_TAKEN_MEANWHILE = (
    "vouchers_issued_once_a_key",
    "vouchers_recipient_allowance",
    "vouchers_code_given_once",
    "vouchers_waiting_once",
    "vouchers_waiting_once_a_key",
)


class Busy(DomainError):
    """Too many callers want the same at once; the same request may succeed in a moment."""

    code = "busy"
    status = 503
    retry_after = 3

    def __init__(self) -> None:
        super().__init__("Many people want a code just now. Try again in a few seconds.")


class ReasonRequired(Invalid):
    """Who gives out a code by hand says why."""

    code = "reason_required"


class KeyReused(Conflict):
    """The idempotency key was used before for somebody else."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This key was used for somebody else. Use a new one.")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of asking for a code; a "no" has its reason in words."""

    outcome: Outcome
    issuance: Issuance | None = None
    reason: str = ""
    wait_entry: WaitEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who is to have a code of which campaign, why, and when."""

    campaign: Campaign
    recipient: Recipient
    idempotency_key: str
    source: str
    trigger_ref: str = ""
    actor: User | None = None
    reason: str = ""
    # What happened, where something did: the campaign's conditions on purchases are asked of it.
    event: EventFacts | None = None
    at: datetime
    to: Literal["issued", "reserved"] = "issued"
    # Somebody has just asked the conditions of many at once, and the recipient meets them.
    is_qualified: bool = False
    # Whoever stands on the wait list is served before newcomers, and keeps the place otherwise.
    is_waiting: bool = False


class NotTaken(Exception):
    """What was taken so far is to be undone, and this answered."""

    def __init__(self, result: Result, *, found: Standing | None = None) -> None:
        super().__init__(result.reason)
        self.result, self.standing = result, found


def is_passing(error: OperationalError | IntegrityError) -> bool:
    """Tell whether the same transaction may well succeed when it is begun anew."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _PASSING:
        return True
    diagnosis = getattr(cause, "diag", None)
    return getattr(diagnosis, "constraint_name", None) in _TAKEN_MEANWHILE


def nothing_left(reasons: Sequence[str], *, is_empty: bool) -> Result:
    """Tell lists without a code from lists that only cannot be used now."""
    is_used_up = is_empty or any("quota" in reason for reason in reasons)
    outcome = Outcome.EXHAUSTED if is_used_up else Outcome.LIST_UNAVAILABLE
    return Result(outcome, reason="; ".join(reasons) or "no list is linked")
