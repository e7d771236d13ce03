"""What a till may ask of a wallet besides paying: its lots with the names of their pools, its holds."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from directory.models import Organisation
from directory.selectors import network
from directory.selectors.found import found_or_refused
from wallet.errors import HoldClosed
from wallet.models import CommercePool, Hold
from wallet.selectors.lot_uses import place_of_basket


def pools_by_id(*, business: Organisation, ids: Collection[int]) -> dict[int, CommercePool]:
    """Return the pools under which a wallet of the business has money; partners' pools included."""
    return CommercePool.objects.in_bulk(ids)


def pool(*, business: Organisation, public_id: UUID) -> CommercePool:
    """Return the business's pool; raises `NotFound` with POOL_NOT_FOUND."""
    found = CommercePool.objects.filter(business=business, public_id=public_id).first()
    return found_or_refused(
        found, "There is no such pool. Choose one of the contact's balance.", code="POOL_NOT_FOUND"
    )


def hold(*, root: Organisation, public_id: UUID) -> Hold:
    """Return a hold of the caller's subtree; raises `HoldClosed` for one that never was.

    The till of one merchant neither captures nor releases what another one's has set aside.
    """
    business = root.business or root
    found = (
        Hold.objects.select_related("business", "wallet__business", "wallet__contact")
        .filter(business=business, public_id=public_id)
        .first()
    )
    if found is None or not _is_within(found, root):
        raise HoldClosed
    return found


def _is_within(hold: Hold, root: Organisation) -> bool:
    if root.is_business:
        return True
    place = place_of_basket(hold.reference)
    below = network.places_of(business=hold.business).filter(parent=root)
    return place == root.pk or below.filter(pk=place).exists()
