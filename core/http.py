"""What views share: telling a fragment from a page, toasts, redirects, limits, access marks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from core import ratelimit
from core.clock import now

# A whole office or a trade fair may stand behind one network address.
PUBLIC_POSTS = 300
HOUR = timedelta(hours=1)

R = TypeVar("R", bound=HttpResponse)
View = Callable[..., HttpResponseBase]


class HtmxHttpRequest(HttpRequest):
    """A request as the middleware leaves it."""

    htmx: HtmxDetails


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether only the fragment is wanted: htmx, not boosted, not a history restore."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def toast(response: R, message: str, level: str = "success") -> R:
    """Have the page show a short message once the fragment is in place."""
    trigger = json.loads(response.headers.get("HX-Trigger", "{}"))
    trigger["toast"] = {"message": message, "level": level}
    response.headers["HX-Trigger"] = json.dumps(trigger)
    return response


class SeeOther(HttpResponseRedirect):
    """303: the answer to a POST is at another address."""

    status_code = 303


def see_other(url: str) -> HttpResponse:
    return SeeOther(url)


def redirect_or_hx(request: HttpRequest, url: str) -> HttpResponse:
    """Lead the browser to the page, whether it asked plainly or through htmx."""
    if is_fragment(request):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = url
        return response
    return see_other(url)


def client_address(request: HttpRequest) -> str:
    """Return the caller's address as the server (behind its trusted proxy) saw it."""
    return str(request.META.get("REMOTE_ADDR", "")) or "unknown"


def public(reason: str, *, posts_per_hour: int = PUBLIC_POSTS) -> Callable[[View], View]:
    """Declare that anybody may open the page, and why; every address declares its access.

    What strangers may send is limited for each of their network addresses; pages that send mail or
    guard a secret set narrower limits of their own besides.
    """

    def mark(view: View) -> View:
        code = getattr(view, "func", view)
        name = f"public:{code.__module__}.{code.__qualname__}"

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                bucket = f"{name}:{client_address(request)}"
                ratelimit.hit(bucket=bucket, limit=posts_per_hour, per=HOUR, at=now())
            return view(request, *args, **kwargs)

        inner.access = f"public: {reason}"  # type: ignore[attr-defined]
        inner.bucket = name  # type: ignore[attr-defined]
        inner.posts_per_hour = posts_per_hour  # type: ignore[attr-defined]
        return inner

    return mark


def limited(name: str, *, limit: int, per: timedelta) -> Callable[[View], View]:
    """Refuse a caller's POSTs beyond `limit` in each window of `per`; GET is not counted."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                bucket = f"{name}:{client_address(request)}"
                ratelimit.hit(bucket=bucket, limit=limit, per=per, at=now())
            return view(request, *args, **kwargs)

        return inner

    return wrap
