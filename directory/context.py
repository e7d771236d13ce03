"""What the desk's layout shows of the person: organisation, role, other organisations."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from directory import permissions, selectors
from directory.models import Membership
from directory.sessions import membership_of


class Abilities:
    """Lets a template ask `{% if can.offers_write %}`; the name's last underscore is the dot."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, name: str) -> bool:
        return permissions.may(self._request, ".".join(name.rsplit("_", 1)))


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return the names that the desk's layout reads; each costs its query only when it is shown."""
    return {
        "membership": SimpleLazyObject(partial(membership_of, request)),
        "organisation": SimpleLazyObject(partial(_organisation, request)),
        "memberships": partial(_memberships, request),
        "can": Abilities(request),
    }


def _organisation(request: HttpRequest) -> Any:
    membership = membership_of(request)
    return membership.organisation if membership is not None else None


def _memberships(request: HttpRequest) -> list[Membership]:
    """Return what the user may switch between; nothing is asked when there is only one."""
    membership = membership_of(request)
    if membership is None:
        return []
    if getattr(membership, "of_total", 2) < 2:
        return [membership]
    return selectors.memberships_to_switch(user=request.user)  # type: ignore[arg-type]
