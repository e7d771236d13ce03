"""API keys: made once, shown once, stored as a digest, revocable."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.errors import DomainError, Invalid
from core.statements import find_with
from directory.models import ApiKey, Organisation, User

PREFIX = "lg_"
# How precisely "last used" is kept: a till that calls every second shall not write every second.
USE_PRECISION = timedelta(minutes=1)

SCOPES: dict[str, str] = {
    "contacts:read": "Read contacts",
    "contacts:write": "Add and change contacts",
    "events:read": "Read events and what they earned, estimate purchases",
    "events:write": "Send events and purchases",
    "offers:read": "Read offers and distributions",
    "offers:write": "Create offers and record distributions",
    "rewards:read": "Read reward offers and awards",
    "wallet:read": "Read wallets",
    "wallet:write": "Spend from wallets",
    "vouchers:read": "Read voucher lists and who holds which voucher",
    "vouchers:issue": "Give out and reserve voucher codes",
    "vouchers:redeem": "Check, hold, redeem and reverse voucher codes",
    "vouchers:upload": "Upload voucher codes",
}


class UnknownKey(DomainError):
    """The key is unknown, revoked or expired; which one is not told."""

    code = "unauthenticated"
    status = 401


def create(
    *,
    organisation: Organisation,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
    limited_to: str = "",
    actor: User | None,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret, which is not kept and cannot be shown again.

    `limited_to` is an opaque reference to the part of the business that the key is for.
    """
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise Invalid("Choose at least one scope.", fields={"scopes": "Choose at least one scope."})
    if expires_at is not None and expires_at <= at:
        sentence = "Choose a day in the future."
        raise Invalid(sentence, fields={"expires_on": sentence})
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        organisation=organisation,
        name=name,
        prefix=secret[:11],
        digest=digest_of(secret),
        scopes=sorted(scopes),
        limited_to=limited_to,
        created_by=actor,
        expires_at=expires_at,
        created_at=at,
        updated_at=at,
    )
    return key, secret


def revoke(*, key: ApiKey, at: datetime) -> ApiKey:
    """Stop the key from the next call on; revoking twice keeps the first moment."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=at, updated_at=at)
    key.refresh_from_db()
    return key


def authenticate(*, secret: str, at: datetime) -> ApiKey:
    """Return the key that the secret opens and note its use; raises `UnknownKey` for any other.

    The digest of 256 random bits is looked up by a unique index, so that neither timing nor a stolen
    table tells the secret.
    """
    key = _opened_by(secret)
    if (
        key is None
        or key.revoked_at is not None
        or (key.expires_at is not None and key.expires_at <= at)
        or not _is_open(key.organisation)
    ):
        raise UnknownKey(
            "The API key is unknown, expired or revoked. Make a new one in the settings."
        )
    if key.last_used_at is None or key.last_used_at <= at - USE_PRECISION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
        key.last_used_at = at
    return key


def _opened_by(secret: str) -> ApiKey | None:
    """Return the key of the secret with its organisation and business; every call asks for it."""
    if not secret.startswith(PREFIX):
        return None
    links = ["organisation", "organisation.business"]
    found = find_with(ApiKey, links, "WHERE found.digest = %s", [digest_of(secret)])
    return found[0] if found else None


def _is_open(organisation: Organisation) -> bool:
    business = organisation.business
    return organisation.is_active and (business is None or business.is_active)


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
