"""What keeps an offer from being activated, everything at once (rewards.md 2.4)."""

from __future__ import annotations

from datetime import datetime

from rewards.choices import Effect
from rewards.models import RewardOffer
from rewards.selectors.definitions import definition_of


def problems_of(*, offer: RewardOffer, at: datetime) -> dict[str, str]:
    """Return by field what is missing or wrong; nothing when the offer can be activated.

    Its scheme may be inactive: offers are activated first, then their scheme. Restrictions of merchants
    are asked when somebody activates it.
    """
    found = {}
    if not offer.name:
        found["name"] = "Give the offer a name."
    if offer.scheme_id is None:
        found["scheme"] = "Choose the scheme whose members get the offer."
    definition = definition_of(offer)
    found |= offer.kind.problems(definition, at)
    has_retired_pool = offer.commerce_pool_id is not None and "commerce_pool" in found
    if has_retired_pool and offer.kind.effect == Effect.AWARD:
        found["commerce_pool"] = "This commerce pool takes no new money. Choose another one."
    return found
