"""What the pages of those who ask have in common: addresses, facts, the reader of the thread."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from incentives import words
from incentives.answers.offers import Answer
from incentives.answers.requests import open_request_answers
from incentives.choices import DistributionStatus, Side
from incentives.models import Distribution, IncentiveRequest
from incentives.selectors import requests as request_rows
from incentives.services import requests, visitors
from incentives.services.requests import Visit
from incentives.views.token_pages import provider_facts, secret_in


def with_token(path: str, secret: str) -> str:
    """Return the address as the holder of the secret opens it."""
    return f"{path}?{urlencode({'token': secret})}"


def visit_to(request: HttpRequest, pk: int, at: datetime) -> Visit:
    """Return the visit to one request behind the link; the vendor's own users may look, not act."""
    visit = requests.visit_request(secret=secret_in(request), pk=pk, at=at)
    if request.method == "POST":
        visitors.refuse_own_users(subject=visit.request, user=request.user)
    return visit


def own_url(page: str, secret: str, *args: Any) -> str:
    """Return one of the pages of those who ask, e.g. `own_url("my_request", secret, 42)`."""
    return with_token(reverse(page, args=args), secret)


def request_facts(request: IncentiveRequest) -> dict[str, Any]:
    """Return what every page about the request shows of it."""
    terms = request.confirmed_terms or request.terms
    value = terms.value if terms else None
    return {
        "ask": request,
        "provider": provider_facts(request.business),
        "gift": words.headline(value, request.incentive_type),
        "description": value.description if value and value.has_number else "",
        "terms_kind": terms.kind if terms and not request.confirmed_terms else "",
        "status": request.status_face,
        "next_step": request_rows.request_next_step(request, Side.RECIPIENT),
    }


def link_of(request: IncentiveRequest) -> str:
    """Return the absolute link by which the request is shown around, or an empty text."""
    if not request.link_slug or request.is_closed:
        return ""
    return f"{settings.SITE_URL}{reverse('request_link', args=[request.link_slug])}"


def answers_of(request: IncentiveRequest, at: datetime) -> list[Answer]:
    """Return what the creator can answer now."""
    choices = request_rows.request_statuses(request=request, actor_kind=Side.RECIPIENT, at=at)
    return open_request_answers(choice.status for choice in choices if choice.is_open)


def record_of(request: IncentiveRequest, email: str) -> Distribution | None:
    """Return what the provider recorded as given to the address; nothing while it is pending."""
    if not request.is_confirmed:
        return None
    settled = request.distributions.exclude(status=DistributionStatus.PENDING)
    return settled.filter(recipient_email=email).first()
