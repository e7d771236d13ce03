"""The links by which recipients come to a voucher, or to all of theirs.

A link's secret is derived when a mail is rendered (`core.tokens`). Opening a link changes nothing: mail
programs and scanners fetch links, so that whatever shows or takes a code is a POST.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from core import references, tokens
from core.mail import SECRET_PLACE
from core.models import LinkToken
from core.tokens import TokenUnknown
from directory.models import Contact, Organisation
from vouchers.choices import SHOWN
from vouchers.models import ClaimLink, Issuance, Tray
from vouchers.recipients import Recipient
from vouchers.selectors.recipients import given_to_addresses

CLAIM, REVEAL, TRAY = "voucher-claim", "voucher-reveal", "voucher-tray"
# How long a link works; a code may be shown after its end too, marked as expired.
LASTS = timedelta(days=365)
# A link that lives so much longer is mailed again, instead of a new one.
LIVES_ON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose vouchers a link to the tray opens."""

    tray: Tray
    business: Organisation
    contact: Contact | None


def link_path(route: str) -> str:
    """Return the path of a page with the secret's place in it, for `core.mail`."""
    return reverse(route, args=[SECRET_PLACE]).replace("%7Btoken%7D", SECRET_PLACE)


def address_of(token: LinkToken, route: str) -> str:
    """Return the absolute address that the token opens."""
    return f"{settings.SITE_URL}{reverse(route, args=[tokens.secret_of(token)])}"


def reveal_token(issuance: Issuance, *, at: datetime, address: str) -> LinkToken:
    """Make the token that shows one voucher."""
    return tokens.issue(
        purpose=REVEAL,
        subject=references.reference("vouchers.issuance", issuance.pk),
        address=address,
        at=at,
        expires_at=at + LASTS,
    )


def tray_token(
    *, business: Organisation, recipient: Recipient, at: datetime
) -> LinkToken:  # fmt: skip
    """Return a token that opens all vouchers of the recipient, made anew when the last one ends soon."""
    tray, _ = Tray.objects.get_or_create(
        business=business,
        recipient_key=recipient.key,
        defaults={"contact": recipient.contact, "created_at": at, "updated_at": at},
    )
    subject = references.reference("vouchers.tray", tray.pk)
    found = tokens.newest(subject=subject, purposes=[TRAY])
    if found is not None and found.expires_at > at + LIVES_ON:
        return found
    return tokens.issue(
        purpose=TRAY, subject=subject, address=recipient.email, at=at, expires_at=at + LASTS
    )


def tray_of(*, business: Organisation, recipient_key: str) -> Tray | None:
    """Return the recipient's tray where one was ever mailed."""
    return Tray.objects.filter(business=business, recipient_key=recipient_key).first()


def opened_issuance(*, secret: str, at: datetime) -> Issuance:
    """Return the voucher that the secret shows; raises the errors of `tokens.resolve`."""
    token = tokens.resolve(secret, purposes=[REVEAL], at=at)
    found = _full().filter(pk=references.parse(token.subject)[1], business__is_active=True).first()
    if found is None:
        raise TokenUnknown("This link is not valid any more. Ask the sender for a new one.")
    return found


def opened_tray(*, secret: str, at: datetime) -> Opened:
    """Return whose vouchers the secret opens; raises the errors of `tokens.resolve`."""
    token = tokens.resolve(secret, purposes=[TRAY], at=at)
    tray = (
        Tray.objects.select_related("business__provider_profile", "contact")
        .filter(pk=references.parse(token.subject)[1], business__is_active=True)
        .first()
    )
    if tray is None:
        raise TokenUnknown("This link is not valid any more. Ask the sender for a new one.")
    return Opened(tray, tray.business, tray.contact)


def opened_claim(*, secret: str, at: datetime) -> ClaimLink:
    """Return the invitation that the secret opens; raises the errors of `tokens.resolve`."""
    token = tokens.resolve(secret, purposes=[CLAIM], at=at)
    link = (
        ClaimLink.objects.select_related("campaign__business__provider_profile", "contact")
        .filter(pk=references.parse(token.subject)[1], campaign__business__is_active=True)
        .first()
    )
    if link is None:
        raise TokenUnknown("This link is not valid any more. Ask the sender for a new one.")
    return link


def _full() -> QuerySet[Issuance]:
    return Issuance.objects.select_related(
        "business__provider_profile", "campaign", "voucher_list__partner", "code", "contact"
    )


def vouchers_of(
    *, business: Organisation, contact: Contact | None, recipient_key: str = ""
) -> QuerySet[Issuance]:
    """Return the vouchers that the recipient has, newest first; what was taken back is left out.

    A contact has those given to their key, those given to them under an address, and those that an
    address of theirs was given before it belonged to anybody.
    """
    own = Q(recipient_key=recipient_key) if recipient_key else Q(pk__in=[])
    if contact is not None:
        own |= Q(contact=contact) | Q(recipient_key=str(contact.pk))
        own |= given_to_addresses(contact=contact)
    return _full().filter(own, business=business, status__in=SHOWN).order_by("-issued_at", "-pk")
