"""Whether a code may be redeemed, held or given back: pure decisions (vouchers.md 9.2 to 9.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vouchers.choices import CodeState
from vouchers.outside_choices import Refusal

HOLD = timedelta(minutes=30)
REVERSIBLE_FOR = timedelta(days=30)
# Unknown codes from one key or address before it is not listened to, and for how long.
MISSES = 20
MISSES_WITHIN = timedelta(minutes=10)
BLOCKED_FOR = timedelta(minutes=15)

SENTENCES: dict[Refusal, str] = {
    Refusal.UNKNOWN: "None of the lists has this code. Check it letter by letter.",
    Refusal.ALREADY_REDEEMED: "This code was redeemed before. Do not take it again.",
    Refusal.EXPIRED: "This code is no longer valid. Do not take it.",
    Refusal.VOID: "This code was made void. Do not take it; whoever gave it out can give another.",
    Refusal.NOT_ISSUED: (
        "This code was never given to anybody. It is void from now on; do not take it."
    ),
    Refusal.HELD: "Another cart holds this code. Try again when that has ended.",
    Refusal.AMBIGUOUS: "More than one list has this code. Say which with the List ID.",
    Refusal.NOT_REDEEMED: "This code is not redeemed, so nothing can be reversed. Check the code.",
    Refusal.OTHER_REFERENCE: "This code was redeemed under another reference. Send that one.",
    Refusal.TOO_LATE: "The 30 days for reversing a redemption are over. Refund it at the till.",
    Refusal.BAD_ROW: "This row cannot be read. Correct it, and upload it again.",
}
# A code that two lists have is looked for where it was given out first.
_NEAREST = (
    CodeState.ISSUED,
    CodeState.REDEEMED,
    CodeState.EXPIRED,
    CodeState.VOID,
    CodeState.RESERVED,
    CodeState.AVAILABLE,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision looks at: the code's state and end, days of grace, and who holds it till when."""

    state: CodeState
    redeem_until: datetime | None
    late_days: int = 0
    held_until: datetime | None = None
    is_own_hold: bool = False


def refusal_of(facts: Facts, at: datetime) -> Refusal | None:
    """Return why the code cannot be redeemed at that moment, None if it can.

    The clock decides and not the job that marks codes as expired. Codes that a partner takes late
    are good for its days of grace.
    """
    if facts.state in (CodeState.AVAILABLE, CodeState.RESERVED):
        return Refusal.NOT_ISSUED
    if facts.state == CodeState.REDEEMED:
        return Refusal.ALREADY_REDEEMED
    if facts.state == CodeState.VOID:
        return Refusal.VOID
    if is_over(facts, at):
        return Refusal.EXPIRED
    if facts.held_until is not None and facts.held_until > at and not facts.is_own_hold:
        return Refusal.HELD
    return None


def is_over(facts: Facts, at: datetime) -> bool:
    """Return whether the code's end and the partner's days of grace have passed."""
    if facts.redeem_until is None:
        return facts.state == CodeState.EXPIRED
    return at > facts.redeem_until + timedelta(days=facts.late_days)


def nearest(states: Sequence[CodeState]) -> int | None:
    """Return which of several codes that read the same is meant; None if two are equally near.

    The one that was given out and not redeemed comes first.
    """
    if not states:
        return None
    ranks = [_NEAREST.index(state) for state in states]
    best = min(ranks)
    if ranks.count(best) > 1 and _NEAREST[best] == CodeState.ISSUED:
        return None
    return ranks.index(best)


def state_after_reversal(redeem_until: datetime | None, at: datetime) -> CodeState:
    """Return the state of a code whose redemption is reversed: given out again, or over."""
    over = redeem_until is not None and redeem_until <= at
    return CodeState.EXPIRED if over else CodeState.ISSUED
