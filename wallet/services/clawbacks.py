"""Taking exact amounts of awards back, where only the granting side knows how much (rewards.md 11.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wallet import ledger
from wallet.choices import LotSource
from wallet.commands import Actor, Request, Response, run
from wallet.models import Command, Lot, Wallet
from wallet.services.awards import ClawedBack, claw_back, return_of, standing_of


def take_back(
    *,
    wallet: Wallet,
    amounts: Mapping[str, int],
    reason: str,
    key: str,
    actor: Actor,
    at: datetime,
) -> dict[str, ClawedBack]:
    """Take that much of each award back, by its reference, and return what came of it (wallet.md 6.5).

    Never more than is left of the award after what fell back or lapsed before; an award that the wallet
    does not know comes to nothing.
    """
    request = Request(
        wallet.business,
        "awards_back",
        key,
        actor,
        {"wallet": wallet.pk, "amounts": dict(amounts), "reason": reason},
    )

    def effect(command: Command) -> Response:
        (locked,) = ledger.lock_wallets(wallet)
        return {"by": _take_back(command, locked, amounts, reason, actor, at)}

    found = run(request, effect).response["by"]
    return {reference: ClawedBack(*found.get(reference, (0, 0))) for reference in amounts}


def _take_back(
    command: Command,
    wallet: Wallet,
    amounts: Mapping[str, int],
    reason: str,
    actor: Actor,
    at: datetime,
) -> dict[str, list[int]]:
    lots = Lot.objects.filter(
        wallet=wallet, source=LotSource.AWARD, reference__in=list(amounts)
    ).order_by("pk")
    found = {}
    for lot in lots.select_related("wallet"):
        record = return_of(lot)
        left = standing_of(lot, record)
        minor = min(amounts[lot.reference], left)
        if minor <= 0:
            continue
        record.reason = reason
        if minor == left:
            record.cancelled_at = at
        taken = claw_back(
            command=command,
            wallet=wallet,
            lot=lot,
            minor=minor,
            actor=actor,
            at=at,
            record=record,
        )
        found[lot.reference] = [taken.minor, taken.shortfall_minor]
    return found
