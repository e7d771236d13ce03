"""Mails about an account: confirm an address, set a new password, what changed.

They go through the mail table like all others, so that they are retried and seen. A link that opens an
account must not lie there readable, nor in a backup: the mail holds only a link token, whose secret is
derived when the mail is rendered. Opening it (`account_link`) mints django-allauth's own key on
the spot and leads on to allauth's page, which alone changes anything, by POST. A reset token is tied to
the password and the last sign-in of the moment it was issued, so that it dies with either.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.urls import reverse

from core import mail, references, tokens
from core.models import LinkToken, Mail
from directory.models import User

CONFIRM = "account-confirm"
RESET = "account-reset"
CONFIRM_LIFETIME = timedelta(days=3)
RESET_LIFETIME = timedelta(hours=2)


def confirm_address(*, address: EmailAddress, at: datetime) -> Mail:
    """Send the link by which the owner of the address confirms it; it works for three days."""
    token = tokens.issue(
        purpose=CONFIRM,
        subject=references.reference("directory.email_address", address.pk),
        address=address.email,
        at=at,
        expires_at=at + CONFIRM_LIFETIME,
    )
    return _queue_link(template="confirm_address", user=address.user, token=token, at=at)


def reset_password(*, user: User, email: str, at: datetime) -> Mail:
    """Send the link to the page for a new password; it works for two hours and once."""
    token = tokens.issue(
        purpose=RESET,
        subject=f"{references.reference('directory.user', user.pk)}:{credential_mark(user)}",
        address=email,
        at=at,
        expires_at=at + RESET_LIFETIME,
    )
    return _queue_link(template="reset_password", user=user, token=token, at=at)


def notice(
    *, to: str, subject: str, lines: Sequence[str], link: str = "", label: str = "", at: datetime
) -> Mail:
    """Tell the owner of the address something about their account; the link holds no secret."""
    return mail.queue(
        kind="account",
        key=f"account:notice:{secrets.token_hex(8)}",
        to=to,
        template="directory/account_notice",
        context={"subject": subject, "lines": list(lines), "label": label},
        link=link,
        at=at,
    )


def address_of(token: LinkToken) -> EmailAddress:
    """Return the address that a confirmation token is about."""
    pk = references.parse(token.subject)[1]
    found = EmailAddress.objects.filter(pk=pk, email__iexact=token.address).first()
    if found is None:
        raise tokens.TokenUnknown("This address was removed from the account.")
    return found


def user_of(token: LinkToken) -> User:
    """Return the user whose password a reset token may set, unless it was used up meanwhile."""
    name, _, mark = token.subject.rpartition(":")
    user = User.objects.filter(pk=references.parse(name)[1], is_active=True).first()
    if user is None or not secrets.compare_digest(credential_mark(user), mark):
        raise tokens.TokenUsed(
            "This link was already used, or you signed in since. Ask for a new one if you need it."
        )
    return user


def credential_mark(user: User) -> str:
    """Return a short digest that changes with the user's password, address and last sign-in."""
    seen = user.last_login.isoformat() if user.last_login else ""
    return hashlib.sha256(f"{user.password}|{user.email}|{seen}".encode()).hexdigest()[:20]


def _queue_link(*, template: str, user: User, token: LinkToken, at: datetime) -> Mail:
    return mail.queue(
        kind="account",
        key=f"account:{template}:{token.pk}",
        to=token.address,
        template=f"directory/{template}",
        context={"name": user.display_name, "username": user.username},
        link=reverse("account_link"),
        token=token,
        at=at,
    )
