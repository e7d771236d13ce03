"""Wallets: one for each contact; a person known to several businesses has one code (wallet.md 2)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from directory.models import Contact, ContactEmail
from wallet.choices import AccountKind
from wallet.ledger import open_new, pocket
from wallet.models import Holder, Wallet
from wallet.rules import codes


def register(*, contact: Contact, at: datetime) -> Wallet:
    """Give the contact a wallet with empty pockets and return it; no entry is written.

    A contact who has one keeps it. Where the same verified e-mail address belongs to a contact of
    another business who has a wallet, both share the holder: one code and one open pocket, while
    the pockets with each business stay apart.
    """
    existing = Wallet.objects.filter(contact=contact).select_related("business", "holder").first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return _register(contact, at)
    except IntegrityError:
        # Somebody registered the same contact at this moment.
        return Wallet.objects.select_related("business", "holder").get(contact=contact)


def _register(contact: Contact, at: datetime) -> Wallet:
    wallet = Wallet.objects.create(
        holder=_holder_of(contact) or _new_holder(at),
        contact=contact,
        business=contact.business,
        currency=contact.business.base_currency,
        created_at=at,
    )
    open_new(pocket(AccountKind.BUSINESS, wallet))
    return wallet


def _holder_of(contact: Contact) -> Holder | None:
    """Return the person behind the contact, known by an address verified here and there."""
    addresses = contact.emails.filter(verified_at__isnull=False).values_list(Lower("address"))
    elsewhere = (
        ContactEmail.objects.annotate(folded=Lower("address"))
        .filter(folded__in=addresses, verified_at__isnull=False)
        .exclude(business=contact.business_id)
        .values("contact")
    )
    return (
        Holder.objects.filter(wallets__contact__in=elsewhere)
        .exclude(wallets__business=contact.business_id)
        .order_by("pk")
        .first()
    )


def _new_holder(at: datetime) -> Holder:
    """Draw codes until one is free; uniqueness is the database's to judge."""
    while True:
        try:
            with transaction.atomic():
                return Holder.objects.create(code=codes.draw(), created_at=at)
        except IntegrityError:
            continue
