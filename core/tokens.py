"""Link tokens: e-mailed secrets with one purpose, an end, and a way to revoke them.

GET only resolves a token; whatever changes something is a POST. A missing, unknown, revoked,
expired or used token each has its own error, all shown by one template that reveals nothing of what
the token named (incentives.md 3.10 and 5.2).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from core.errors import DomainError
from core.models import LinkToken


class TokenError(DomainError):
    """The link does not open anything."""

    heading = "Invalid Token"
    token: LinkToken | None = None


class TokenMissing(TokenError):
    code = "token_missing"
    status = 400
    heading = "No token provided"


class TokenUnknown(TokenError):
    code = "token_unknown"
    status = 404


class TokenRevoked(TokenError):
    code = "token_revoked"
    status = 404


class TokenExpired(TokenError):
    code = "token_expired"
    status = 410
    heading = "Token has expired"


class TokenUsed(TokenError):
    code = "token_used"
    status = 410


def _keys() -> Iterator[bytes]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield hashlib.sha256(b"largesse.link-token:" + key.encode()).digest()


def _derive(key: bytes, salt: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, salt, "sha256")).rstrip(b"=").decode()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def issue(
    *,
    purpose: str,
    subject: str,
    at: datetime,
    expires_at: datetime,
    address: str = "",
    single_use: bool = False,
) -> LinkToken:
    """Make a new token; its secret is had from `secret_of`, and never stored."""
    salt = secrets.token_bytes(32)
    return LinkToken.objects.create(
        purpose=purpose,
        subject=subject,
        address=address,
        salt=salt,
        digest=_digest(_derive(next(_keys()), salt)),
        single_use=single_use,
        created_at=at,
        expires_at=expires_at,
    )


def secret_of(token: LinkToken) -> str:
    """Return the secret that opens the token (43 URL-safe characters, 256 bits)."""
    for key in _keys():
        secret = _derive(key, bytes(token.salt))
        if hmac.compare_digest(_digest(secret), bytes(token.digest)):
            return secret
    raise TokenUnknown("This link was made with a key that is no longer in use. Send a new one.")


def resolve(secret: str, *, purposes: Collection[str], at: datetime) -> LinkToken:
    """Return the token that the secret opens for one of the purposes.

    An unknown secret, a malformed one and one of another purpose get the same answer. The error
    carries the token where one was found, so that a page may offer the right way on.
    """
    if not secret:
        raise TokenMissing("Open the whole link from the e-mail: a part of it is missing.")
    digest = _digest(secret)
    token = LinkToken.objects.filter(digest=digest, purpose__in=purposes).first()
    if token is None or not hmac.compare_digest(bytes(token.digest), digest):
        raise TokenUnknown("This link is not valid. Ask the sender for a new one.")
    refusal: TokenError | None = None
    if token.revoked_at is not None:
        refusal = TokenRevoked("A newer link was sent. Please use the newest e-mail.")
    elif token.single_use and token.used_at is not None:
        refusal = TokenUsed("This link was already used.")
    elif token.expires_at <= at:
        refusal = TokenExpired("This link is too old. Ask the sender for a new one.")
    if refusal is not None:
        refusal.token = token
        raise refusal
    return token


def newest(*, subject: str, purposes: Collection[str]) -> LinkToken | None:
    """Return the subject's newest open token of those purposes, if there is one."""
    rows = LinkToken.objects.filter(subject=subject, purpose__in=purposes, revoked_at__isnull=True)
    return rows.order_by("-id").first()


def consume(token: LinkToken, *, at: datetime) -> None:
    """Mark the token used; a single-use token that was used before is refused.

    The conditional UPDATE lets exactly one of two simultaneous callers through.
    """
    unused = Q(used_at__isnull=True) if token.single_use else Q()
    if not LinkToken.objects.filter(unused, pk=token.pk, revoked_at__isnull=True).update(
        used_at=at
    ):
        raise TokenUsed("This link was already used.")
    token.used_at = at


def revoke(*, subject: str, at: datetime, purposes: Collection[str] = ()) -> int:
    """Close the subject's open tokens (of those purposes, or of all) and return how many."""
    rows = LinkToken.objects.filter(subject=subject, revoked_at__isnull=True)
    if purposes:
        rows = rows.filter(purpose__in=purposes)
    return rows.update(revoked_at=at)


def extend(*, subjects: Collection[str], expires_at: datetime, purposes: Collection[str]) -> int:
    """Move the end of the subjects' open tokens of those purposes."""
    return LinkToken.objects.filter(
        subject__in=subjects, purpose__in=purposes, revoked_at__isnull=True
    ).update(expires_at=expires_at)
