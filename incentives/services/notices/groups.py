"""E-mails to the members of a group (incentives.md 5.4, 5.6): each carries a link of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from core import tokens
from core.models import LinkToken
from incentives.models import GroupMember, Offer
from incentives.selectors.groups import invited_members, lead_of, seated_members
from incentives.services.notices.base import (
    ACCESS_LIFETIME,
    post_mail,
    reference_of_member,
)
from incentives.services.notices.providers import provider_addresses
from incentives.words import groups as group_words


def invitation_token(member: GroupMember, offer: Offer, *, at: datetime) -> LinkToken:
    """Replace the member's invitation by a fresh one that lives until the offer expires."""
    assert offer.expires_at is not None
    subject = reference_of_member(member)
    tokens.revoke(subject=subject, purposes=["member"], at=at)
    return tokens.issue(
        purpose="member",
        subject=subject,
        address=member.email,
        at=at,
        expires_at=max(offer.expires_at, at + ACCESS_LIFETIME)
        if offer.recipient_has_moved
        else offer.expires_at,
    )


def member_access(member: GroupMember, *, at: datetime) -> LinkToken:
    """Make the token of a later mail to the member: 30 days, many uses."""
    return tokens.issue(
        purpose="access",
        subject=reference_of_member(member),
        address=member.email,
        at=at,
        expires_at=at + ACCESS_LIFETIME,
    )


def invited(offer: Offer, member: GroupMember, *, at: datetime) -> None:
    """E01 of a group: what is offered, and the way to the page with *Join* and *Decline*."""
    token = invitation_token(member, offer, at=at)
    post_mail(
        offer,
        kind="E01",
        template="e01_group",
        event=f"token-{token.pk}",
        to=member.email,
        at=at,
        link=reverse("offer_claim"),
        token=token,
        recipient_name=member.name,
        cap=offer.max_required_members or 0,
        has_joined=member.verified_at is not None,
    )


def offered_to_group(offer: Offer, *, at: datetime) -> None:
    """E01 to each who was invited or has a place."""
    for member in [*seated_members(offer=offer), *invited_members(offer=offer)]:
        invited(offer, member, at=at)


def reminded(offer: Offer, *, at: datetime) -> None:
    """E09 to each who has not joined yet, and to the lead, who answers."""
    assert offer.expires_at is not None
    lead = lead_of(offer=offer)
    waiting = invited_members(offer=offer)
    for member in [*([lead] if lead and lead not in waiting else []), *waiting]:
        token = tokens.issue(
            purpose="member",
            subject=reference_of_member(member),
            address=member.email,
            at=at,
            expires_at=offer.expires_at,
        )
        post_mail(
            offer,
            kind="E09",
            template="e09_reminder",
            event=f"{offer.pk}-until-{offer.expires_at:%Y%m%d%H%M%S}",
            to=member.email,
            at=at,
            link=reverse("offer_claim"),
            token=token,
            recipient_name=member.name,
        )


def joined(offer: Offer, member: GroupMember, *, at: datetime) -> str:
    """E03 of a group: the link to one's own page of it; returns the link's secret."""
    token = member_access(member, at=at)
    post_mail(
        offer,
        kind="E03",
        template="e03_group",
        event=f"token-{token.pk}",
        to=member.email,
        at=at,
        link=reverse("offer_claim"),
        token=token,
        recipient_name=member.name,
        leads=member.role == "lead",
    )
    return tokens.secret_of(token)


def leads(offer: Offer, member: GroupMember, *, at: datetime) -> None:
    """Tell a member that they answer for the group from now on."""
    token = member_access(member, at=at)
    post_mail(
        offer,
        kind="group-lead",
        template="group_lead",
        event=f"token-{token.pk}",
        to=member.email,
        at=at,
        link=reverse("offer_claim"),
        token=token,
        recipient_name=member.name,
    )


def removed(offer: Offer, member: GroupMember, *, at: datetime) -> None:
    """Tell somebody that the provider took them out of the group."""
    post_mail(
        offer,
        kind="group-removed",
        template="group_removed",
        event=f"member-{member.pk}-{at:%Y%m%d%H%M%S%f}",
        to=member.email,
        at=at,
        recipient_name=member.name,
    )


def confirmed_to_group(offer: Offer, *, event: str, at: datetime) -> None:
    """E06 to each Active member, each with a link of their own."""
    for member in seated_members(offer=offer):
        post_mail(
            offer,
            kind="E06",
            template="e06_confirmed",
            event=event,
            to=member.email,
            at=at,
            link=reverse("offer_claim"),
            token=member_access(member, at=at),
            recipient_name=member.name,
            next_step="Press “Claim my incentive” when you are ready to receive yours.",
        )


def cancelled_to_group(offer: Offer, *, event: str, text: str, at: datetime) -> None:
    """E13 to everybody who was invited or has a place."""
    for member in [*seated_members(offer=offer), *invited_members(offer=offer)]:
        post_mail(
            offer,
            kind="E13",
            template="e13_cancelled",
            event=event,
            to=member.email,
            at=at,
            recipient_name=member.name,
            text=text,
        )


def group_full(offer: Offer, *, at: datetime) -> None:
    """E12: all places are taken; to the lead and the provider."""
    cap = offer.max_required_members or 0
    event = f"offer-{offer.pk}-{at:%Y%m%d%H%M%S%f}"
    shared: dict[str, Any] = {"cap": cap, "places": group_words.places(cap, cap)}
    lead = lead_of(offer=offer)
    if lead is not None:
        post_mail(
            offer,
            kind="E12",
            template="e12_group_full",
            event=event,
            to=lead.email,
            at=at,
            link=reverse("offer_claim"),
            token=member_access(lead, at=at),
            recipient_name=lead.name,
            to_lead=True,
            **shared,
        )
    for address in provider_addresses(offer):
        post_mail(
            offer,
            kind="E12",
            template="e12_group_full",
            event=event,
            to=address,
            at=at,
            link=reverse("offer_members", args=[offer.pk]),
            to_lead=False,
            **shared,
        )
