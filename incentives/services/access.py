"""Sending a recipient the way back to their offer once more (incentives.md 5.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import ratelimit, references, tokens
from core.models import LinkToken
from incentives.choices import SEATED
from incentives.models import ClaimIntent, Offer
from incentives.selectors import members_of, offer_by_pk
from incentives.services import notices

PER_DAY = 3


def send_again(*, secret: str, at: datetime) -> None:
    """Mail a fresh access link to the address that a used verification link bound.

    Silent about a link that is unknown or whose claim was not the winning one. More than 3 mails a day
    for one link raise `TooMany`.
    """
    token: LinkToken | None
    try:
        token = tokens.resolve(secret, purposes=["verify"], at=at)
    except tokens.TokenUsed as used:
        token = used.token
    except tokens.TokenError:
        return
    if token is None:
        return
    ratelimit.hit(bucket=f"access:{token.pk}", limit=PER_DAY, per=timedelta(days=1), at=at)
    _, pk = references.parse(token.subject)
    intent = ClaimIntent.objects.filter(pk=pk, confirmed_at__isnull=False).first()
    if intent is not None and intent.offer_id is not None:
        _send(intent, offer_by_pk(pk=intent.offer_id), at)


def _send(intent: ClaimIntent, offer: Offer, at: datetime) -> None:
    """Mail the link to the recipient whom the wish bound, or to the member whom it seated."""
    if offer.is_group:
        member = members_of(offer=offer).filter(email=intent.email, status__in=SEATED).first()
        if member is not None:
            notices.joined(offer, member, at=at)
    elif offer.is_bound and offer.recipient_email == intent.email:
        notices.claimed_by_link(offer, at=at)
