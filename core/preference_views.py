"""The small choices a person makes about the page itself: look, keys, tours seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import preferences, tours
from core.context import THEME_COOKIE, THEMES
from core.errors import Invalid, NotFound
from core.http import is_fragment, public, see_other

YEAR = 60 * 60 * 24 * 365


def back(request: HttpRequest) -> str:
    """Return the page of this site that the form stood on, else the front page."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


def done(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204) if is_fragment(request) else see_other(back(request))


@public("a look, not data; strangers keep it in their browser")
@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Set the look for this browser, and for the user's other browsers when signed in."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        raise Invalid("Choose light, dark or automatic.")
    if request.user.is_authenticated:
        preferences.put(user=request.user, key="theme", value=theme)
    response = done(request)
    response.set_cookie(
        THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=request.is_secure()
    )
    return response


@public("a choice of the user's own; strangers have none to store")
@require_POST
def hotkeys_set(request: HttpRequest) -> HttpResponse:
    """Switch the keyboard shortcuts on or off for the user (WCAG 2.1.4)."""
    if request.user.is_authenticated:
        preferences.put(
            user=request.user, key="hotkeys_off", value=request.POST.get("hotkeys") != "on"
        )
    return done(request)


@public("a choice of the user's own; strangers have none to store")
@require_POST
def tour_seen(request: HttpRequest, key: str) -> HttpResponse:
    """Remember where the user left a tour, so that it never starts by itself again."""
    tour = tours.find(key)
    if tour is None:
        raise NotFound("There is no such tour.")
    text = request.POST.get("step", str(tours.FINISHED))
    step = int(text) if text.lstrip("-").isdecimal() else tours.FINISHED
    if request.user.is_authenticated:
        known = range(len(tour.steps))
        tours.remember(user=request.user, key=key, step=step if step in known else tours.FINISHED)
    return done(request)
