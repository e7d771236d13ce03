"""Who is concerned by an event, locked: its contact, and a referrer who may benefit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from directory.models import Contact
from rewards.choices import ReferralStatus
from rewards.models import ReferralCase


@dataclass(frozen=True, slots=True)
class People:
    """The locked contact of an event, and the referral that waits for their first purchase."""

    contact: Contact | None = None
    case: ReferralCase | None = None

    def all(self) -> list[Contact]:
        referrer = [self.case.referrer] if self.case else []
        return [self.contact, *referrer] if self.contact else []


def lock_contacts(contact_ids: Collection[int]) -> dict[int, Contact]:
    """Lock the contacts in ascending order and return them by key, with their business."""
    rows = (
        Contact.objects.select_for_update(of=("self",), no_key=True)
        .select_related("business__wallet_settings")
        .filter(pk__in=contact_ids)
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def lock_people(contact: Contact | None) -> People:
    """Lock the contact, and their referrer where a referral waits for the first purchase."""
    if contact is None:
        return People()
    locked = lock_contacts([contact.pk])[contact.pk]
    case = ReferralCase.objects.filter(
        referred=locked, status=ReferralStatus.WAITING, first_purchase__isnull=True
    ).first()
    if case is not None:
        case.referrer = lock_contacts([case.referrer_id])[case.referrer_id]
        case.referred = locked
    return People(locked, case)
