"""Joining a group offer: places are given under a lock, the first to join leads (incentives.md 5.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import Conflict
from incentives.choices import GroupMemberStatus, GroupRole, OfferStatus
from incentives.models import GroupMember, Offer
from incentives.selectors import members_of
from incentives.services import notices, posts, statuses

JOINABLE = frozenset(
    {
        OfferStatus.OFFERED,
        OfferStatus.NEEDS_INFO,
        OfferStatus.INFO_PROVIDED,
        OfferStatus.COUNTER,
        OfferStatus.APPROVED,
        OfferStatus.PRE_CLAIMED,
        OfferStatus.PARTIAL_GRANTED,
        OfferStatus.REQUIRES_REVISION,
    }
)
SEATED = (GroupMemberStatus.ACTIVE, GroupMemberStatus.CLAIMED)


class GroupClosed(Conflict):
    """The group takes no more members."""

    code = "group_closed"


class GroupFull(GroupClosed):
    """The last place was given."""

    code = "group_full"


def join(*, offer: Offer, email: str, name: str, at: datetime) -> GroupMember:
    """Seat the verified person in the group and return their membership.

    The offer's row is locked, so the last place goes to exactly one. The first to be seated leads,
    unless a lead was invited by e-mail. Joining again changes nothing.
    """
    email = email.strip().lower()
    with transaction.atomic():
        locked = statuses.lock(offer)
        if not locked.is_group or locked.status not in JOINABLE:
            raise GroupClosed("This group takes no more members.")
        members = {member.email: member for member in members_of(offer=locked)}
        seated = [member for member in members.values() if member.status in SEATED]
        known = members.get(email)
        if known is not None and known.status in SEATED:
            return known
        cap = locked.max_required_members or 0
        if len(seated) >= cap:
            raise GroupFull("All places are taken.")
        contact = posts.contact_of(locked, address=email, name=name, at=at)
        member = known or GroupMember(offer=locked, email=email, invited_at=at)
        member.name, member.contact = name.strip() or member.name, contact
        member.status, member.verified_at = GroupMemberStatus.ACTIVE, at
        if not any(other.role == GroupRole.LEAD for other in members.values()):
            member.role = GroupRole.LEAD
        member.save()
        if member.role == GroupRole.LEAD:
            _bind_lead(locked, member, at)
        if len(seated) + 1 == cap:
            notices.group_full(locked, at=at)
    return member


def _bind_lead(offer: Offer, lead: GroupMember, at: datetime) -> None:
    """The lead answers for the group, so the lead is the offer's recipient."""
    Offer.objects.filter(pk=offer.pk).update(
        recipient_email=lead.email,
        recipient_name=lead.name,
        recipient_verified_at=at,
        contact=lead.contact,
    )
    offer.recipient_email, offer.recipient_name = lead.email, lead.name
    offer.recipient_verified_at, offer.contact = at, lead.contact
