"""The offers of one contact, for the recipients' portal (decision D5)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.errors import NotFound
from directory.models import Contact, ContactEmail
from incentives.choices import OfferStatus, OfferType
from incentives.models import Offer


def offers_of_contact(*, contact: Contact) -> QuerySet[Offer]:
    """Return what the business offered the contact, or an address of theirs that is verified.

    Groups are left out: their members have links of their own, each for one place.
    """
    addresses = ContactEmail.objects.filter(contact=contact, verified_at__isnull=False)
    return (
        Offer.objects.filter(
            Q(contact=contact)
            | Q(contact__isnull=True, recipient_email__in=addresses.values("address")),
            business=contact.business_id,
            offer_type=OfferType.SINGLE,
        )
        .exclude(status__in=[OfferStatus.DRAFT, OfferStatus.CANCELLED])
        .select_related("business__provider_profile", "program__product_service", "terms")
    )


def offer_of_contact(*, contact: Contact, pk: int) -> Offer:
    """Return one of the contact's own offers, or raise `NotFound`."""
    found = offers_of_contact(contact=contact).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such offer among yours.")
    return found
