"""Who may do what: one table of permissions, and the decorator that declares and enforces one.

Every address of the desk names the permission it asks for (`@access("offers.write")`); a house test
walks the URLconf and refuses one that does not. A foreign id is a 404 of the selectors, never a
question of permissions (incentives.md 1).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core import navigation
from core.errors import Forbidden
from core.http import is_fragment, redirect_or_hx
from directory.choices import Role
from directory.models import Membership
from directory.sessions import membership_of

View = Callable[..., HttpResponseBase]

EVERYBODY = frozenset(Role)
ADMINS = frozenset({Role.ADMIN})
OFFER_WRITERS = frozenset({Role.ADMIN, Role.OFFERS, Role.MARKETING})
BOOK_KEEPERS = frozenset({Role.ADMIN, Role.FINANCE})
MARKETERS = frozenset({Role.ADMIN, Role.MARKETING})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "offers.read": EVERYBODY,
    "offers.write": OFFER_WRITERS,
    "distributions.write": frozenset({Role.ADMIN, Role.OFFERS, Role.FINANCE}),
    "programs.read": EVERYBODY,
    "programs.write": OFFER_WRITERS,
    "products.read": EVERYBODY,
    "products.write": OFFER_WRITERS,
    "contacts.read": EVERYBODY,
    "contacts.write": OFFER_WRITERS,
    "segments.read": EVERYBODY,
    "segments.write": OFFER_WRITERS,
    "catalogue.read": EVERYBODY,
    "catalogue.write": OFFER_WRITERS,
    "network.read": EVERYBODY,
    "network.write": ADMINS,
    "terms.write": frozenset({Role.ADMIN, Role.FINANCE}),
    "profile.read": EVERYBODY,
    "profile.write": ADMINS,
    "team.manage": ADMINS,
    "keys.manage": ADMINS,
    "audit.read": frozenset({Role.ADMIN, Role.FINANCE, Role.ANALYST}),
    "rewards.read": EVERYBODY,
    "rewards.write": OFFER_WRITERS,
    "rewards.activate": MARKETERS,
    "rewards.delete": MARKETERS,
    "rewards.events": EVERYBODY,
    "rewards.settings": ADMINS,
    "rewards.try": EVERYBODY,
    "schemes.read": EVERYBODY,
    "schemes.write": OFFER_WRITERS,
    "schemes.activate": MARKETERS,
    "schemes.delete": MARKETERS,
    "gifts.grant": MARKETERS,
    "wallet.read": EVERYBODY,
    "wallet.write": BOOK_KEEPERS,
    "wallet.approve": BOOK_KEEPERS,
    "pools.write": MARKETERS,
    "redemption.settings": BOOK_KEEPERS,
    "vouchers.read": EVERYBODY,
    "vouchers.write": MARKETERS,
    "vouchers.reveal": MARKETERS,
    "vouchers.issue": OFFER_WRITERS,
    "vouchers.redeem": frozenset({Role.ADMIN, Role.FINANCE, Role.MARKETING}),
    "campaigns.write": OFFER_WRITERS,
    "webhooks.manage": ADMINS,
}
# What a merchant's own people may do, each in their role, with what is their merchant's (rewards.md
# 2.11). Everything else belongs to the business; an address of it tells them so.
OF_MERCHANTS = frozenset(
    {
        "rewards.read",
        "rewards.write",
        "rewards.activate",
        "rewards.delete",
        "rewards.events",
        "gifts.grant",
        "team.manage",
    }
)
# Signed in is enough: pages about the account itself, which has no organisation yet, perhaps.
SIGNED_IN = "signed-in"


def can(membership: Membership | None, permission: str) -> bool:
    """Tell whether the membership's role carries the permission; nobody carries none.

    In a merchant's team no role carries what is the business's own.
    """
    if membership is None or not concerns(membership, permission):
        return False
    return membership.role in PERMISSIONS[permission]


def concerns(membership: Membership, permission: str) -> bool:
    """Tell whether there is such a thing at all where the member acts: for merchants, not all."""
    return membership.organisation.is_business or permission in OF_MERCHANTS


def may(request: HttpRequest, permission: str) -> bool:
    """Tell whether the person of the request has the permission where they act now."""
    if permission == SIGNED_IN:
        return bool(request.user.is_authenticated)
    return can(membership_of(request), permission)


def access(permission: str, *, needs_profile: bool = False) -> Callable[[View], View]:
    """Declare which permission the page asks for, and refuse who lacks it.

    Signed out: to the sign-in page and back. No organisation: a page that says so (403). Role too
    weak, or a page that is not for merchants: 403. With `needs_profile`, a business without a completed
    provider profile is led to it with a message first.
    """
    if permission != SIGNED_IN and permission not in PERMISSIONS:
        raise LookupError(f"There is no permission {permission!r}.")

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refused = refusal(request, permission, needs_profile=needs_profile)
            return refused if refused is not None else view(request, *args, **kwargs)

        inner.access = permission  # type: ignore[attr-defined]
        inner.needs_profile = needs_profile  # type: ignore[attr-defined]
        return inner

    return wrap


def refusal(
    request: HttpRequest, permission: str, *, needs_profile: bool = False
) -> HttpResponse | None:
    """Return the answer for somebody who may not open the page, or None for who may.

    Raises `Forbidden` for a role that is too weak, and for what a merchant has no part in.
    """
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    if permission == SIGNED_IN:
        return None
    membership = membership_of(request)
    if membership is None:
        return render(request, "directory/no_vendor.html", status=403)
    if not concerns(membership, permission):
        merchant = membership.organisation
        raise Forbidden(
            f"You act for {merchant.name}, and this page is for the people of"
            f" {merchant.business}. Ask one of them."
        )
    if not can(membership, permission):
        raise Forbidden(
            f"Your role ({membership.get_role_display()}) does not allow this."
            f" Ask an administrator of {membership.organisation.name}."
        )
    if needs_profile and not membership.organisation.is_ready_for_offers:
        messages.error(request, "Please set up your provider profile first.")
        return redirect_or_hx(request, reverse("provider_profile"))
    return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and from there back to the page that the person was on."""
    target = request.get_full_path()
    if request.method != "GET" or is_fragment(request):
        target = _page_behind(request)
    if is_fragment(request):
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = redirect_to_login(target).url
        return response
    return redirect_to_login(target)


def _page_behind(request: HttpRequest) -> str:
    """Return the path of our own page that the form or fragment stood on, else the front page."""
    seen = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(seen, allowed_hosts={request.get_host()}):
        return resolve_url("home")
    parts = urlsplit(seen)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


navigation.register_judge(may)
