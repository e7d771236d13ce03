"""Who leads a group, and who its offer is for (incentives.md 5.4).

The caller holds the lock of the offer's row, under which all of a group's places are given and left.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from incentives.choices import GroupMemberStatus, GroupRole
from incentives.models import GroupMember, Offer
from incentives.services import posts
from incentives.words import groups as group_words


def bind_lead(offer: Offer, lead: GroupMember, *, at: datetime) -> None:
    """Make the lead the offer's recipient; an invited one is addressed, not yet verified."""
    verified = at if lead.verified_at is not None else None
    _set_recipient(offer, lead.email, lead.name, verified, lead)


def unbind(offer: Offer) -> None:
    """Leave the offer without a recipient: the next to join its link leads."""
    _set_recipient(offer, "", "", None, None)


def _set_recipient(
    offer: Offer, email: str, name: str, verified_at: datetime | None, lead: GroupMember | None
) -> None:
    offer.recipient_email, offer.recipient_name = email, name
    offer.recipient_verified_at = verified_at
    offer.contact = lead.contact if lead else None
    # Whoever has a form of this offer open looks again: somebody else answers for it now.
    Offer.objects.filter(pk=offer.pk).update(
        recipient_email=email,
        recipient_name=name,
        recipient_verified_at=verified_at,
        contact=offer.contact,
        version=F("version") + 1,
    )
    offer.version += 1


def promote(offer: Offer, heir: GroupMember, *, at: datetime) -> None:
    """Let the member lead in place of whoever does, and say so in the thread."""
    GroupMember.objects.filter(offer=offer, role=GroupRole.LEAD).update(role=GroupRole.MEMBER)
    heir.role = GroupRole.LEAD
    heir.save(update_fields=["role"])
    bind_lead(offer, heir, at=at)
    if heir.status != GroupMemberStatus.PENDING:
        posts.system_note(subject=offer, body=group_words.leads_now(heir.name), at=at)


def vacate(member: GroupMember, status: GroupMemberStatus, *, at: datetime) -> bool:
    """Take the member out of the group and tell whether they led it."""
    was_lead = member.role == GroupRole.LEAD
    member.status, member.role, member.left_at = status, GroupRole.MEMBER, at
    member.save(update_fields=["status", "role", "left_at"])
    return was_lead


def close(offer: Offer, *, at: datetime) -> None:
    """Close the group to joiners: whoever is still only invited is removed (P22)."""
    waiting = GroupMember.objects.filter(offer=offer, status=GroupMemberStatus.PENDING)
    waiting.update(status=GroupMemberStatus.REMOVED, left_at=at)
