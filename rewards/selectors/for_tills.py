"""What the API names besides ids: offers and pools of awards, and the awards of an event."""

from __future__ import annotations

from events.models import BusinessEvent
from rewards.models import Award


def awards_of(*, event: BusinessEvent) -> list[Award]:
    """Return what the event earned its own contact, in the order of granting."""
    return list(
        Award.objects.filter(event=event, contact=event.contact)
        .select_related("offer__commerce_pool")
        .order_by("pk")
    )
