"""Confirming receipt in one's own words, by the e-mailed link that works once (incentives.md 5.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core import idempotency
from core.clock import now
from incentives import selectors, words
from incentives.forms.acknowledgements import AcknowledgementForm
from incentives.models import Acknowledgement
from incentives.services import acknowledgements
from incentives.views.token_pages import provider_of, secret_in, token_page


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
        return str(submitted.offer_id)

    scope = f"acknowledge:{idempotency.fingerprint_of(secret)[:40]}"
    outcome = idempotency.run_once(scope=scope, key=data["nonce"], at=at, effect=effect)
    context = {
        "provider": provider_of(selectors.offer_by_pk(pk=int(outcome.result))),
        "consent": data["consent_public"],
    }
    return render(request, "incentives/acknowledgements/thanks.html", context)


def _page(
    request: HttpRequest,
    invitation: Acknowledgement,
    form: AcknowledgementForm,
    *,
    status: int = 200,
) -> HttpResponse:
    offer, value = invitation.offer, invitation.distribution.value
    context: dict[str, Any] = {
        "provider": provider_of(offer),
        "invitation": invitation,
        "program": offer.program,
        "gift": words.headline(value, offer.incentive_type),
        "description": value.description,
        "until": words.moment(invitation.expires_at, "UTC"),
        "form": form,
        "secret": secret_in(request),
    }
    return render(request, "incentives/acknowledgements/page.html", context, status=status)
