"""What members of a group do for themselves: decline, leave, claim their own share (incentives.md 5.4).

When somebody goes, the longest-standing Active member leads. When nobody with a place is left, an
offer that is still Offered waits for others: its link is open again, or the next invited person is
addressed. A conversation that has begun ends as the group's no, since there is nobody to go on with.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import Conflict
from incentives.choices import (
    JOINABLE,
    DistributionStatus,
    GroupMemberStatus,
    GroupRole,
    OfferStatus,
    Side,
)
from incentives.models import Distribution, GroupMember, Offer
from incentives.selectors.groups import invited_members, seated_members
from incentives.services import deliveries, notices, posts, seats, statuses
from incentives.services.actors import Actor
from incentives.services.statuses import NotAvailable, Payload
from incentives.words import groups as group_words

ACTIVE, CLAIMED, DECLINED, PENDING = (
    GroupMemberStatus.ACTIVE,
    GroupMemberStatus.CLAIMED,
    GroupMemberStatus.DECLINED,
    GroupMemberStatus.PENDING,
)
LEAVABLE = JOINABLE | {OfferStatus.APPROVED_CONFIRMED}


class NotLeavable(Conflict):
    """The member can no longer leave, or has left already."""

    code = "group_not_leavable"


def may_leave(offer: Offer, member: GroupMember) -> bool:
    """Tell whether the member may leave now: with a place, and until they claimed their share."""
    return member.status == ACTIVE and offer.status in LEAVABLE


def locked_member(member: GroupMember) -> tuple[Offer, GroupMember]:
    """Lock the member's offer, under which all of a group changes, and reload both."""
    assert member.offer is not None
    offer = statuses.lock(member.offer)
    fresh = GroupMember.objects.select_related("contact").get(pk=member.pk)
    fresh.offer = offer
    return offer, fresh


def decline(*, member: GroupMember, at: datetime) -> None:
    """Turn an invitation down; a place is never taken by it. Raises `NotLeavable` later on."""
    with transaction.atomic():
        offer, fresh = locked_member(member)
        if fresh.status != PENDING or not offer.is_joinable:
            raise NotLeavable("This invitation was answered already, or the group is closed.")
        was_lead = seats.vacate(fresh, DECLINED, at=at)
        posts.system_note(subject=offer, body="Somebody declined the invitation.", at=at)
        go_on_without(offer, fresh, was_lead=was_lead, at=at)


def leave(*, member: GroupMember, at: datetime) -> None:
    """Give one's place back; after Approved Confirmed one's Pending distribution becomes Failed.

    Raises `NotLeavable` for whoever claimed or was given their incentive, or has left already.
    """
    with transaction.atomic():
        offer, fresh = locked_member(member)
        if not may_leave(offer, fresh):
            raise NotLeavable("You can leave the group until you have claimed your incentive.")
        is_late = offer.status == OfferStatus.APPROVED_CONFIRMED
        if is_late:
            _withdraw(offer, fresh, at)
        was_lead = seats.vacate(fresh, DECLINED, at=at)
        if not is_late:
            cap, taken = offer.max_required_members or 0, len(seated_members(offer=offer))
            note = group_words.left(name=fresh.name, taken=taken, cap=cap)
            posts.system_note(subject=offer, body=note, at=at)
        go_on_without(offer, fresh, was_lead=was_lead, at=at)


def _withdraw(offer: Offer, member: GroupMember, at: datetime) -> None:
    """Record that the member's share is not delivered, and tell the provider (E04)."""
    given = Distribution.objects.filter(
        group_member=member, status=DistributionStatus.SUCCESS
    ).exists()
    if given:
        raise NotLeavable("You were given your incentive already, so you can no longer withdraw.")
    deliveries.fail_pending(
        subject=offer, member=member, reason="The member withdrew from the group.", at=at
    )
    note = group_words.withdrew(member.name)
    posts.system_note(subject=offer, body=note, at=at)
    event = f"member-{member.pk}-withdrew"
    notices.recipient_acted(offer, event=event, old_status=offer.status, text=note, at=at)


def go_on_without(offer: Offer, gone: GroupMember, *, was_lead: bool, at: datetime) -> None:
    """Hand the lead over, or see to an offer that has nobody with a place any more."""
    seated = seated_members(offer=offer)
    if seated:
        if was_lead:
            seats.promote(offer, seated[0], at=at)
            notices.leads(offer, seated[0], at=at)
        _claim_when_all_did(offer, seated, actor=_speaker(seated[0]), at=at)
        return
    if offer.status == OfferStatus.OFFERED:
        waiting = invited_members(offer=offer)
        if waiting:
            if was_lead:
                seats.promote(offer, waiting[0], at=at)
            return
        if offer.is_link:
            seats.unbind(offer)
            return
    statuses.transition(offer=offer, to=OfferStatus.REJECTED, actor=_speaker(gone), at=at)


def _speaker(member: GroupMember) -> Actor:
    """Speak for the whole group under the member's name."""
    return Actor(Side.RECIPIENT.value, member.name or group_words.SOMEBODY)


def claim(*, member: GroupMember, at: datetime) -> Offer:
    """Claim one's own share; with the last one the offer becomes Claimed (R23).

    Claiming again changes nothing. Raises `NotAvailable` outside of Approved Confirmed.
    """
    with transaction.atomic():
        offer, fresh = locked_member(member)
        if fresh.status == CLAIMED:
            return offer
        if fresh.status != ACTIVE or offer.status != OfferStatus.APPROVED_CONFIRMED:
            raise NotAvailable("There is nothing to claim now. Reload to see how the offer stands.")
        fresh.status, fresh.claimed_at = CLAIMED, at
        fresh.save(update_fields=["status", "claimed_at"])
        seated = seated_members(offer=offer)
        done = sum(other.status == CLAIMED for other in seated)
        note = group_words.claimed(name=fresh.name, claimed=done, taken=len(seated))
        posts.system_note(subject=offer, body=note, at=at)
        return _claim_when_all_did(offer, seated, actor=_speaker(fresh), at=at)


def _claim_when_all_did(
    offer: Offer, seated: list[GroupMember], *, actor: Actor, at: datetime
) -> Offer:
    """Set the offer to Claimed once every member with a place has claimed their share."""
    everybody = all(member.status == CLAIMED for member in seated)
    if offer.status != OfferStatus.APPROVED_CONFIRMED or not everybody:
        return offer
    return statuses.transition(
        offer=offer, to=OfferStatus.CLAIMED, actor=actor, payload=Payload(), at=at
    )


def is_lead(member: GroupMember) -> bool:
    """Tell whether the member answers for the group: leads it, and has a place."""
    return member.role == GroupRole.LEAD and member.status in {ACTIVE, CLAIMED}
