"""Finding a contact by what a till knows of them: a code, an address, a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from core.errors import NotFound
from core.statements import find
from directory import people
from directory.models import Contact, Organisation

CONTACT_NOT_FOUND = "CONTACT_NOT_FOUND"
NO_SUCH_CONTACT = "There is no such contact. Check the code, address or number."

Finder = Callable[[Organisation, str], Sequence[Contact] | QuerySet[Contact]]


def contact_by(*, business: Organisation, kind: str, value: str) -> Contact:
    """Return the business's contact of that id, code, e-mail, phone or other medium (`cim`).

    Raises `NotFound` with CONTACT_NOT_FOUND, also where a number stands at more than one contact: a
    till is never told whose.
    """
    found = _FINDERS[kind](business, value)[:2]
    if len(found) != 1:
        raise NotFound(NO_SUCH_CONTACT, code=CONTACT_NOT_FOUND)
    found[0].business = business
    return found[0]


def _by_id(business: Organisation, value: str) -> QuerySet[Contact]:
    return Contact.objects.filter(business=business, public_id=UUID(value))


def _by_code(business: Organisation, value: str) -> list[Contact]:
    where = "WHERE business_id = %s AND code = %s"
    return find(Contact, where, [business.pk, value.upper()])


def _by_email(business: Organisation, value: str) -> QuerySet[Contact]:
    address = people.normal_email(value)
    return Contact.objects.filter(
        business=business, emails__business=business, emails__address__iexact=address
    )


def _by_phone(business: Organisation, value: str) -> QuerySet[Contact]:
    number = people.e164(value, business.country)
    if not number:
        return Contact.objects.none()
    return Contact.objects.filter(
        business=business, phones__business=business, phones__e164=number
    ).distinct()


def _by_medium(business: Organisation, value: str) -> Sequence[Contact] | QuerySet[Contact]:
    """Find by whatever the medium is: an address has an @, a number can be read as one."""
    if "@" in value:
        return _by_email(business, value)
    return _by_code(business, value) or _by_phone(business, value)


_FINDERS: dict[str, Finder] = {
    "id": _by_id,
    "code": _by_code,
    "email": _by_email,
    "phone": _by_phone,
    "cim": _by_medium,
}
