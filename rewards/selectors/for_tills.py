"""What the API names besides ids: offers and pools of awards, and the awards of an event."""

from __future__ import annotations

from collections.abc import Collection

from directory.models import Organisation
from events.models import BusinessEvent
from rewards.models import Award, RewardOffer


def offers_named(*, business: Organisation, ids: Collection[int]) -> dict[int, RewardOffer]:
    """Return the offers with their pools, in one query; none without ids."""
    if not ids:
        return {}
    return {
        offer.pk: offer
        for offer in RewardOffer.objects.filter(business=business, pk__in=ids).select_related(
            "commerce_pool"
        )
    }


def awards_of(*, event: BusinessEvent) -> list[Award]:
    """Return what the event earned its own contact, in the order of granting."""
    return list(
        Award.objects.filter(event=event, contact=event.contact)
        .select_related("offer__commerce_pool")
        .order_by("pk")
    )
