"""The way into the recipients' portal, its home, and the way out (decision D5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import tokens
from core.clock import now
from core.http import public, see_other
from directory.forms.portal import AddressForm
from directory.portal import Visit, cards_for
from directory.services import portal
from directory.views.portal_pages import (
    keep_private,
    let_in,
    let_out,
    portal_page,
    safe_next,
    secret_in,
)

ASKS_PER_HOUR = 30


@public("whoever asks gets a mail to their own address, or none", posts_per_hour=ASKS_PER_HOUR)
def portal_ask(request: HttpRequest) -> HttpResponseBase:
    """Take an address and mail its links; the answer is the same whether it is known or not."""
    form = AddressForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "ended": "ended" in request.GET}
    if request.method == "POST":
        if not form.is_valid():
            return keep_private(render(request, "portal/ask.html", context, status=422))
        portal.ask_for_link(address=form.cleaned_data["email"], at=now())
        return keep_private(see_other(reverse("portal_asked")))
    return keep_private(render(request, "portal/ask.html", context))


@public("says the same to everybody")
@require_safe
def portal_asked(request: HttpRequest) -> HttpResponseBase:
    """Say that the mail is on its way, if the address is known."""
    return keep_private(render(request, "portal/asked.html"))


@public("the e-mailed token names the one contact whose pages it opens")
def portal_open(request: HttpRequest) -> HttpResponseBase:
    """Show whose pages the link opens; the button begins the session. GET changes nothing."""
    secret = request.GET.get("token", "").strip()
    try:
        if request.method == "POST":
            session = portal.begin(secret=secret, at=now())
            onwards = see_other(safe_next(request.GET.get("next", "")))
            return keep_private(let_in(onwards, session))
        opening = portal.follow(secret=secret, at=now())
    except tokens.TokenError as refusal:
        shown = {"heading": refusal.heading, "message": refusal.message}
        return keep_private(render(request, "portal/refused.html", shown, status=refusal.status))
    visit = Visit(opening.contact, now())
    context = {"contact": visit.contact, "provider": visit.provider}
    return keep_private(render(request, "portal/open.html", context))


@portal_page
@require_safe
def portal_home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the contact's sections: offers, wallet, and whatever else has something to show."""
    context = {"provider": visit.provider, "contact": visit.contact, "cards": cards_for(visit)}
    return render(request, "portal/home.html", context)


@portal_page
@require_POST
def portal_leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """End this browser's session, or all of the contact's where that was ticked."""
    if request.POST.get("everywhere"):
        portal.leave_everywhere(contact=visit.contact, at=visit.at)
    else:
        portal.leave(secret=secret_in(request), at=visit.at)
    return let_out(see_other(reverse("portal_ask")))
