"""Middleware of the directory: for which organisation does the signed-in user act?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.middleware import GetResponse
from directory import sessions
from directory.selectors import network


class OrganisationMiddleware:
    """Set `request.organisation` and `request.membership` (both None for strangers).

    Desk pages show time in the organisation's zone (incentives.md 2.0).

    Pages that declare themselves public pay no query for it; the layout that they may share with the
    desk asks `sessions.membership_of`, which reads on demand.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sessions.detach(request)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        if not str(getattr(view, "access", "")).startswith("public"):
            membership = sessions.membership_of(request)
            if membership is not None:
                timezone.activate(network.zone_of(membership.organisation))
