"""A contact's way to their own pages: a link by e-mail, then a session in that browser (decision D5).

Links and sessions are link tokens (`core.tokens`): only digests are stored, they end by themselves and
can be revoked. A link may be followed more than once while it lives, because mail programs open links
too; following it changes nothing, only the button behind it begins a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from core import mail, ratelimit, references, tokens
from core.models import LinkToken
from directory.choices import ContactState
from directory.models import Contact, ContactEmail
from directory.people import normal_email

LINK, SESSION = "portal", "portal-session"
LINK_LASTS = timedelta(hours=24)
LETTER_LASTS = timedelta(days=30)
SESSION_LASTS = timedelta(days=30)
LINKS_PER_HOUR = 3


@dataclass(frozen=True, slots=True)
class Opening:
    """A link that was followed: whose pages it opens, and the token behind it."""

    contact: Contact
    token: LinkToken


def address_of(*, contact: Contact) -> str:
    """Return the address that letters to the contact go to, or an empty text."""
    found = contact.emails.order_by("-is_primary", "pk").first()
    return found.address if found else ""


def link_token(
    *, contact: Contact, address: str, at: datetime, lasts: timedelta = LINK_LASTS
) -> LinkToken:
    """Make the token of a link to the contact's pages; letters give theirs a longer life."""
    return tokens.issue(
        purpose=LINK, subject=_subject(contact), address=address, at=at, expires_at=at + lasts
    )


def ask_for_link(*, address: str, at: datetime) -> None:
    """Mail a link for each business that knows the address, and nothing where none does.

    The caller learns nothing of which it was. More than 3 an hour for one address raise `TooMany`,
    whether it is known or not.
    """
    address = normal_email(address)
    ratelimit.hit(
        bucket=f"portal-link:{address}", limit=LINKS_PER_HOUR, per=timedelta(hours=1), at=at
    )
    known = (
        ContactEmail.objects.filter(
            address__iexact=address,
            contact__business__is_active=True,
        )
        .exclude(contact__state=ContactState.TERMINATED)
        .select_related("contact__business__provider_profile")
        .order_by("pk")
    )
    with transaction.atomic():
        for row in known:
            _post(row.contact, row.address, at)


def follow(*, secret: str, at: datetime) -> Opening:
    """Return whose pages the link opens; nothing changes. Raises the errors of `tokens.resolve`."""
    token = tokens.resolve(secret, purposes=[LINK], at=at)
    return Opening(_contact_of(token), token)


def begin(*, secret: str, at: datetime) -> str:
    """Begin a session for whoever holds the link, and return the session's secret.

    Who follows a link that was mailed to an address has shown that the address is theirs.
    """
    with transaction.atomic():
        opening = follow(secret=secret, at=at)
        tokens.consume(opening.token, at=at)
        ContactEmail.objects.filter(
            contact=opening.contact,
            address__iexact=opening.token.address,
            verified_at__isnull=True,
        ).update(verified_at=at)
        session = tokens.issue(
            purpose=SESSION,
            subject=_subject(opening.contact),
            address=opening.token.address,
            at=at,
            expires_at=at + SESSION_LASTS,
        )
        return tokens.secret_of(session)


def contact_in_session(*, secret: str, at: datetime) -> Contact | None:
    """Return the contact whose session the browser holds, or None; two queries."""
    if not secret:
        return None
    try:
        return _contact_of(tokens.resolve(secret, purposes=[SESSION], at=at))
    except tokens.TokenError:
        return None


def leave(*, secret: str, at: datetime) -> None:
    """End the session of this browser; one that is over stays over."""
    try:
        token = tokens.resolve(secret, purposes=[SESSION], at=at)
    except tokens.TokenError:
        return
    LinkToken.objects.filter(pk=token.pk).update(revoked_at=at)


def leave_everywhere(*, contact: Contact, at: datetime) -> int:
    """End all sessions and close all links of the contact; return how many there were."""
    return tokens.revoke(subject=_subject(contact), purposes=[LINK, SESSION], at=at)


def _subject(contact: Contact) -> str:
    return references.reference("directory.contact", contact.pk)


def _contact_of(token: LinkToken) -> Contact:
    """Return the token's contact; one who left, or whose business closed, has no pages."""
    _, pk = references.parse(token.subject)
    found = (
        Contact.objects.select_related("business__provider_profile")
        .filter(pk=pk, business__is_active=True)
        .exclude(state=ContactState.TERMINATED)
        .first()
    )
    if found is None:
        raise tokens.TokenUnknown("This link is not valid any more. Ask for a new one.")
    return found


def _post(contact: Contact, address: str, at: datetime) -> None:
    business = contact.business
    profile = getattr(business, "provider_profile", None)
    token = link_token(contact=contact, address=address, at=at)
    mail.queue(
        kind="portal-link",
        key=f"portal-link:{token.pk}",
        to=address,
        template="directory/portal_link",
        context={
            "provider_name": business.name,
            "logo_url": profile.logo.url if profile and profile.logo else "",
            "contact_email": profile.email if profile else "",
            "recipient_name": contact.first_name,
        },
        at=at,
        link=reverse("portal_open"),
        token=token,
        reference=_subject(contact),
        owner_id=business.pk,
        reply_to=profile.email if profile else "",
        from_name=business.name,
    )
