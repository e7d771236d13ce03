"""Reading the members of group offers (incentives.md 3.6, 5.4)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from core.errors import NotFound
from incentives.choices import SEATED, GroupMemberStatus, GroupRole
from incentives.models import Distribution, GroupMember, Offer, Subject

PENDING = GroupMemberStatus.PENDING


def seats_taken(*, offer: Subject) -> int:
    """Return how many places of the group are taken, be it of an offer or of a request."""
    return offer.members.filter(status__in=SEATED).count()


@dataclass(frozen=True, slots=True)
class Standing:
    """How full a group is, whether somebody leads it, and the row of one address, if it has one."""

    taken: int
    has_lead: bool
    known: int | None


def standing(*, offer: Offer, email: str) -> Standing:
    """Return how the group stands towards an address, in one row however many members it has."""
    lead = Q(role=GroupRole.LEAD, status__in=[*SEATED, PENDING])
    found = GroupMember.objects.filter(offer=offer).aggregate(
        taken=Count("pk", filter=Q(status__in=SEATED)),
        leads=Count("pk", filter=lead),
        known=Max("pk", filter=Q(email=email)),
    )
    return Standing(found["taken"], found["leads"] > 0, found["known"])


def seated_members(*, offer: Offer) -> list[GroupMember]:
    """Return who holds a place, the longest-standing first."""
    rows = GroupMember.objects.filter(offer=offer, status__in=SEATED)
    return list(rows.select_related("contact").order_by("verified_at", "pk"))


def invited_members(*, offer: Offer) -> list[GroupMember]:
    """Return who was invited and has not joined yet, in the order of the invitation."""
    rows = GroupMember.objects.filter(offer=offer, status=PENDING)
    return list(rows.select_related("contact").order_by("invited_at", "pk"))


def lead_of(*, offer: Offer) -> GroupMember | None:
    """Return who answers for the group, or is invited to; nobody leads an empty group."""
    rows = GroupMember.objects.filter(offer=offer, role=GroupRole.LEAD)
    return rows.filter(status__in=[*SEATED, PENDING]).order_by("pk").first()


def member_by_pk(*, pk: int) -> GroupMember | None:
    """Return a member of a group offer that a token named; never use it with a provider's id."""
    return GroupMember.objects.filter(pk=pk, offer__isnull=False).select_related("contact").first()


def member_of(*, offer: Offer, pk: int) -> GroupMember:
    """Return one member of the offer; another offer's id raises `NotFound`."""
    found = GroupMember.objects.filter(offer=offer, pk=pk).select_related("contact").first()
    if found is None:
        raise NotFound("There is no such member.")
    return found


def members_listed(*, offer: Offer) -> QuerySet[GroupMember]:
    """Return everybody who was ever invited or joined, with the state of their distribution."""
    outcome = Distribution.objects.filter(group_member=OuterRef("pk")).values("status")[:1]
    rows = GroupMember.objects.filter(offer=offer).select_related("offer")
    return rows.annotate(distribution_status=Subquery(outcome))
