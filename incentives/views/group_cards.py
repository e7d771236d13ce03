"""What a group's own pages show of it: how full it is, who is in it, what comes next (5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from incentives.choices import GroupMemberStatus, GroupRole, Side
from incentives.models import GroupMember, Offer
from incentives.selectors import next_step
from incentives.selectors.groups import seated_members, seats_taken
from incentives.services import memberships
from incentives.words import groups as group_words
from incentives.words.groups import Place

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fellow:
    """A member as the others see them: first name, masked address, part in the group."""

    name: str
    address: str
    is_lead: bool
    is_me: bool
    has_claimed: bool


def fullness(offer: Offer, taken: int | None = None) -> dict[str, Any]:
    """Return how many places of how many are taken, in numbers and words."""
    cap = offer.max_required_members or 0
    count = seats_taken(offer=offer) if taken is None else taken
    return {
        "taken": count,
        "cap": cap,
        "is_full": count >= cap,
        "places": group_words.places(count, cap),
    }


def member_context(member: GroupMember) -> dict[str, Any]:
    """Return what the page of a member with a place shows besides the offer itself."""
    offer = member.offer
    assert offer is not None
    seated = seated_members(offer=offer)
    place = _place(offer, member, seated)
    full = fullness(offer, len(seated))
    is_open = offer.is_link and offer.is_joinable and not full["is_full"]
    return {
        **full,
        "member": member,
        "place": place,
        "fellows": [_fellow(other, member) for other in seated[:SHOWN]],
        "more_fellows": max(0, len(seated) - SHOWN),
        "share_url": _share_url(offer) if is_open else "",
        "may_leave": memberships.may_leave(offer, member),
        "for_address": member.email,
        "next_step": group_words.next_step(place) or next_step(offer, Side.RECIPIENT),
        "state": group_words.state_words(
            status=offer.status, set_by=offer.status_set_by, provider=offer.business.name
        ),
    }


def _place(offer: Offer, member: GroupMember, seated: list[GroupMember]) -> Place:
    lead = next((other for other in seated if other.role == GroupRole.LEAD), None)
    return Place(
        status=offer.status,
        set_by=offer.status_set_by,
        is_lead=memberships.is_lead(member),
        lead=group_words.first_name(lead.name) if lead else "The lead",
        taken=len(seated),
        cap=offer.max_required_members or 0,
        claimed=sum(other.status == GroupMemberStatus.CLAIMED for other in seated),
        has_claimed=member.status == GroupMemberStatus.CLAIMED,
    )


def _fellow(other: GroupMember, reader: GroupMember) -> Fellow:
    is_me = other.pk == reader.pk
    return Fellow(
        name=group_words.first_name(other.name),
        address=other.email if is_me else group_words.masked(other.email),
        is_lead=other.role == GroupRole.LEAD,
        is_me=is_me,
        has_claimed=other.status == GroupMemberStatus.CLAIMED,
    )


def _share_url(offer: Offer) -> str:
    """Return the link by which others join, built from the configured site address."""
    return f"{settings.SITE_URL}{reverse('offer_link', args=[offer.link_slug])}"
