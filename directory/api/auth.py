"""Bearer keys for the API: `auth=KeyAuth("offers:read")` on a router or an operation.

The key itself is `request.auth`, its tenant `request.organisation`, and the organisation whose subtree
it may see and write `request.place`; nothing else tells an API call whose data it may see.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.http import HttpRequest
from ninja.security import HttpBearer

from core import ratelimit
from core.clock import now
from core.errors import DomainError, Forbidden, TooMany
from directory.models import ApiKey, Organisation
from directory.selectors import network
from directory.services import api_keys

CALLS_PER_SECOND = 50
SECOND = timedelta(seconds=1)


class ApiRequest(HttpRequest):
    """A request with a valid key."""

    auth: ApiKey
    organisation: Organisation
    place: Organisation


class MissingScope(Forbidden):
    """The key is valid but may not do this."""

    code = "MISSING_SCOPE"


class ForbiddenOrganisation(Forbidden):
    """What the call names is outside the subtree of the key's organisation."""

    code = "FORBIDDEN_ORGANISATION"
    is_kept: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__("This key speaks for another organisation of the network.")


class RateLimited(DomainError):
    """More calls in this second than a key has."""

    code = "RATE_LIMITED"
    status = 429
    retry_after = 1

    def __init__(self) -> None:
        super().__init__(f"At most {CALLS_PER_SECOND} calls a second with one key. Slow down.")


class KeyAuth(HttpBearer):
    """Accepts a key that carries the scope; without a scope, any valid key."""

    def __init__(self, scope: str = "") -> None:
        if scope and scope not in api_keys.SCOPES:
            raise LookupError(f"There is no scope {scope!r}.")
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        """Return the key; raises `UnknownKey` (401), `RateLimited` (429) and `MissingScope` (403)."""
        at = now()
        key = api_keys.authenticate(secret=token, at=at)
        _count(key, at)
        if self.scope and self.scope not in key.scopes:
            raise MissingScope(f"This key lacks the scope {self.scope}.")
        place = key.organisation
        request.place = place  # type: ignore[attr-defined]
        request.organisation = place.business or place  # type: ignore[attr-defined]
        return key


def caller_of(request: ApiRequest) -> str:
    """Return who calls, as idempotency keys and the records of the wallet name it."""
    return f"key:{request.auth.pk}"


def require_within(place: Organisation, request: ApiRequest) -> Organisation:
    """Return the place; raises `ForbiddenOrganisation` unless it is in the key's subtree."""
    if not network.is_within(place, root=request.place):
        raise ForbiddenOrganisation
    return place


def require_business(request: ApiRequest) -> Organisation:
    """Return the business; raises `ForbiddenOrganisation` for the key of one of its places."""
    if not request.place.is_business:
        raise ForbiddenOrganisation
    return request.organisation


def _count(key: ApiKey, at: datetime) -> None:
    try:
        ratelimit.hit(bucket=f"api:{key.pk}", limit=CALLS_PER_SECOND, per=SECOND, at=at)
    except TooMany:
        raise RateLimited from None
