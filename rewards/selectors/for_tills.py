"""What the API names besides ids: offers and pools of awards, and the awards of an event."""

from __future__ import annotations

from collections.abc import Collection

from core.statements import find_with
from directory.models import Organisation
from events.models import BusinessEvent
from rewards.models import Award, RewardOffer


def offers_named(*, business: Organisation, ids: Collection[int]) -> dict[int, RewardOffer]:
    """Return the offers with their pools, in one query; none without ids."""
    if not ids:
        return {}
    where = "WHERE found.business_id = %s AND found.id = ANY(%s)"
    given = [business.pk, list(ids)]
    return {offer.pk: offer for offer in find_with(RewardOffer, ["commerce_pool"], where, given)}


def awards_of(*, event: BusinessEvent) -> list[Award]:
    """Return what the event earned its own contact, in the order of granting."""
    return list(
        Award.objects.filter(event=event, contact=event.contact)
        .select_related("offer__commerce_pool")
        .order_by("pk")
    )
