"""Asking for an incentive, and confirming one's address (incentives.md 8.1).

Anybody may fill in the form; the provider hears of it only once the e-mailed link was opened and its
button pressed. The answer on the screen is the same whatever the address.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import idempotency
from core.clock import now
from core.errors import DomainError
from core.http import limited, see_other
from directory.models import Organisation
from directory.selectors import business_by_slug
from incentives.forms.requests import AccessForm, RequestForm
from incentives.models import Program
from incentives.selectors.requests import program_for_request
from incentives.services import requests, visitors
from incentives.services.requests import Visit
from incentives.views.request_pages import own_url, request_facts, visit_to
from incentives.views.token_pages import provider_facts, secret_in, token_page

REASON = (
    "anybody may ask a provider for an incentive; nothing happens until the address is confirmed"
)
HOUR = timedelta(hours=1)


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("ask", limit=20, per=HOUR)
def program_request(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an incentive of a program."""
    program = program_for_request(slug=slug)
    return _ask(request, program.business, program)


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("ask", limit=20, per=HOUR)
def provider_request(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a provider about a product that has no program yet."""
    return _ask(request, business_by_slug(slug=slug), None)


def _ask(request: HttpRequest, business: Organisation, program: Program | None) -> HttpResponse:
    at = now()
    form = RequestForm(request.POST or None, business=business, program=program, at=at)
    if request.method != "POST":
        return _form_page(request, business, program, form)
    if not form.is_valid():
        return _form_page(request, business, program, form, status=422)
    if not form.is_trapped:
        try:
            _store(request, business, form, at)
        except DomainError as refusal:
            form.refuse(refusal)
            return _form_page(request, business, program, form, status=refusal.status)
    return see_other(reverse("request_sent", args=[business.slug]))


def _store(request: HttpRequest, business: Organisation, form: RequestForm, at: datetime) -> None:
    """Store the request once for each form."""

    def effect() -> str:
        made = requests.ask(business=business, values=form.values(), send=_sends(request), at=at)
        return str(made.pk)

    scope, key = f"incentives.ask:{business.pk}", form.cleaned_data["nonce"]
    idempotency.run_once(scope=scope, key=key, at=at, effect=effect)


def _sends(request: HttpRequest) -> bool:
    """Tell whether the form was submitted, not kept as a draft."""
    return request.POST.get("action") != "draft"


def _form_page(
    request: HttpRequest,
    business: Organisation,
    program: Program | None,
    form: RequestForm,
    *,
    status: int = 200,
    visit: Visit | None = None,
) -> HttpResponse:
    context = {
        "provider": provider_facts(business),
        "program": program,
        "product": program.product_service if program else None,
        "form": form,
        "may_draft": True,
        "heading": "Ask for an incentive",
        "back_url": own_url("my_requests", secret_in(request)) if visit else "",
    }
    return render(request, "incentives/requests/form.html", context, status=status)


@token_page(REASON)
@require_safe
def request_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a message waits in the visitor's inbox: the same words for every address."""
    context = {"provider": provider_facts(business_by_slug(slug=slug))}
    return render(request, "incentives/requests/sent.html", context)


@token_page("the e-mailed token names the one request whose address it confirms")
@require_http_methods(["GET", "HEAD", "POST"])
def request_verify(request: HttpRequest) -> HttpResponse:
    """Show what is about to be confirmed; the button confirms the address and sends the request."""
    at, secret = now(), secret_in(request)
    if request.method == "POST":
        visitors.refuse_own_users(
            subject=requests.open_verification(secret=secret, at=at), user=request.user
        )
        made, access = requests.verify(secret=secret, at=at)
        return see_other(own_url("my_request", access, made.pk))
    made = requests.open_verification(secret=secret, at=at)
    context = {**request_facts(made), "secret": secret}
    return render(request, "incentives/requests/verify.html", context)


@token_page("the e-mailed token names the one address that asks again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("ask", limit=20, per=HOUR)
def request_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Create a new request to the provider of an earlier one; the address is confirmed already."""
    at = now()
    visit = visit_to(request, pk, at)
    business, program = visit.request.business, visit.request.program
    if program is not None and not program.is_active:
        program = None
    form = RequestForm(
        request.POST or None,
        business=business,
        program=program,
        at=at,
        known_address=visit.address,
        initial={"recipient_name": visit.request.recipient_name},
    )
    if request.method != "POST":
        return _form_page(request, business, program, form, visit=visit)
    if not form.is_valid():
        return _form_page(request, business, program, form, visit=visit, status=422)
    try:
        made = _create_once(request, visit, form, at)
    except DomainError as refusal:
        form.refuse(refusal)
        return _form_page(request, business, program, form, visit=visit, status=refusal.status)
    return see_other(own_url("my_request", secret_in(request), made))


def _create_once(request: HttpRequest, visit: Visit, form: RequestForm, at: datetime) -> int:
    def effect() -> str:
        made = requests.create(
            business=visit.request.business,
            values=form.values(),
            visit=visit,
            send=_sends(request),
            at=at,
        )
        return str(made.pk)

    scope, key = f"incentives.ask-again:{visit.token.pk}", form.cleaned_data["nonce"]
    return int(idempotency.run_once(scope=scope, key=key, at=at, effect=effect).result)


@token_page("whoever asked for an incentive may have the way back sent to their address")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("request-access", limit=10, per=HOUR)
def request_access(request: HttpRequest) -> HttpResponse:
    """Mail the way to My requests; the answer is the same whether the address ever asked."""
    form = AccessForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                if not form.is_trapped:
                    requests.send_access(address=form.cleaned_data["email"], at=now())
                context["done"] = True
            except DomainError as refusal:
                form.refuse(refusal)
                status = refusal.status
        else:
            status = 422
    return render(request, "incentives/requests/access.html", context, status=status)
