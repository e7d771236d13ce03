"""What a till may ask of a wallet besides paying: its lots with the names of their pools, its holds."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from directory.models import Organisation
from directory.selectors.found import found_or_refused
from wallet.errors import HoldClosed
from wallet.models import CommercePool, Hold


def pools_by_id(*, business: Organisation, ids: Collection[int]) -> dict[int, CommercePool]:
    """Return the pools under which a wallet of the business has money; partners' pools included."""
    return CommercePool.objects.in_bulk(ids)


def pool(*, business: Organisation, public_id: UUID) -> CommercePool:
    """Return the business's pool; raises `NotFound` with POOL_NOT_FOUND."""
    found = CommercePool.objects.filter(business=business, public_id=public_id).first()
    return found_or_refused(found, "There is no such pool.", code="POOL_NOT_FOUND")


def hold(*, business: Organisation, public_id: UUID) -> Hold:
    """Return the business's hold; raises `HoldClosed` for one that never was."""
    found = (
        Hold.objects.select_related("business", "wallet__business", "wallet__contact")
        .filter(business=business, public_id=public_id)
        .first()
    )
    if found is None:
        raise HoldClosed
    return found
