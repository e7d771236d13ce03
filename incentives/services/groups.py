"""Joining a group offer: places are given under a lock, the first to join leads (incentives.md 5.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import Conflict, Invalid
from incentives.choices import SEATED, GroupMemberStatus, GroupRole, OfferStatus
from incentives.models import GroupMember, Offer
from incentives.selectors.groups import member_of, seats_taken, standing
from incentives.services import notices, posts, seats, statuses, visitors
from incentives.words import groups as group_words


class GroupClosed(Conflict):
    """The group takes no more members."""

    code = "group_closed"
    heading = "This group takes no more members"


class GroupFull(GroupClosed):
    """The last place was given."""

    code = "group_full"
    heading = "All places are taken"


def refuse_unjoinable(offer: Offer, *, at: datetime) -> None:
    """Raise `GroupClosed` or `GroupFull` unless somebody can join now.

    A page that asks this without the lock may be told otherwise when its form is sent.
    """
    _refuse_closed(offer, at)
    _refuse_full(offer, seats_taken(offer=offer))


def _refuse_closed(offer: Offer, at: datetime) -> None:
    late = (
        offer.status == OfferStatus.OFFERED
        and offer.expires_at is not None
        and at >= offer.expires_at
    )
    if not offer.is_joinable or late:
        raise GroupClosed("This group takes no more members. Ask its lead or the provider.")


def _refuse_full(offer: Offer, taken: int) -> None:
    if taken >= (offer.max_required_members or 0):
        raise GroupFull("All places are taken. Ask the provider whether there will be another.")


def join(*, offer: Offer, email: str, name: str, at: datetime) -> GroupMember:
    """Seat the verified person in the group and return their membership.

    The offer's row is locked, so the last place goes to exactly one; who comes too late meets
    `GroupFull`. The first to be seated leads, unless somebody invited by e-mail does. Joining again
    changes nothing. The vendor's own addresses and people whom the provider removed meet
    `NotForYou`.
    """
    email = email.strip().lower()
    with transaction.atomic():
        locked = statuses.lock(offer)
        group = standing(offer=locked, email=email)
        known = member_of(offer=locked, pk=group.known) if group.known is not None else None
        if known is not None and known.status in SEATED:
            return known
        _refuse_closed(locked, at)
        _refuse_full(locked, group.taken)
        visitors.refuse_own_address(business_id=locked.business_id, email=email)
        if known is not None and known.status == GroupMemberStatus.REMOVED:
            raise visitors.NotForYou("This offer cannot be claimed with this address.")
        member = known or GroupMember(offer=locked, email=email, invited_at=at)
        _seat(locked, member, name=name, at=at)
        if not group.has_lead:
            member.role = GroupRole.LEAD
        member.save()
        _tell(locked, member, group.taken + 1, at)
    return member


def accept_invitation(*, member: GroupMember, name: str, at: datetime) -> GroupMember:
    """Seat somebody who was invited by e-mail; the others shall know them by a name (*Join*)."""
    if not name.strip() and not member.name:
        raise Invalid("Enter your name.", fields={"name": "Enter your name."})
    assert member.offer is not None
    return join(offer=member.offer, email=member.email, name=name, at=at)


def _seat(offer: Offer, member: GroupMember, *, name: str, at: datetime) -> None:
    member.name = name.strip() or member.name
    member.contact = posts.contact_of(offer, address=member.email, name=member.name, at=at)
    member.status, member.verified_at, member.left_at = GroupMemberStatus.ACTIVE, at, None


def _tell(offer: Offer, member: GroupMember, taken: int, at: datetime) -> None:
    """Bind a new lead, note the joining in the thread, and send E12 for the last place."""
    cap, leads = offer.max_required_members or 0, member.role == GroupRole.LEAD
    if leads:
        seats.bind_lead(offer, member, at=at)
    note = group_words.joined(name=member.name, taken=taken, cap=cap, leads=leads)
    posts.system_note(subject=offer, body=note, at=at)
    if taken == cap:
        notices.group_full(offer, at=at)
