"""Finding who is meant by a contact, an address or a number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from django.db.models import Q
from django.db.models.functions import Lower

from core.errors import NotFound
from directory.models import Contact, ContactEmail, Organisation
from directory.people import normal_email
from directory.selectors.contact_references import contact_by
from vouchers import recipients
from vouchers.models import VoucherSettings
from vouchers.recipients import EMAIL, PHONE, NobodyNamed, Recipient, contact_id_of


def recipient_for(
    *, business: Organisation, contact: Contact | None = None, email: str = "", phone: str = ""
) -> Recipient:
    """Return the recipient that the contact, else the address, else the number means.

    Whoever is reachable by both is one recipient if they are one contact (vouchers.md 2.8). Raises
    `NobodyNamed` when nothing readable is given.
    """
    if contact is not None:
        return recipients.of_contact(contact, email=email or _address_of(contact))
    if email.strip():
        return _by_address(business, email)
    if phone.strip():
        return _by_number(business, phone)
    raise NobodyNamed("Say who is to get the code: a contact, an e-mail address or a phone number.")


def recipients_by_key(*, business: Organisation, keys: Collection[str]) -> dict[str, Recipient]:
    """Return the recipients that the keys name, in two queries; contacts that are gone are left out."""
    ids = {pk for key in keys if (pk := contact_id_of(key)) is not None}
    people = Contact.objects.filter(business=business, pk__in=ids) if ids else ()
    found = {str(one.pk): one for one in people}
    addresses = _addresses_of(found.values()) if found else {}
    made = {}
    for key in keys:
        if key in found:
            made[key] = Recipient(key, found[key], addresses.get(found[key].pk, ""))
        elif contact_id_of(key) is None:
            made[key] = Recipient(key, None, key.removeprefix(EMAIL) if _is_email(key) else "")
    return made


def keys_of(*, contact: Contact) -> set[str]:
    """Return every key that the contact is or was known by: own, addresses, numbers."""
    emails = {normal_email(one) for one in contact.emails.values_list("address", flat=True)}
    phones = contact.phones.exclude(e164="").values_list("e164", flat=True)
    plain = {recipients.without_tag(address) for address in emails}
    if plain != emails and ignores_tags(contact.business):
        emails |= plain
    found = {f"{EMAIL}{address}" for address in emails}
    return {str(contact.pk)} | found | {f"{PHONE}{number}" for number in phones}


def given_to_addresses(*, contact: Contact) -> Q:
    """Return the condition of issuances to the contact's addresses before they were a contact's.

    A code is money to whoever reads it, so an address counts once its owner has proved it by a link
    that was mailed to it (vouchers.md 8, page 20): one that was only typed in may be somebody else's.
    It must still be where the voucher is mailed; one that staff corrected was somebody else's. The
    caller keeps to the contact's business. One query.
    """
    rows = contact.emails.filter(verified_at__isnull=False)
    found = Q(pk__in=[])
    for address in map(normal_email, rows.values_list("address", flat=True)):
        keys = {f"{EMAIL}{address}", f"{EMAIL}{recipients.without_tag(address)}"}
        found |= Q(recipient_key__in=keys, email=address, contact__isnull=True)
    return found


def ignores_tags(business: Organisation) -> bool:
    """Tell whether the business takes ann+shop@example.com for ann@example.com (vouchers.md 2.8)."""
    return VoucherSettings.objects.filter(business=business, ignores_plus_tags=True).exists()


def keys_of_tagged(*, business: Organisation, addresses: Collection[str]) -> dict[str, str]:
    """Return under which key each address with a tag is known: its contact's, else without the tag."""
    rows = ContactEmail.objects.annotate(lower=Lower("address")).filter(
        business=business, lower__in=addresses
    )
    contacts = {address: str(pk) for address, pk in rows.values_list("lower", "contact")}
    return {one: contacts.get(one, f"{EMAIL}{recipients.without_tag(one)}") for one in addresses}


def _is_email(key: str) -> bool:
    return key.startswith(EMAIL)


def _by_address(business: Organisation, email: str) -> Recipient:
    alone = recipients.of_email(email)
    plain = recipients.without_tag(alone.email)
    known = _contact_at(business, alone.email)
    if known is None and plain != alone.email and ignores_tags(business):
        alone = replace(alone, key=f"{EMAIL}{plain}")
        known = _contact_at(business, plain)
    return recipients.of_contact(known, email=alone.email) if known else alone


def _contact_at(business: Organisation, address: str) -> Contact | None:
    rows = ContactEmail.objects.filter(business=business, address__iexact=address)
    found = rows.select_related("contact").first()
    return found.contact if found else None


def _by_number(business: Organisation, phone: str) -> Recipient:
    alone = recipients.of_phone(phone, region=business.country)
    try:
        found = contact_by(business=business, kind="phone", value=alone.key.removeprefix(PHONE))
    except NotFound:
        # Nobody's number, or several people's: it stands for itself.
        return alone
    return recipients.of_contact(found, email=_address_of(found))


def _address_of(contact: Contact) -> str:
    return _addresses_of([contact]).get(contact.pk, "")


def _addresses_of(contacts: Collection[Contact]) -> dict[int, str]:
    """Return where each contact is mailed: the primary address, else any."""
    rows = ContactEmail.objects.filter(contact__in=[one.pk for one in contacts])
    ordered = rows.order_by("contact_id", "is_primary", "-pk")
    return dict(ordered.values_list("contact_id", "address"))
