"""The offers of one contact, for the recipients' portal (decision D5)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.errors import NotFound
from directory.models import Contact, ContactEmail
from incentives.choices import (
    SEATED,
    GroupMemberStatus,
    GroupRole,
    OfferStatus,
    OfferType,
    Side,
)
from incentives.models import GroupMember, Offer


def offers_of_contact(*, contact: Contact) -> QuerySet[Offer]:
    """Return what the business offered the contact, or an address of theirs that is verified.

    Groups are left out: `places_of_contact` has the contact's place in each.
    """
    return (
        Offer.objects.filter(
            Q(contact=contact)
            | Q(contact__isnull=True, recipient_email__in=_addresses_of(contact)),
            business=contact.business_id,
            offer_type=OfferType.SINGLE,
        )
        .exclude(status__in=[OfferStatus.DRAFT, OfferStatus.CANCELLED])
        .select_related("business__provider_profile", "program__product_service", "terms")
    )


def places_of_contact(*, contact: Contact) -> QuerySet[GroupMember]:
    """Return the contact's places in group offers, and the invitations to take one."""
    return (
        GroupMember.objects.filter(
            Q(contact=contact) | Q(contact__isnull=True, email__in=_addresses_of(contact)),
            status__in=[*SEATED, GroupMemberStatus.PENDING],
            offer__business=contact.business_id,
        )
        .exclude(offer__status__in=[OfferStatus.DRAFT, OfferStatus.CANCELLED])
        .select_related(
            "offer__business__provider_profile", "offer__program__product_service", "offer__terms"
        )
    )


def place_of_contact(*, contact: Contact, pk: int) -> GroupMember:
    """Return one of the contact's own places, or raise `NotFound`."""
    found = places_of_contact(contact=contact).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such offer among yours.")
    return found


def waits_for_member(member: GroupMember) -> bool:
    """Tell whether the group's offer waits for this member: to join, to answer, or to claim."""
    offer = member.offer
    assert offer is not None
    if offer.status == OfferStatus.APPROVED_CONFIRMED:
        return member.status == GroupMemberStatus.ACTIVE
    if offer.waits_for != Side.RECIPIENT:
        return False
    return member.is_invited or member.role == GroupRole.LEAD


def _addresses_of(contact: Contact) -> QuerySet[ContactEmail, str]:
    rows = ContactEmail.objects.filter(contact=contact, verified_at__isnull=False)
    return rows.values_list("address", flat=True)


def offer_of_contact(*, contact: Contact, pk: int) -> Offer:
    """Return one of the contact's own offers, or raise `NotFound`."""
    found = offers_of_contact(contact=contact).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such offer among yours.")
    return found
