"""Ways on from a link that opens nothing any more (incentives.md 5.2); their answers reveal nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core import ratelimit
from core.clock import now
from core.http import client_address
from incentives.services import access, claims
from incentives.views.token_pages import secret_in, token_page

REASON = "the e-mailed token, even an expired one, names the one offer that is asked about"


def _limit(request: HttpRequest, at: datetime) -> None:
    """Allow one address ten such wishes an hour."""
    ratelimit.hit(
        bucket=f"new-link:{client_address(request)}", limit=10, per=timedelta(hours=1), at=at
    )


@token_page(REASON)
@require_POST
def offer_new_link(request: HttpRequest) -> HttpResponse:
    """Have the provider asked for a new link; the answer is the same whatever the link was."""
    at = now()
    _limit(request, at)
    claims.ask_for_new_link(secret=secret_in(request), at=at)
    return render(request, "incentives/claims/asked.html", {"by_provider": True})


@token_page(REASON)
@require_POST
def offer_access_again(request: HttpRequest) -> HttpResponse:
    """Mail a fresh link to the address that a used verification link bound; neutral as above."""
    at = now()
    _limit(request, at)
    access.send_again(secret=secret_in(request), at=at)
    return render(request, "incentives/claims/asked.html", {"by_provider": False})
