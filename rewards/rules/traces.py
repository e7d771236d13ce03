"""What became of each offer for an event, small enough to be kept for every one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rewards.choices import TraceReason
from rewards.configuration import Offer


class Trace(NamedTuple):
    """What became of one offer: granted, or the first reason why not.

    `amount_minor` is the candidate's amount where it came to one, before resolution. `contact_id` is
    the beneficiary where that need not be the contact of the event (referrals).
    """

    offer_id: int
    offer_version: int
    reason: TraceReason
    amount_minor: int | None = None
    contact_id: int | None = None

    @property
    def is_match(self) -> bool:
        """Whether every condition held, whatever resolution made of it."""
        return self.amount_minor is not None


def refusals(offers: Iterable[Offer], reason: TraceReason) -> list[Trace]:
    """Return the trace that each offer leaves when it fails for the reason."""
    return [Trace(offer.id, offer.version, reason) for offer in offers]
