"""Which organisation the signed-in user acts for.

A user may belong to several organisations; the session remembers the one that was picked last. It is
read in one query, once a request, and only for pages that are not open to the public.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core.clock import now
from core.http import HtmxHttpRequest
from directory import selectors
from directory.models import Membership, Organisation, User

SESSION_KEY = "organisation_id"


class DeskRequest(HtmxHttpRequest):
    """A request behind `@access`: somebody signed in, acting for an organisation."""

    user: User
    organisation: Organisation
    membership: Membership


def membership_of(request: HttpRequest) -> Membership | None:
    """Return the membership that the user acts under now, or None for strangers and the unattached."""
    if not getattr(request, "membership_is_read", False):
        attach(request)
    membership: Membership | None = request.membership  # type: ignore[attr-defined]
    return membership


def attach(request: HttpRequest) -> None:
    """Set `request.membership` and `request.organisation`; both None without a membership."""
    membership = None
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        membership = selectors.acting_membership(
            user=user, preferred_id=request.session.get(SESSION_KEY), at=now()
        )
    _set(request, membership)


def detach(request: HttpRequest) -> None:
    """Begin the request with nobody attached; `membership_of` reads when it is asked."""
    _set(request, None)
    request.membership_is_read = False  # type: ignore[attr-defined]


def act_for(request: HttpRequest, membership: Membership) -> None:
    """Remember the membership's organisation as the one the user acts for from now on."""
    request.session[SESSION_KEY] = membership.organisation_id
    _set(request, membership)


def _set(request: Any, membership: Membership | None) -> None:
    request.membership = membership
    request.organisation = membership.organisation if membership is not None else None
    request.membership_is_read = True
