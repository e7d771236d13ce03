"""Secrets of webhook endpoints: derived from a stored salt and the site's key, never stored.

Whoever reads the tables alone can sign nothing. A site key that was rotated still derives them as long
as it stands among the fallbacks; after that the endpoint needs a new secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from core.errors import Conflict
from vouchers.models import WebhookEndpoint


class SecretLost(Conflict):
    """The secret was made with a key that is no longer in use."""

    code = "secret_lost"


def make() -> tuple[bytes, bytes, bytes]:
    """Return a new salt, the digest that recognises its secret, and the secret (256 bits)."""
    salt = secrets.token_bytes(32)
    secret = _derive(next(_keys()), salt)
    return salt, _digest(secret), secret


def in_force(endpoint: WebhookEndpoint, *, at: datetime) -> list[bytes]:
    """Return what the endpoint's messages are signed with: two for a day after a rotation.

    Raises `SecretLost` where no key of the site derives the present one.
    """
    found = [secret_of(endpoint)]
    until, salt = endpoint.previous_until, endpoint.previous_salt
    if salt is not None and until is not None and at < until:
        found += _matching(bytes(salt), bytes(endpoint.previous_digest or b""))
    return found


def secret_of(endpoint: WebhookEndpoint) -> bytes:
    """Return the present secret; raises `SecretLost`."""
    found = _matching(bytes(endpoint.salt), bytes(endpoint.digest))
    if not found:
        raise SecretLost("The secret is lost with the site's old key. Rotate it to send again.")
    return found[0]


def _matching(salt: bytes, digest: bytes) -> list[bytes]:
    derived = (_derive(key, salt) for key in _keys())
    return [one for one in derived if hmac.compare_digest(_digest(one), digest)][:1]


def _keys() -> Iterator[bytes]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield hashlib.sha256(b"largesse.webhook:" + key.encode()).digest()


def _derive(key: bytes, salt: bytes) -> bytes:
    return hmac.digest(key, salt, "sha256")


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
