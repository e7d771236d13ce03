"""Contacts of a business: made and changed by staff, or found by an address somebody proved to own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from core import outbox
from core.codes import human_code
from core.errors import Conflict, Invalid, StaleVersion
from core.search import folded
from directory import people, search
from directory.choices import ContactSource, ContactState
from directory.models import (
    Contact,
    ContactEmail,
    NameDayRule,
    Organisation,
)
from directory.people import YearDay
from directory.services import contact_rows
from directory.services.contact_rows import AddressTaken, ContactData, EmailData, PhoneData

__all__ = [
    "AddressTaken",
    "ContactData",
    "EmailData",
    "NotAPerson",
    "PhoneData",
    "StateUnchanged",
    "TypeTwice",
    "create",
    "find_or_create_by_verified_address",
    "new_codes",
    "restore",
    "suggested_name_day",
    "terminate",
    "update",
]

CODE_ATTEMPTS = 5
REGISTERED = "directory.contact_registered"


class TypeTwice(Invalid):
    """A contact has at most one e-mail, phone and address of each type (rewards-classic.md 1.6)."""

    code = "type_twice"


class NotAPerson(Invalid):
    """Neither a name nor an address nor a number: there is nobody to keep."""

    code = "not_a_person"


class StateUnchanged(Conflict):
    """The contact is in that state already."""

    code = "state_unchanged"


def create(
    *,
    business: Organisation,
    data: ContactData,
    source: ContactSource = ContactSource.STAFF,
    at: datetime,
) -> Contact:
    """Add a contact, who is registered by that; raises `AddressTaken`, `TypeTwice` and `NotAPerson`.

    The apps above learn of it from the outbox. Imported contacts and those who answered an offer have
    not registered themselves, and nobody is told.
    """
    data = _checked(data)
    contact = Contact(
        business=business, source=source, registered_at=at, created_at=at, updated_at=at
    )
    with transaction.atomic():
        _write(contact, data, at=at)
        _insert_with_codes(contact)
        contact_rows.write(contact, data)
        outbox.record(
            topic=REGISTERED, key=f"contact:{contact.pk}", payload={"contact": contact.pk}, at=at
        )
    return contact


def update(*, contact: Contact, data: ContactData, version: int, at: datetime) -> Contact:
    """Replace what is known of the contact; raises `StaleVersion` when somebody saved since.

    An e-mail or number that stays keeps the moment at which it was verified; a changed one loses it.
    """
    data = _checked(data)
    with transaction.atomic():
        locked = Contact.objects.select_for_update().get(pk=contact.pk)
        if locked.version != version:
            raise StaleVersion(
                "Somebody saved this contact while you were editing it. Check the newer one below."
            )
        _write(locked, data, at=at)
        locked.version += 1
        locked.updated_at = at
        locked.save()
        contact_rows.write(locked, data)
    return locked


def terminate(*, contact: Contact, at: datetime) -> Contact:
    """End the relation: the contact gets nothing new; what was given stays."""
    return _set_state(contact, ContactState.TERMINATED, at=at)


def restore(*, contact: Contact, at: datetime) -> Contact:
    """Make a terminated contact active again."""
    return _set_state(contact, ContactState.EFFECTIVE, at=at)


def find_or_create_by_verified_address(
    *, business: Organisation, address: str, name: str = "", at: datetime
) -> Contact:
    """Return the business's contact with that e-mail address, whose owner has just proved it.

    A new contact is made where there is none (decision D4); an existing one keeps its own name. The
    address counts as verified from `at` on, unless it was before. Two callers at once get the same
    contact: the unique index decides, and the second one finds the first one's.
    """
    address = people.normal_email(address)
    found = contact_rows.by_address(business, address)
    if found is None:
        try:
            with transaction.atomic():
                first, last = people.split_name(name)
                data = ContactData(
                    first_name=first[:80],
                    last_name=last[:80],
                    emails=[EmailData(address=address, is_primary=True)],
                )
                contact = create(business=business, data=data, source=ContactSource.OFFER, at=at)
        except AddressTaken:
            found = contact_rows.by_address(business, address)
            assert found is not None
        else:
            contact.emails.update(verified_at=at)
            return contact
    if found.verified_at is None:
        ContactEmail.objects.filter(pk=found.pk).update(verified_at=at)
    return found.contact


def suggested_name_day(*, business: Organisation, first_name: str) -> YearDay | None:
    """Return the name day that the business's calendar gives the first name, if any."""
    rules = NameDayRule.objects.filter(business=business).order_by("month", "day")
    return people.name_day_for(first_name, rules.values_list("month", "day", "names"))


def new_codes() -> dict[str, str]:
    """Return a contact's code and referral code; the database keeps them unique."""
    return {"code": f"C-{human_code(6)}", "referral_code": human_code(8)}


def _checked(data: ContactData) -> ContactData:
    """Return the data with normal addresses and one primary e-mail; raises what is wrong with it."""
    emails = [replace(one, address=people.normal_email(one.address)) for one in data.emails]
    for label, rows in (("e-mail", emails), ("phone", data.phones)):
        _one_of_each(label, [row.type for row in rows])
    _one_of_each("address", [row["type"] for row in data.addresses])
    if emails and sum(one.is_primary for one in emails) != 1:
        first = next((n for n, one in enumerate(emails) if one.is_primary), 0)
        emails = [replace(one, is_primary=n == first) for n, one in enumerate(emails)]
    if not (data.first_name or data.last_name or emails or data.phones):
        raise NotAPerson("Give at least a name, an e-mail address or a phone number.")
    return replace(data, emails=emails)


def _one_of_each(label: str, types: Sequence[str]) -> None:
    if len(types) != len(set(types)):
        raise TypeTwice(f"Give at most one {label} of each type.")


def _write(contact: Contact, data: ContactData, *, at: datetime) -> None:
    """Set the contact's own columns from the data."""
    for name in ("first_name", "middle_name", "last_name", "gender", "language", "notes"):
        setattr(contact, name, getattr(data, name))
    born, name_day = data.born, data.name_day
    contact.birth_year = born.year if born else None
    contact.birth_month = born.month if born else None
    contact.birth_day = born.day if born else None
    contact.name_day_month = name_day.month if name_day else None
    contact.name_day_day = name_day.day if name_day else None
    contact.tags = sorted(set(data.tags))
    if not data.marketing_consent:
        contact.marketing_consent_at = None
    elif contact.marketing_consent_at is None:
        contact.marketing_consent_at = at
    contact.search_text = _search_text(contact, data)


def _search_text(contact: Contact, data: ContactData) -> str:
    region = contact.business.country
    numbers = [people.e164(one.number, one.country or region) or one.number for one in data.phones]
    return search.contact_text(
        names=(contact.first_name, contact.middle_name, contact.last_name),
        code=contact.code,
        addresses=[*(one.address for one in data.emails), *numbers],
    )


def _insert_with_codes(contact: Contact) -> None:
    """Insert the contact with codes of its own; a code that is taken is drawn again."""
    words = contact.search_text
    for attempt in range(CODE_ATTEMPTS):
        codes = new_codes()
        contact.code, contact.referral_code = codes["code"], codes["referral_code"]
        contact.search_text = folded(f"{words} {contact.code}").strip()
        try:
            with transaction.atomic():
                contact.save(force_insert=True)
        except IntegrityError:
            if attempt == CODE_ATTEMPTS - 1:
                raise
            contact.pk = None
        else:
            return


def _set_state(contact: Contact, state: ContactState, *, at: datetime) -> Contact:
    """Move the contact to the other state, once; raises `StateUnchanged` for whom was second."""
    changed = (
        Contact.objects.filter(pk=contact.pk)
        .exclude(state=state)
        .update(state=state, updated_at=at, version=F("version") + 1)
    )
    if not changed:
        raise StateUnchanged(f"{contact} is {state.label.lower()} already.")
    contact.refresh_from_db()
    return contact
