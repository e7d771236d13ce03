"""Locking what a conversation or a record is about, whichever of the two it is."""

from __future__ import annotations

from typing import overload

from core.errors import StaleVersion
from incentives.models import IncentiveRequest, Offer, Subject

IN_FULL = (
    "business__provider_profile",
    "program__product_service",
    "terms",
    "agreed_terms",
    "confirmed_terms",
    "contact",
)


@overload
def lock(subject: Offer, *, version: int | None = None) -> Offer: ...
@overload
def lock(subject: IncentiveRequest, *, version: int | None = None) -> IncentiveRequest: ...
def lock(subject: Subject, *, version: int | None = None) -> Subject:
    """Lock and reload the offer or request; another version than the one seen raises `StaleVersion`."""
    rows = Offer.objects if isinstance(subject, Offer) else IncentiveRequest.objects
    locked = rows.select_for_update(of=("self",)).select_related(*IN_FULL).get(pk=subject.pk)
    if version is not None and locked.version != version:
        raise StaleVersion(
            f"This {locked.noun} changed while you were writing. Look at it, then go on."
        )
    return locked
