"""Contacts of a business: made and changed by staff, or found by an address somebody proved to own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from core.codes import human_code
from core.errors import Conflict, Invalid, StaleVersion
from directory import people, search
from directory.choices import ContactSource, ContactState, EmailType
from directory.models import (
    Contact,
    ContactEmail,
    NameDayRule,
    Organisation,
)
from directory.people import YearDay

CODE_ATTEMPTS = 5


class AddressTaken(Invalid):
    """An e-mail address names at most one contact of a business."""

    code = "address_taken"

    def __init__(self, address: str) -> None:
        sentence = f"{address} belongs to another contact of yours."
        super().__init__(sentence, fields={"emails": sentence})
        self.address = address


class TypeTwice(Invalid):
    """A contact has at most one e-mail, phone and address of each type (rewards-classic.md 1.6)."""

    code = "type_twice"


class NotAPerson(Invalid):
    """Neither a name nor an address nor a number: there is nobody to keep."""

    code = "not_a_person"


class StateUnchanged(Conflict):
    """The contact is in that state already."""

    code = "state_unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailData:
    address: str
    type: str = EmailType.PERSONAL
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneData:
    number: str
    type: str
    country: str = ""
    area_code: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactData:
    """A contact as staff or a machine describe it; `addresses` are columns of `ContactAddress`."""

    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    gender: str = ""
    born: YearDay | None = None
    name_day: YearDay | None = None
    language: str = ""
    tags: Sequence[str] = ()
    notes: str = ""
    marketing_consent: bool = False
    emails: Sequence[EmailData] = ()
    phones: Sequence[PhoneData] = ()
    addresses: Sequence[dict[str, str]] = field(default_factory=tuple)


def create(
    *,
    business: Organisation,
    data: ContactData,
    source: ContactSource = ContactSource.STAFF,
    at: datetime,
) -> Contact:
    """Add a contact; raises `AddressTaken`, `TypeTwice` and `NotAPerson`."""
    data = _checked(data)
    contact = Contact(
        business=business, source=source, registered_at=at, created_at=at, updated_at=at
    )
    with transaction.atomic():
        _write(contact, data, at=at)
        _insert_with_codes(contact)
        _write_children(contact, data)
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
        _write_children(locked, data)
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
    found = _by_address(business, address)
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
            found = _by_address(business, address)
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


def _by_address(business: Organisation, address: str) -> ContactEmail | None:
    return (
        ContactEmail.objects.select_related("contact")
        .filter(business=business, address__iexact=address)
        .first()
    )


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
        contact.search_text = search.folded(f"{words} {contact.code}").strip()
        try:
            with transaction.atomic():
                contact.save(force_insert=True)
        except IntegrityError:
            if attempt == CODE_ATTEMPTS - 1:
                raise
            contact.pk = None
        else:
            return


def _write_children(contact: Contact, data: ContactData) -> None:
    _write_emails(contact, data.emails)
    _replace_by_type(
        contact.phones,
        {
            one.type: {
                **asdict(one),
                "business_id": contact.business_id,
                "e164": people.e164(one.number, one.country or contact.business.country),
            }
            for one in data.phones
        },
        identity="number",
    )
    _replace_by_type(contact.addresses, {one["type"]: dict(one) for one in data.addresses})


def _write_emails(contact: Contact, emails: Sequence[EmailData]) -> None:
    """Bring the contact's e-mails to the given ones; the primary mark is moved last."""
    wanted = {
        one.type: {"type": one.type, "address": one.address, "business_id": contact.business_id}
        for one in emails
    }
    contact.emails.update(is_primary=False)
    try:
        with transaction.atomic():
            _replace_by_type(contact.emails, wanted, identity="address")
    except IntegrityError as error:
        if "directory_email_one_contact" not in str(error):
            raise
        raise AddressTaken(_taken(contact, emails)) from error
    for one in emails:
        if one.is_primary:
            contact.emails.filter(type=one.type).update(is_primary=True)


def _taken(contact: Contact, emails: Sequence[EmailData]) -> str:
    """Return which of the addresses stands at another contact."""
    for one in emails:
        found = _by_address(contact.business, one.address)
        if found is not None and found.contact_id != contact.pk:
            return one.address
    return emails[0].address


def _replace_by_type(rows: Any, wanted: dict[str, dict[str, Any]], *, identity: str = "") -> None:
    """Make the related rows the wanted ones, by type; what is equal stays as it is.

    A row whose `identity` column changes loses its `verified_at`: another address is another promise.
    """
    there = {row.type: row for row in rows.all()}
    rows.filter(type__in=there.keys() - wanted.keys()).delete()
    # Two types that swap their addresses would meet in the unique index halfway.
    moved = [
        row.pk
        for kind, row in there.items()
        if kind in wanted and identity and getattr(row, identity) != wanted[kind][identity]
    ]
    rows.filter(pk__in=moved).delete()
    for kind, values in wanted.items():
        row = there.get(kind)
        if row is None or row.pk in moved:
            rows.create(**values)
        elif any(getattr(row, name) != value for name, value in values.items()):
            rows.filter(pk=row.pk).update(**values)


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
