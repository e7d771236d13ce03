"""From the recipients' portal to the page of an offer (decision D5)."""

from __future__ import annotations

from datetime import datetime

from core import tokens
from incentives.models import Offer
from incentives.services.notices import base


def open_offer(*, offer: Offer, at: datetime) -> str:
    """Return the secret of a new link to the offer, as its later mails carry it."""
    return tokens.secret_of(base.access_token(offer, at=at))
