"""Behind the link that proves an address: joining a scheme that is open to some addresses only."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core import tokens
from core.clock import now
from core.errors import DomainError
from core.http import public
from directory.portal import Visit
from directory.views.portal_pages import keep_private
from rewards.services import memberships

POSTS_PER_HOUR = 60


@public(
    "the e-mailed token names the one contact and scheme that it joins",
    posts_per_hour=POSTS_PER_HOUR,
)
def scheme_join(request: HttpRequest) -> HttpResponseBase:
    """Show which scheme the link opens; the button joins it. GET changes nothing."""
    secret, at = request.GET.get("token", "").strip(), now()
    try:
        scheme, contact = memberships.asked_for(secret=secret, at=at)
        if request.method == "POST":
            memberships.confirm_join(secret=secret, at=at)
    except tokens.TokenError as refusal:
        return _refused(request, refusal.heading, refusal)
    except DomainError as refusal:
        return _refused(request, "You cannot join with this link", refusal)
    context = {
        "provider": Visit(contact, at).provider,
        "scheme": scheme,
        "has_joined": request.method == "POST",
    }
    return keep_private(render(request, "rewards/me/join.html", context))


def _refused(request: HttpRequest, heading: str, refusal: DomainError) -> HttpResponseBase:
    shown = {"heading": heading, "message": refusal.message}
    return keep_private(render(request, "portal/refused.html", shown, status=refusal.status))
