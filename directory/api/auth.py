"""Bearer keys for the API: `auth=KeyAuth("offers:read")` on a router or an operation.

The key itself is `request.auth`, its tenant `request.organisation`, and the organisation whose subtree
it may see and write `request.place`; nothing else tells an API call whose data it may see.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Pace:
    """How many calls one key has in a stretch of time, and in which words."""

    calls: int
    per: timedelta
    words: str


# Calls are counted apart for each pace. Windows of five seconds let a key call a hundred times at once
# and twenty times a second in the long run.
PACES = {
    "usual": Pace(50, timedelta(seconds=1), "At most 50 calls a second with one key."),
    "vouchers": Pace(100, timedelta(seconds=5), "At most 100 calls in 5 seconds with one key."),
}


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
        super().__init__(
            "This key speaks for another organisation of the network. Use that one's own key."
        )


class RateLimited(DomainError):
    """More calls than a key has at the moment."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, pace: Pace) -> None:
        super().__init__(f"{pace.words} Wait as long as Retry-After says, then go on.")
        self.retry_after = int(pace.per.total_seconds())


class KeyAuth(HttpBearer):
    """Accepts a key that carries the scope; without a scope, any valid key."""

    def __init__(
        self, scope: str = "", *, pace: str = "usual", takes_limited: bool = False
    ) -> None:
        """Ask for the scope; `takes_limited` where the operation itself keeps a key to its part."""
        if scope and scope not in api_keys.SCOPES:
            raise LookupError(f"There is no scope {scope!r}.")
        super().__init__()
        self.scope, self.pace, self.takes_limited = scope, pace, takes_limited

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        """Return the key; raises `UnknownKey` (401), `RateLimited` (429) and `MissingScope` (403)."""
        at = now()
        key = api_keys.authenticate(secret=token, at=at)
        _count(key, self.pace, at)
        if self.scope and self.scope not in key.scopes:
            raise MissingScope(f"This key lacks the scope {self.scope}. Use a key that has it.")
        if key.limited_to and not self.takes_limited:
            raise ForbiddenOrganisation
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


def _count(key: ApiKey, name: str, at: datetime) -> None:
    pace = PACES[name]
    try:
        ratelimit.hit(bucket=f"api:{name}:{key.pk}", limit=pace.calls, per=pace.per, at=at)
    except TooMany:
        raise RateLimited(pace) from None
