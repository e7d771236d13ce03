"""Partners: made, changed, switched off and on, and who may open their portal (vouchers.md 2.1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from core.errors import Conflict, Invalid, StaleVersion
from directory.models import Organisation, User
from vouchers.choices import DuplicateScope, PartnerKind
from vouchers.models import Partner, PartnerContact
from vouchers.services import partner_portal
from vouchers.tags import LONGEST_NAME, normal_name


class PartnerNameTaken(Invalid):
    """The business has a partner of exactly this name."""

    code = "partner_name_taken"


class LooksAlike(Invalid):
    """Another partner's name differs in case alone; it is saved when that is confirmed."""

    code = "partner_looks_alike"


class PartnerFixed(Invalid):
    """What partner's lists rest on cannot change once there is one."""

    code = "partner_fixed"


class PartnerInUse(Conflict):
    """A partner with a list is never deleted."""

    code = "partner_in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerData:
    """A partner as its form gives it."""

    name: str
    kind: str = PartnerKind.EXTERNAL
    duplicate_scope: str = DuplicateScope.LIST
    redemption_url: str = ""
    redemption_instructions: str = ""
    contact_email: str = ""
    is_told_of_low_stock: bool = False
    late_redemption_days: int = 0


def create(
    *,
    business: Organisation,
    data: PartnerData,
    logo: File[bytes] | None = None,
    is_confirmed: bool = False,
    actor: User | None,
    at: datetime,
) -> Partner:
    """Add a partner; raises `PartnerNameTaken`, `LooksAlike` unless confirmed, and `Invalid`."""
    row = Partner(business=business, created_by=actor, created_at=at)
    return _write(row, data, logo, is_confirmed, at)


def update(
    *,
    partner: Partner,
    data: PartnerData,
    version: int,
    logo: File[bytes] | None = None,
    is_confirmed: bool = False,
    actor: User | None,
    at: datetime,
) -> Partner:
    """Change a partner. Raises `StaleVersion`, `PartnerFixed`, and what `create` raises.

    Kind and duplicate scope are fixed once a list exists: its codes were compared by them.
    """
    with transaction.atomic():
        row = Partner.objects.select_for_update().get(pk=partner.pk)
        if row.version != version:
            raise StaleVersion(
                "Somebody saved this partner while you were editing it. Look at it, then change it"
                " again."
            )
        fixed = [
            name
            for name in ("kind", "duplicate_scope")
            if getattr(row, name) != getattr(data, name)
        ]
        if fixed and row.lists.exists():
            sentence = "This cannot change any more: the partner has a voucher list."
            raise PartnerFixed(sentence, fields=dict.fromkeys(fixed, sentence))
        row.version += 1
        return _write(row, data, logo, is_confirmed, at)


def set_active(*, partner: Partner, is_active: bool, at: datetime) -> Partner:
    """Switch a partner on or off; off, its lists cannot be linked to further campaigns."""
    with transaction.atomic():
        row = Partner.objects.select_for_update().get(pk=partner.pk)
        if row.is_active != is_active:
            row.is_active, row.updated_at = is_active, at
            row.version += 1
            row.save(update_fields=["is_active", "updated_at", "version"])
    return row


def delete(*, partner: Partner) -> None:
    """Remove a partner that never had a list; raises `PartnerInUse`."""
    try:
        partner.delete()
    except ProtectedError as error:
        raise PartnerInUse(
            f"“{partner.name}” has voucher lists and stays on record. Deactivate it instead."
        ) from error


def add_contact(*, partner: Partner, email: str, name: str, at: datetime) -> PartnerContact:
    """Let a person of the partner open the portal; one who was shut out is let in again."""
    email = email.strip().lower()
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        row = partner.contacts.filter(email__iexact=email).first()
        if row is None:
            row = PartnerContact(partner=partner, email=email, created_at=at)
        elif row.is_active:
            sentence = f"{email} may open the portal already."
            raise Invalid(sentence, fields={"email": sentence})
        row.name, row.is_active, row.updated_at = normal_name(name), True, at
        row.save()
    return row


def remove_contact(*, contact: PartnerContact, at: datetime) -> None:
    """Shut a person of the partner out of the portal; their links and sessions end for good."""
    with transaction.atomic():
        PartnerContact.objects.filter(pk=contact.pk).update(is_active=False, updated_at=at)
        partner_portal.leave(contact=contact, at=at)


def _write(
    row: Partner, data: PartnerData, logo: File[bytes] | None, is_confirmed: bool, at: datetime
) -> Partner:
    values = asdict(data) | {"name": normal_name(data.name)}
    _check(row, values, is_confirmed)
    for name, value in values.items():
        setattr(row, name, value)
    if logo is not None:
        row.logo = logo
    row.updated_at = at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "vouchers_partner_name" not in str(error):
            raise
        raise _taken() from error
    return row


def _check(row: Partner, values: dict[str, object], is_confirmed: bool) -> None:
    name = str(values["name"])
    if not 1 <= len(name) <= LONGEST_NAME:
        sentence = f"A partner's name has 1 to {LONGEST_NAME} characters."
        raise Invalid(sentence, fields={"name": sentence})
    if not str(values["redemption_url"] or "https://").startswith("https://"):
        sentence = "The address must begin with https://"
        raise Invalid(sentence, fields={"redemption_url": sentence})
    if values["is_told_of_low_stock"] and not values["contact_email"]:
        sentence = "Enter the address that is told when a list runs low."
        raise Invalid(sentence, fields={"contact_email": sentence})
    alike = Partner.objects.filter(business=row.business, name__iexact=name).exclude(pk=row.pk)
    names = list(alike.values_list("name", flat=True))
    if name in names:
        raise _taken()
    if names and not is_confirmed and name != row.name:
        sentence = (
            f"You have a partner “{names[0]}” already, which differs only in upper and lower case."
            f" Create “{name}” anyway?"
        )
        raise LooksAlike(sentence, fields={"name": sentence})


def _taken() -> PartnerNameTaken:
    sentence = "You have a partner of this name already. Choose another name."
    return PartnerNameTaken(sentence, fields={"name": sentence})
