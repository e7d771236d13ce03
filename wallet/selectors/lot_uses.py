"""What became of the money of awards, for whoever granted them and keeps a log of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from core.codes import fit
from directory.models import Organisation
from wallet.choices import AccountKind, CommandOutcome, LotSource, Operation
from wallet.models import Command, Posting, PurchaseUse, UsePart

# What a till pays without having posted the purchase: "wallet.basket:<place>:<its number>".
BASKET = "wallet.basket"


@dataclass(frozen=True, slots=True)
class LotUse:
    """One part of a payment that came from an award's money; `award` is what granted it.

    `is_redeemed` says that it was redeemed here, `is_spent` that it paid for the purchase.
    """

    part_id: int
    award: str
    purchase: str
    minor: int
    is_redeemed: bool
    is_spent: bool
    performed_at: datetime
    created_at: datetime


def lot_uses_of(*, use_id: int) -> list[LotUse]:
    """Return the parts of a payment that came from awards, in order; one query."""
    parts = (
        UsePart.objects.filter(use=use_id, lot__source=LotSource.AWARD)
        .exclude(lot__reference="")
        .select_related("use", "lot")
        .order_by("pk")
    )
    return [
        LotUse(
            part.pk,
            part.lot.reference if part.lot else "",
            part.use.reference,
            part.amount_minor,
            part.kind == AccountKind.COMMERCE_LOT,
            part.use.is_spent,
            part.use.performed_at,
            part.use.created_at,
        )
        for part in parts
    ]


def basket(*, place_id: int, number: str) -> str:
    """Return the reference of a basket that a till pays under the number of its place."""
    return fit(f"{BASKET}:{place_id}:{number}", 80)


def place_of_basket(reference: str) -> int:
    """Return the key of the place whose till named the basket; 0 for any other reference."""
    kind, _, rest = reference.partition(":")
    place = rest.partition(":")[0]
    return int(place) if kind == BASKET and place.isdecimal() else 0


def uses_of(*, business: Organisation, purchases: Sequence[str]) -> list[PurchaseUse]:
    """Return what the wallet did for the purchase of these references, in their order; one query."""
    rows = PurchaseUse.objects.select_related("wallet__business", "business").filter(
        business=business, reference__in=purchases
    )
    return sorted(rows, key=lambda use: purchases.index(use.reference))


def answers_to(
    *, business: Organisation, caller: str, operation: str, keys: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return by key what commands of the caller were answered; nothing for keys that never came."""
    rows = Command.objects.filter(
        business=business,
        scope=f"{caller}/{operation}",
        key__in=list(keys),
        outcome=CommandOutcome.DONE,
    )
    return dict(rows.values_list("key", "response"))


def moved_back_of(*, use_id: int) -> int:
    """Return what of a payment went back into the wallet until now."""
    back = UsePart.objects.filter(use=use_id).aggregate(minor=Sum("back_minor", default=0))
    return int(back["minor"])


def lapsed_of(*, business: Organisation, lot_ids: Collection[int]) -> dict[str, int]:
    """Return by award what of its lot expired unused, in minor units; nothing that did not."""
    rows = (
        Posting.objects.filter(
            entry__business=business,
            entry__operation=Operation.EXPIRE,
            source__lot__in=list(lot_ids),
            source__lot__source=LotSource.AWARD,
        )
        .values_list("source__lot__reference")
        .annotate(minor=Sum("amount"))
    )
    return {reference: int(minor) for reference, minor in rows if reference}
