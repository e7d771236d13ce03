"""What belongs to a contact in tables of its own: e-mails, phones, addresses; one of each type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import Invalid
from directory import people
from directory.choices import EmailType
from directory.models import Contact, ContactEmail, Organisation
from directory.people import YearDay


class AddressTaken(Invalid):
    """An e-mail address names at most one contact of a business."""

    code = "address_taken"

    def __init__(self, address: str) -> None:
        sentence = f"{address} belongs to another contact of yours."
        super().__init__(sentence, fields={"emails": sentence})
        self.address = address


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


def write(contact: Contact, data: ContactData) -> None:
    """Bring the contact's e-mails, phones and addresses to the given ones.

    Raises `AddressTaken` when an e-mail stands at another contact of the business.
    """
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
        found = by_address(contact.business, one.address)
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


def by_address(business: Organisation, address: str) -> ContactEmail | None:
    """Return the business's e-mail row with that address, in any letter case."""
    return (
        ContactEmail.objects.select_related("contact")
        .filter(business=business, address__iexact=address)
        .first()
    )
