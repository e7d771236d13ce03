"""What the pages of rewards share: for whom somebody acts, and one offer of theirs."""

from __future__ import annotations

from directory.models import Organisation
from directory.sessions import DeskRequest
from rewards.models import RewardOffer
from rewards.selectors import desk


def business_of(request: DeskRequest) -> Organisation:
    """Return the tenant: the organisation acted for, or the business of that merchant."""
    acting = request.organisation
    return acting if acting.business is None else acting.business


def offer_of(request: DeskRequest, pk: int) -> RewardOffer:
    """Return an offer that the person may see; raises `NotFound`."""
    return desk.offer(business=business_of(request), acting=request.organisation, pk=pk)
