"""What the wallet did for a purchase, under whichever of its names a till paid it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.models import BusinessEvent
from events.selectors.facts import REFERENCE
from wallet.selectors import lot_uses

if TYPE_CHECKING:
    from wallet.models import PurchaseUse


def own_name(event: BusinessEvent) -> str:
    """Return the reference under which the wallet knows the event itself."""
    return f"{REFERENCE}:{event.pk}"


def names_of(event: BusinessEvent) -> tuple[str, ...]:
    """Return every reference under which the wallet may have paid the purchase.

    A till that asks for a quote, or spends, names the basket by its place and number, before or after
    the purchase itself is posted (wallet.md 5.8).
    """
    if not event.is_purchase or not event.reference_number:
        return (own_name(event),)
    number = lot_uses.basket(place_id=event.organisation_id, number=event.reference_number)
    return (own_name(event), number)


def uses_of(event: BusinessEvent) -> list[PurchaseUse]:
    """Return what the wallet did for the purchase, the event's own payment first."""
    return lot_uses.uses_of(business=event.business, purchases=names_of(event))
