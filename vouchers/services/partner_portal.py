"""A partner's way to its own page: a link by e-mail, then a session in that browser (vouchers.md 1.1).

Links and sessions are link tokens, as those of recipients are: only digests are stored, following a link
changes nothing, and the button behind it begins the session. Whoever is no active contact of the partner
any more is let in by neither.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from core import mail, ratelimit, references, tokens
from core.models import LinkToken
from directory.people import normal_email
from vouchers.models import PartnerContact

LINK, SESSION = "partner-portal", "partner-session"
NOUN = "vouchers.partner_contact"
LINK_LASTS = timedelta(hours=24)
SESSION_LASTS = timedelta(hours=12)
LINKS_PER_HOUR = 3


def ask_for_link(*, address: str, at: datetime) -> None:
    """Mail a link for each partner that the address is a contact of, and nothing where none is.

    The caller learns nothing of which it was. More than 3 an hour for one address raise `TooMany`,
    whether it is known or not.
    """
    address = normal_email(address)
    ratelimit.hit(
        bucket=f"partner-link:{address}", limit=LINKS_PER_HOUR, per=timedelta(hours=1), at=at
    )
    known = (
        PartnerContact.objects.filter(
            email__iexact=address, is_active=True, partner__business__is_active=True
        )
        .select_related("partner__business")
        .order_by("pk")
    )
    with transaction.atomic():
        for contact in known:
            send_link(contact=contact, at=at)


def send_link(*, contact: PartnerContact, at: datetime) -> None:
    """Mail the contact a link to the partner's page; it opens for 24 hours."""
    business = contact.partner.business
    token = tokens.issue(
        purpose=LINK,
        subject=_subject(contact),
        address=contact.email,
        at=at,
        expires_at=at + LINK_LASTS,
    )
    mail.queue(
        kind="vouchers_partner_link",
        key=f"vouchers_partner_link:{token.pk}",
        to=contact.email,
        template="vouchers/partner_link",
        context={
            "provider_name": business.name,
            "partner": contact.partner.name,
            "recipient_name": contact.name,
        },
        at=at,
        link=reverse("partner_portal_open"),
        token=token,
        reference=_subject(contact),
        owner_id=business.pk,
        from_name=business.name,
    )


def follow(*, secret: str, at: datetime) -> PartnerContact:
    """Return whose page the link opens; nothing changes. Raises the errors of `tokens.resolve`."""
    return _contact_of(tokens.resolve(secret, purposes=[LINK], at=at))


def begin(*, secret: str, at: datetime) -> str:
    """Begin a session of twelve hours for whoever holds the link, and return its secret."""
    with transaction.atomic():
        token = tokens.resolve(secret, purposes=[LINK], at=at)
        contact = _contact_of(token)
        tokens.consume(token, at=at)
        session = tokens.issue(
            purpose=SESSION,
            subject=_subject(contact),
            address=contact.email,
            at=at,
            expires_at=at + SESSION_LASTS,
        )
        return tokens.secret_of(session)


def contact_in_session(*, secret: str, at: datetime) -> PartnerContact | None:
    """Return the contact whose session the browser holds, or None."""
    if not secret:
        return None
    try:
        return _contact_of(tokens.resolve(secret, purposes=[SESSION], at=at))
    except tokens.TokenError:
        return None


def leave(*, contact: PartnerContact, at: datetime) -> int:
    """End the contact's sessions and close their links; return how many there were."""
    return tokens.revoke(subject=_subject(contact), purposes=[LINK, SESSION], at=at)


def _subject(contact: PartnerContact) -> str:
    return references.reference(NOUN, contact.pk)


def _contact_of(token: LinkToken) -> PartnerContact:
    _, pk = references.parse(token.subject)
    found = (
        PartnerContact.objects.filter(pk=pk, is_active=True, partner__business__is_active=True)
        .select_related("partner__business__provider_profile")
        .first()
    )
    if found is None:
        raise tokens.TokenUnknown("This link is not valid any more. Ask for a new one.")
    return found
