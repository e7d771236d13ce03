"""What all pages of the recipients' portal have in common: the session behind them, and their privacy.

The session's secret lies in a cookie of its own, so that a member of staff who is also a customer is
never taken for the other by accident (decision D4).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from core.clock import now
from core.http import View, public, see_other
from directory.portal import Visit
from directory.services import portal

COOKIE = "portal"
PATH = "/me"
PortalView = Callable[..., HttpResponseBase]


def portal_page(view: PortalView) -> View:
    """Let the view answer whoever holds a session, and lead everybody else to ask for a link.

    The view gets the visit after the request. Its pages are kept out of caches and search engines, and
    show time in the business's zone.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        at = now()
        contact = portal.contact_in_session(secret=secret_in(request), at=at)
        response: HttpResponseBase
        if contact is None:
            response = _to_the_door(request)
        else:
            timezone.activate(contact.business.time_zone)
            response = view(request, Visit(contact, at), *args, **kwargs)
        return keep_private(response)

    return public("the portal's session names the one contact whose pages these are")(inner)


def keep_private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep the page out of caches, search engines and other sites' Referer headers."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def secret_in(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


def let_in(response: HttpResponse, secret: str) -> HttpResponse:
    """Hand the session to the browser: for these pages alone, out of the reach of scripts."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=portal.SESSION_LASTS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def let_out(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def safe_next(path: str) -> str:
    """Return the path if it is one of the portal's own pages, else the portal's home."""
    is_own = path == PATH or path.startswith(f"{PATH}/")
    return path if is_own and "\\" not in path and "//" not in path else reverse("portal_home")


def _to_the_door(request: HttpRequest) -> HttpResponse:
    door = reverse("portal_ask")
    if request.method in {"GET", "HEAD"} and secret_in(request):
        door = f"{door}?{urlencode({'ended': 1})}"
    return see_other(door)
