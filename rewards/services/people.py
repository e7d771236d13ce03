"""Who is concerned by an event, locked: its contact, and a referrer who may benefit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.prepared import prepared
from core.statements import columns, find, names, read
from directory.models import Contact, Organisation
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
    with prepared() as cursor:
        cursor.execute(_lock_sql(), [sorted(contact_ids)])
        return {row[0]: _contact(row) for row in cursor.fetchall()}


@lru_cache
def _lock_sql() -> str:
    return f"""
        SELECT {columns(Contact, "contact")}, {columns(Organisation, "business")}
        FROM directory_contact AS contact
        JOIN directory_organisation AS business ON business.id = contact.business_id
        WHERE contact.id = ANY(%s) ORDER BY contact.id FOR NO KEY UPDATE OF contact
    """  # noqa: S608 - names of columns alone


def _contact(row: Sequence[Any]) -> Contact:
    own = len(names(Contact))
    contact = read(Contact, row[:own])
    contact.business = read(Organisation, row[own:])
    return contact


def lock_people(contact: Contact | None) -> People:
    """Lock the contact, and their referrer where a referral waits for the first purchase."""
    if contact is None:
        return People()
    locked = lock_contacts([contact.pk])[contact.pk]
    # Asked under the lock of the contact: another purchase may just have been the first one.
    case = next(
        iter(
            find(
                ReferralCase,
                "WHERE referred_id = %s AND status = %s AND first_purchase_id IS NULL",
                [locked.pk, ReferralStatus.WAITING],
            )
        ),
        None,
    )
    if case is not None:
        case.referrer = lock_contacts([case.referrer_id])[case.referrer_id]
        case.referred = locked
    return People(locked, case)
