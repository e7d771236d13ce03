"""Fulfilling the open distributions of an offer or a request by codes of a voucher campaign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.clock import now
from core.errors import DomainError, Forbidden
from core.http import see_other
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives.forms.fulfilments import FulfilmentForm
from incentives.services import actors, fulfilments
from incentives.views.desks import OFFERS, REQUESTS, Desk
from vouchers.services import fulfilling

WRITE, GIVE = "distributions.write", "vouchers.issue"


@access(WRITE, needs_profile=True)
def offer_distribution_codes(request: DeskRequest, pk: int) -> HttpResponse:
    """Give open distributions of the offer a voucher code each."""
    return _codes(request, OFFERS, pk)


@access(WRITE, needs_profile=True)
def request_distribution_codes(request: DeskRequest, pk: int) -> HttpResponse:
    """Give open distributions of the request a voucher code each."""
    return _codes(request, REQUESTS, pk)


def _codes(request: DeskRequest, desk: Desk[Any], pk: int) -> HttpResponse:
    at = now()
    subject = desk.find(request.organisation, pk)
    if not may(request, GIVE):
        raise Forbidden("Your role does not allow giving out voucher codes.")
    back = desk.url("distributions", pk)
    if not fulfilments.is_possible(subject):
        raise fulfilments.NotByCode(
            f"Codes are given for discounts and gift cards, while the {desk.noun} is Approved"
            " Confirmed or Claimed."
        )
    campaigns = fulfilling.choices(business=request.organisation, at=at)
    rows = subject.distributions.filter(status__in=fulfilments.OPEN).order_by("id")
    form = FulfilmentForm(request.POST or None, campaigns=campaigns, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            done = fulfilments.fulfil(
                subject=subject,
                ids=form.cleaned_data["distributions"],
                campaign=UUID(form.cleaned_data["campaign"]),
                actor=actors.provider(request.user),
                at=at,
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            count = "1 code was" if len(done) == 1 else f"{len(done)} codes were"
            messages.success(request, f"{count} given, and the mails are on their way.")
            return see_other(back)
    return _page(request, desk, subject, form, has_campaigns=bool(campaigns), back=back)


def _page(
    request: HttpRequest,
    desk: Desk[Any],
    subject: Any,
    form: FulfilmentForm,
    *,
    has_campaigns: bool,
    back: str,
) -> HttpResponse:
    context = {
        "title": "Give voucher codes",
        "intro": f"Incentive {desk.noun} {subject.reference} · {desk.title_of(subject)}",
        "form": form,
        "submit_label": "Give the codes",
        "cancel_url": back,
        "crumbs": desk.crumbs(subject, "Give voucher codes"),
        "has_campaigns": has_campaigns,
        "has_rows": bool(form.fields["distributions"].choices),  # type: ignore[attr-defined]
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "incentives/distributions/codes.html", context, status=status)
