"""What every page opened by an e-mailed or shared link has in common.

Such a page is kept out of caches, search engines and Referer headers, and shows every refusal with one
template that reveals nothing of what the link names (incentives.md 3.10, 5.2).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt

from core import tokens
from core.errors import DomainError
from core.http import View, public
from directory.models import Organisation
from incentives.services import claims, links
from incentives.services.statuses import OfferExpired

HINTS: tuple[tuple[type[DomainError], str], ...] = (
    (tokens.TokenMissing, "Links sometimes break over two lines. Copy the whole of it."),
    (tokens.TokenRevoked, "A newer e-mail was sent to you. Please use the link in that one."),
    (tokens.TokenUnknown, "Use the newest e-mail, or contact whoever sent you the link."),
    (tokens.TokenUsed, "Each of these links works once. It was already used."),
    (links.AlreadyClaimed, "Somebody else was faster. Nothing was stored about you."),
)


class NullOriginCsrf(CsrfViewMiddleware):
    """The CSRF check of pages that send no referrer.

    From a page under `Referrer-Policy: no-referrer` a browser posts `Origin: null` and no Referer, so
    the origin tells nothing. The secret of cookie and form must agree all the same, and no other page
    can know the token in the address.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META.get("HTTP_ORIGIN") == "null":
            return True
        return bool(super()._origin_verified(request))  # type: ignore[misc]


def token_page(reason: str) -> Callable[[View], View]:
    """Declare a page as open to whoever holds its link, and treat it as a secret one."""

    def wrap(view: View) -> View:
        protected: View = decorator_from_middleware(NullOriginCsrf)(view)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = protected(request, *args, **kwargs)
            except DomainError as refusal:
                response = refused(request, refusal)
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            response.headers["Cache-Control"] = "no-store, private"
            return response

        return public(reason)(csrf_exempt(inner))

    return wrap


def secret_in(request: HttpRequest) -> str:
    """Return the secret in the address; an absent one is told from a wrong one by the services."""
    return request.GET.get("token", "").strip()


def is_real_opening(request: HttpRequest) -> bool:
    """Tell whether a person's browser shows the page: no HEAD, no prefetch, no preview."""
    hints = (
        request.headers.get(name, "").lower()
        for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    )
    return request.method == "GET" and not any(
        "prefetch" in hint or "preview" in hint or "prerender" in hint for hint in hints
    )


class OfBusiness(Protocol):
    """Whatever belongs to a provider: an offer, a template, an invitation."""

    @property
    def business(self) -> Organisation: ...


def provider_of(owned: OfBusiness) -> dict[str, Any]:
    """Return the provider of what the page is about, as the recipient's layout shows it."""
    return provider_facts(owned.business)


def provider_facts(business: Organisation) -> dict[str, Any]:
    """Return the provider as the recipient's layout shows it, with the public page if there is one."""
    profile = getattr(business, "provider_profile", None)
    has_page = profile is not None and profile.completed_at is not None and business.is_active
    return {
        "name": business.name,
        "logo": profile.logo if profile and profile.logo else None,
        "page": reverse("provider_public", args=[business.slug]) if has_page else "",
        "email": profile.email if profile else "",
    }


def heading_of(refusal: DomainError) -> str:
    """Return the refusal's heading, or its first sentence."""
    heading = getattr(refusal, "heading", "")
    return heading or refusal.message.partition(". ")[0].rstrip(".")


def _is(refusal: DomainError, kind: type[tokens.TokenError], *purposes: str) -> bool:
    """Tell whether a link of one of the purposes was refused for that reason."""
    token = refusal.token if isinstance(refusal, kind) else None
    return token is not None and token.purpose in purposes


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Show why the link opens nothing, what to do next, and what was typed before it closed."""
    too_late = isinstance(refusal, OfferExpired)
    if too_late:
        refusal = tokens.TokenExpired(refusal.message)
    heading = heading_of(refusal)
    message = refusal.message if not refusal.message.startswith(heading) else ""
    rest = refusal.message.removeprefix(heading).lstrip(". ")
    # A form that was sent to an offer withdrawn meanwhile meets a conflict, not a bad link.
    late = request.method == "POST" and isinstance(refusal, claims.Withdrawn)
    context = {
        "heading": heading,
        "message": message or rest,
        "hint": next((hint for kind, hint in HINTS if isinstance(refusal, kind)), ""),
        "secret": secret_in(request),
        "may_ask": too_late or _is(refusal, tokens.TokenExpired, *claims.PURPOSES),
        "may_ask_access": _is(refusal, tokens.TokenUsed, "verify"),
        "kept": request.POST.get("body", "") if request.method == "POST" else "",
        "code": refusal.code,
    }
    return render(
        request,
        "incentives/claims/refused.html",
        context,
        status=409 if late else refusal.status,
    )
