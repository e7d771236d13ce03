"""Recipients: who a code is for, under one key however they were named (vouchers.md 2.8).

A person of the business's contacts is the contact, whether they came by e-mail or by phone; somebody
unknown is their address or their number.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Invalid
from directory import people
from directory.models import Contact

EMAIL, PHONE = "email:", "tel:"


class NobodyNamed(Invalid):
    """Neither a contact nor an address nor a number was given that can be read."""

    code = "recipient_unreadable"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may be given a code. `email` is where it is mailed to, if anywhere."""

    key: str
    contact: Contact | None = None
    email: str = ""


def of_contact(contact: Contact, *, email: str = "") -> Recipient:
    """Return the contact as a recipient, mailed at the address."""
    return Recipient(str(contact.pk), contact, people.normal_email(email))


def of_email(address: str) -> Recipient:
    """Return somebody known by an address alone; raises `NobodyNamed` for what is none."""
    address = people.normal_email(address)
    if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
        raise NobodyNamed("Write the e-mail address in full, such as ana@example.com.")
    return Recipient(f"{EMAIL}{address}", None, address)


def without_tag(address: str) -> str:
    """Return a normal address without what stands behind a "+" in its first part."""
    local, _, domain = address.partition("@")
    plain, _, _ = local.partition("+")
    return f"{plain}@{domain}" if plain and domain else address


def of_phone(number: str, *, region: str = "") -> Recipient:
    """Return somebody known by a number alone, in E.164 form; raises `NobodyNamed`."""
    found = people.e164(number, region)
    if not found:
        raise NobodyNamed("Write the phone number with its country code, such as +44 20 7946 0018.")
    return Recipient(f"{PHONE}{found}")


def contact_id_of(key: str) -> int | None:
    """Return the contact's id that a recipient key is, or None for an address or a number."""
    return int(key) if key.isdigit() else None
