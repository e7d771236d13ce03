"""Confirming receipt in one's own words, by the e-mailed link that works once (incentives.md 5.7).

Whoever has a shared link instead names themselves first; the link in their mail opens the same page.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import idempotency, ratelimit
from core.clock import now
from core.errors import DomainError
from core.http import client_address, see_other
from incentives import words
from incentives.forms.acknowledgements import AcknowledgementForm, VisitorForm
from incentives.models import (
    AcknowledgementIntent,
    AcknowledgementRequest,
    AcknowledgementTemplate,
)
from incentives.selectors.acknowledgements import (
    acknowledgement_by_pk,
    acknowledgement_template_by_slug,
    asked_by_slug,
)
from incentives.services import acknowledgement_requests, acknowledgements
from incentives.services.acknowledgements import Invitation
from incentives.views.token_pages import provider_of, secret_in, token_page

REASON = "whoever was given the shared link may say that it arrived"
MAILS_PER_HOUR = 10
Asking = AcknowledgementRequest | AcknowledgementTemplate


@token_page("the e-mailed token names the one invitation that it answers")
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Show what was given and ask for a few words; sending them uses up the link."""
    at = now()
    secret = secret_in(request)
    if request.method == "POST":
        return _submit(request, secret, at)
    invitation = acknowledgements.open_invitation(secret=secret, at=at)
    return _page(request, invitation, AcknowledgementForm())


def _submit(request: HttpRequest, secret: str, at: datetime) -> HttpResponse:
    """Store the words once; a second press of the same form thanks again."""
    form = AcknowledgementForm(request.POST)
    if not form.is_valid():
        invitation = acknowledgements.open_invitation(secret=secret, at=at)
        return _page(request, invitation, form, status=422)
    data = form.cleaned_data

    def effect() -> str:
        submitted = acknowledgements.submit(
            secret=secret,
            message=data["message"],
            display_name=data["display_name"],
            consent_public=data["consent_public"],
            at=at,
        )
        return str(submitted.pk)

    scope = f"acknowledge:{idempotency.fingerprint_of(secret)[:40]}"
    outcome = idempotency.run_once(scope=scope, key=data["nonce"], at=at, effect=effect)
    context = {
        "provider": provider_of(acknowledgement_by_pk(pk=int(outcome.result))),
        "consent": data["consent_public"],
    }
    return render(request, "incentives/acknowledgements/thanks.html", context)


def _page(
    request: HttpRequest, invitation: Invitation, form: AcknowledgementForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "provider": provider_of(invitation),
        "invitation": invitation,
        "program": invitation.program,
        "gift": words.headline(invitation.value, invitation.incentive_type),
        "description": invitation.value.description if invitation.value.has_number else "",
        "until": words.moment(invitation.expires_at, "UTC"),
        "form": form,
        "secret": secret_in(request),
    }
    return render(request, "incentives/acknowledgements/page.html", context, status=status)


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the holder of a link for one person who they are, and mail them the page for their words."""
    asked = asked_by_slug(slug=slug)
    return _visit(request, asked, reverse("acknowledgement_link_sent", args=[slug]))


@token_page(REASON)
@require_safe
def acknowledgement_link_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a message waits in the visitor's inbox: the same words for every address."""
    return _sent(request, asked_by_slug(slug=slug))


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_template_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the holder of a template's link who they are, and mail them the page for their words."""
    template = acknowledgement_template_by_slug(slug=slug)
    return _visit(request, template, reverse("acknowledgement_template_link_sent", args=[slug]))


@token_page(REASON)
@require_safe
def acknowledgement_template_link_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a message waits in the visitor's inbox: the same words for every address."""
    return _sent(request, acknowledgement_template_by_slug(slug=slug))


def _visit(request: HttpRequest, asking: Asking, sent_url: str) -> HttpResponse:
    """Show the form of a link that takes words, or mail the visitor; a trapped robot hears the same."""
    at = now()
    acknowledgement_requests.refuse_closed(_intent_of(asking), at=at)
    if request.method != "POST":
        return _link_page(request, asking, VisitorForm())
    form = VisitorForm(request.POST)
    if not form.is_valid():
        return _link_page(request, asking, form, status=422)
    if form.is_trapped:
        return see_other(sent_url)
    try:
        ratelimit.hit(
            bucket=f"ack-intent:{asking._meta.model_name}-{asking.pk}:{client_address(request)}",
            limit=MAILS_PER_HOUR,
            per=timedelta(hours=1),
            at=at,
        )
        _ask_once(asking, form, at)
    except DomainError as refusal:
        form.refuse(refusal)
        return _link_page(request, asking, form, status=refusal.status)
    return see_other(sent_url)


def _intent_of(asking: Asking) -> AcknowledgementIntent:
    """Return an intent that is not stored, by which a link is judged before anybody is named."""
    if isinstance(asking, AcknowledgementTemplate):
        return AcknowledgementIntent(template=asking)
    return AcknowledgementIntent(acknowledgement_request=asking)


def _ask_once(asking: Asking, form: VisitorForm, at: datetime) -> None:
    data = form.cleaned_data

    def effect() -> str:
        intent = acknowledgement_requests.name_yourself(
            source=asking, name=data["name"], email=data["email"], at=at
        )
        return str(intent.pk)

    scope = f"ack-link:{asking._meta.model_name}-{asking.pk}"
    idempotency.run_once(scope=scope, key=data["nonce"], at=at, effect=effect)


def _about(asking: Asking) -> dict[str, Any]:
    value = asking.value
    return {
        "provider": provider_of(asking),
        "product": asking.program.product_service,
        "gift": words.headline(value, asking.incentive_type),
        "description": value.description if value.has_number else "",
    }


def _link_page(
    request: HttpRequest, asking: Asking, form: VisitorForm, *, status: int = 200
) -> HttpResponse:
    context = {**_about(asking), "message": asking.message, "form": form}
    return render(request, "incentives/acknowledgements/link.html", context, status=status)


def _sent(request: HttpRequest, asking: Asking) -> HttpResponse:
    return render(request, "incentives/acknowledgements/sent.html", _about(asking))
