"""The shared link of a request, joining its group, and a member's page (incentives.md 8.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import idempotency
from core.clock import now
from core.errors import Conflict, DomainError, Gone
from core.http import limited, see_other
from incentives.forms.requests import JoinForm
from incentives.models import IncentiveRequest
from incentives.selectors import requests as request_rows
from incentives.services import request_groups, visitors
from incentives.services.groups import GroupClosed
from incentives.views.request_pages import own_url, record_of, request_facts
from incentives.views.token_pages import secret_in, token_page

REASON = "whoever was given the shared link may read the request's public summary"


class RequestOver(Gone):
    """The request behind the link was cancelled, declined or completed."""

    code = "request_over"
    heading = "This request is over"


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("request-join", limit=20, per=timedelta(hours=1))
def request_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the request's public summary; take somebody's wish to join its group."""
    at = now()
    found = request_rows.request_by_slug(slug=slug)
    if found.is_closed:
        raise RequestOver("This request is over. Ask whoever sent you the link.")
    form = JoinForm(request.POST or None)
    if request.method != "POST":
        return _link_page(request, found, form)
    request_groups.refuse_unjoinable(found)
    if not form.is_valid():
        return _link_page(request, found, form, status=422)
    if not form.is_trapped:
        try:
            _ask_once(found, form, at)
        except DomainError as refusal:
            form.refuse(refusal)
            return _link_page(request, found, form, status=refusal.status)
    return see_other(reverse("request_sent", args=[found.business.slug]))


def _ask_once(found: IncentiveRequest, form: JoinForm, at: datetime) -> None:
    data = form.cleaned_data

    def effect() -> str:
        request_groups.ask_to_join(request=found, name=data["name"], email=data["email"], at=at)
        return "asked"

    scope = f"incentives.request-join:{found.pk}"
    idempotency.run_once(scope=scope, key=data["nonce"], at=at, effect=effect)


def _link_page(
    request: HttpRequest, found: IncentiveRequest, form: JoinForm, *, status: int = 200
) -> HttpResponse:
    """Draw the summary; a full or closed group says so in place of the form."""
    closed = ""
    try:
        if found.is_group:
            request_groups.refuse_unjoinable(found)
    except GroupClosed as refusal:
        closed = refusal.message
    context = {
        **request_facts(found),
        "form": form if found.is_group and not closed else None,
        "closed": closed,
        "seats": request_rows.request_seats_taken(request=found),
        "first_name": found.recipient_name.split()[0],
    }
    return render(request, "incentives/requests/link.html", context, status=status)


@token_page("the e-mailed token names the one place in a group that it confirms")
@require_http_methods(["GET", "HEAD", "POST"])
def request_join_confirm(request: HttpRequest) -> HttpResponse:
    """Show what is about to be confirmed; the button takes the place."""
    at, secret = now(), secret_in(request)
    if request.method == "POST":
        wanted = request_groups.open_joining(secret=secret, at=at)
        visitors.refuse_own_users(subject=wanted.subject, user=request.user)
        _, access = request_groups.join(secret=secret, at=at)
        return see_other(own_url("request_member", access))
    member = request_groups.open_joining(secret=secret, at=at)
    assert member.request is not None
    request_groups.refuse_unjoinable(member.request)
    context = {**request_facts(member.request), "member": member, "secret": secret}
    return render(request, "incentives/requests/join.html", context)


@token_page("the e-mailed token names the one member whose place in a group it opens")
@require_safe
def request_member(request: HttpRequest) -> HttpResponse:
    """Show an Active member how the group's request stands; only its creator answers for it."""
    secret = secret_in(request)
    member = request_groups.open_membership(secret=secret, at=now())
    found = member.request
    if found is None:
        raise Conflict("This place belongs to no request.")
    context = {
        **request_facts(found),
        "member": member,
        "seats": request_rows.request_seats_taken(request=found),
        "group_url": own_url("group_messages", secret, found.pk),
        "received": record_of(found, member.email),
    }
    return render(request, "incentives/requests/member.html", context)
