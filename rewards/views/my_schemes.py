"""My schemes: which ones the contact is in, and joining and leaving them (rewards.md 2.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import ratelimit
from core.errors import DomainError, NotFound
from core.http import see_other
from directory.portal import Visit
from directory.views.portal_pages import portal_page
from rewards.models import RewardScheme
from rewards.selectors.schemes import open_standings_of
from rewards.services import memberships

TRIES_PER_HOUR = 10


@portal_page
@require_safe
def my_schemes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the schemes that are open, those of the contact first."""
    return _page(request, visit)


@portal_page
@require_POST
def my_scheme_join(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Join, with the code or by the address that the scheme asks for."""
    scheme = _scheme(visit, pk)
    try:
        _count(visit)
        if scheme.asks_for_address:
            address = request.POST.get("email", "")
            memberships.ask_to_join(
                scheme=scheme, contact=visit.contact, address=address, at=visit.at
            )
            note = f"We sent a link to {address.strip()}. Open it within 24 hours to join."
        else:
            code = request.POST.get("code", "")
            memberships.join(scheme=scheme, contact=visit.contact, code=code, at=visit.at)
            note = f"You are in {scheme.name}. Its offers count for you from now on."
    except DomainError as refusal:
        typed = request.POST.get("email", "") or request.POST.get("code", "")
        return _page(request, visit, refused=scheme, message=refusal.message, typed=typed)
    messages.success(request, note)
    return see_other(reverse("my_schemes"))


def _count(visit: Visit) -> None:
    """Let nobody try many codes or have many people mailed; raises `TooMany`."""
    bucket = f"scheme-join:{visit.contact.pk}"
    ratelimit.hit(bucket=bucket, limit=TRIES_PER_HOUR, per=timedelta(hours=1), at=visit.at)


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def my_scheme_leave(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Ask, then leave; what was earned stays."""
    scheme = _scheme(visit, pk)
    if request.method == "POST":
        memberships.leave(scheme=scheme, contact=visit.contact, at=visit.at)
        messages.success(request, f"You left {scheme.name}. What you have earned stays yours.")
        return see_other(reverse("my_schemes"))
    context = {"provider": visit.provider, "contact": visit.contact, "scheme": scheme}
    return render(request, "rewards/me/leave.html", context)


def _scheme(visit: Visit, pk: int) -> RewardScheme:
    """Return an open scheme of the contact's business; others do not exist here."""
    for one in open_standings_of(contact=visit.contact):
        if one.scheme.pk == pk:
            return one.scheme
    raise NotFound("There is no such scheme. Choose one of the list.")


def _page(
    request: HttpRequest, visit: Visit, *, refused: RewardScheme | None = None, **more: Any
) -> HttpResponse:
    standings = open_standings_of(contact=visit.contact)
    context = {
        "provider": visit.provider,
        "contact": visit.contact,
        "standings": sorted(standings, key=lambda one: not one.is_member),
        "refused": refused,
        **more,
    }
    return render(request, "rewards/me/schemes.html", context, status=422 if refused else 200)
