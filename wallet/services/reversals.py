"""Reversing an entry by hand (wallet.md 3.9)."""

from __future__ import annotations

from datetime import datetime

from wallet import ledger
from wallet.commands import Actor, Outcome, Request, Response, run
from wallet.models import Command, Entry


def reverse(*, entry: Entry, reason: str, key: str, actor: Actor, at: datetime) -> Outcome:
    """Undo an entry by its mirror; both stay visible.

    Raises `AlreadyReversed`, and `ReversalShort` where part of the money was used: then a claw-back
    policy has to be chosen.
    """
    request = Request(entry.business, "reverse", key, actor, {"entry": entry.pk, "reason": reason})

    def effect(command: Command) -> Response:
        mirror = ledger.reverse(command=command, entry=entry, memo=reason, actor=actor.user, at=at)
        return {"entry": mirror.pk}

    return run(request, effect)
