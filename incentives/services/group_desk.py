"""What the provider does with the members of a group, before it is confirmed (incentives.md 2.7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.errors import Conflict
from incentives.choices import GroupMemberStatus, GroupRole, OfferStatus
from incentives.models import GroupMember, Offer
from incentives.selectors.groups import invited_members, seated_members
from incentives.services import notices, posts, seats
from incentives.services.actors import Actor
from incentives.services.memberships import go_on_without, locked_member

ACTIVE, PENDING = GroupMemberStatus.ACTIVE, GroupMemberStatus.PENDING


class NotPossible(Conflict):
    """The member's status, or the offer's, does not allow the act now."""

    code = "group_act_not_possible"


def acts_on(offer: Offer, member: GroupMember) -> frozenset[str]:
    """Return what may be done with the member now: "resend", "remove", "make_lead"."""
    acts: set[str] = set()
    if offer.is_joinable and member.status == PENDING:
        acts |= {"resend", "remove"}
    if offer.is_joinable and member.status == ACTIVE:
        acts.add("remove")
        if member.role != GroupRole.LEAD:
            acts.add("make_lead")
    return frozenset(acts)


def _require(act: str, offer: Offer, member: GroupMember) -> None:
    if act not in acts_on(offer, member):
        raise NotPossible(
            "That is not possible with this member now. Reload the list to see what is."
        )


def resend(*, member: GroupMember, actor: Actor, at: datetime) -> None:
    """Send the invitation once more (E01); the link in the earlier one stops working."""
    with transaction.atomic():
        offer, fresh = locked_member(member)
        _require("resend", offer, fresh)
        over = offer.expires_at is None or offer.expires_at <= at
        if offer.status == OfferStatus.OFFERED and over:
            raise NotPossible("The time to answer has passed. Offer it again with a new end.")
        notices.invited(offer, fresh, at=at)
        posts.system_note(subject=offer, body=f"{actor.name} sent an invitation again.", at=at)


def remove(*, member: GroupMember, actor: Actor, at: datetime) -> None:
    """Take somebody out of the group and tell them; a lead's part goes to the longest-standing.

    Refused when nobody would be left to talk to: then the offer itself is to be cancelled.
    """
    with transaction.atomic():
        offer, fresh = locked_member(member)
        _require("remove", offer, fresh)
        _refuse_emptying(offer, fresh)
        was_lead = seats.vacate(fresh, GroupMemberStatus.REMOVED, at=at)
        posts.system_note(
            subject=offer, body=f"{actor.name} removed a member from the group.", at=at
        )
        notices.removed(offer, fresh, at=at)
        go_on_without(offer, fresh, was_lead=was_lead, at=at)


def _refuse_emptying(offer: Offer, member: GroupMember) -> None:
    if offer.status == OfferStatus.OFFERED and offer.is_link:
        return
    others = {row.pk for row in seated_members(offer=offer)}
    if offer.status == OfferStatus.OFFERED:
        others |= {row.pk for row in invited_members(offer=offer)}
    if not others - {member.pk}:
        raise NotPossible(
            "Nobody would be left to talk to. Cancel the offer if you do not want to go on."
        )


def make_lead(*, member: GroupMember, actor: Actor, at: datetime) -> None:
    """Let another Active member answer for the group, and tell them."""
    with transaction.atomic():
        offer, fresh = locked_member(member)
        _require("make_lead", offer, fresh)
        seats.promote(offer, fresh, at=at)
        notices.leads(offer, fresh, at=at)
