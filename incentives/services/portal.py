"""From the recipients' portal to the page of an offer (decision D5)."""

from __future__ import annotations

from datetime import datetime

from core import tokens
from incentives.models import GroupMember, Offer
from incentives.services.notices import base, groups


def open_offer(*, offer: Offer, at: datetime) -> str:
    """Return the secret of a new link to the offer, as its later mails carry it."""
    return tokens.secret_of(base.access_token(offer, at=at))


def open_place(*, member: GroupMember, at: datetime) -> str:
    """Return the secret of a new link to the member's own page of a group's offer.

    Who has not joined yet gets an invitation; the one that was mailed goes on working.
    """
    offer = member.offer
    assert offer is not None
    if not member.is_invited or offer.expires_at is None or offer.expires_at <= at:
        return tokens.secret_of(groups.member_access(member, at=at))
    token = tokens.issue(
        purpose="member",
        subject=base.reference_of_member(member),
        address=member.email,
        at=at,
        expires_at=offer.expires_at,
    )
    return tokens.secret_of(token)
