"""Bearer keys for the API: `auth=KeyAuth("offers:read")` on a router or an operation.

The key itself is `request.auth`, its business `request.organisation`; nothing else tells an API call
whose data it may see.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from core.clock import now
from core.errors import Forbidden
from directory.models import ApiKey, Organisation
from directory.services import api_keys


class ApiRequest(HttpRequest):
    """A request with a valid key."""

    auth: ApiKey
    organisation: Organisation


class ScopeMissing(Forbidden):
    """The key is valid but may not do this."""

    code = "scope_missing"


class KeyAuth(HttpBearer):
    """Accepts a key that carries the scope; without a scope, any valid key."""

    def __init__(self, scope: str = "") -> None:
        if scope and scope not in api_keys.SCOPES:
            raise LookupError(f"There is no scope {scope!r}.")
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        """Return the key; raises `UnknownKey` (401) and `ScopeMissing` (403)."""
        key = api_keys.authenticate(secret=token, at=now())
        if self.scope and self.scope not in key.scopes:
            raise ScopeMissing(f"This key lacks the scope {self.scope}.")
        request.organisation = key.organisation  # type: ignore[attr-defined]
        return key
