"""The runs of gifts, for whoever started them."""

from __future__ import annotations

from directory.models import Organisation
from directory.selectors.found import found_or_refused
from rewards.models import GiftRun, RewardOffer


def runs_of(*, offer: RewardOffer, most: int) -> list[GiftRun]:
    """Return the newest runs of the gift with who started them."""
    rows = GiftRun.objects.filter(offer=offer).select_related("started_by")
    return list(rows.order_by("-scheduled_at", "-pk")[:most])


def run(*, business: Organisation, acting: Organisation, pk: int) -> GiftRun:
    """Return a run; raises `NotFound` for those of others."""
    rows = GiftRun.objects.filter(business=business, pk=pk)
    if not acting.is_business:
        rows = rows.filter(offer__owner=acting)
    found = rows.select_related("offer", "started_by").first()
    return found_or_refused(found, "There is no such gift run. Choose one on the gift's page.")
