"""Refusals: every "no" that a person or a machine gets to see is one of these.

A service raises a subclass defined beside it; views and the API translate by `status` and `code`,
so that the same refusal reads the same everywhere. The message is a whole sentence that says what
to do next.
"""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A rule refuses. `fields` maps form fields to sentences where the refusal has a place."""

    code = "refused"
    status = 409

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = dict(fields or {})


class NotFound(DomainError):
    """Nothing by that name exists for the one who asks."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """The thing exists and is theirs, but their role is too weak."""

    code = "forbidden"
    status = 403


class Conflict(DomainError):
    """The state of things does not allow it now."""

    code = "conflict"


class StaleStatus(Conflict):
    """Somebody else changed the status first."""

    code = "stale_status"


class StaleVersion(Conflict):
    """The row was edited since the form was opened."""

    code = "stale_version"


class Invalid(DomainError):
    """The input breaks a rule; `fields` says where."""

    code = "invalid"
    status = 422


class Gone(DomainError):
    """It was there and is over: expired, withdrawn, used."""

    code = "gone"
    status = 410


class TooMany(DomainError):
    """More requests than the limit allows."""

    code = "too_many"
    status = 429
