"""Try a purchase: every condition of every offer with a tick or a cross; nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError
from core.http import is_fragment
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from rewards.forms.trying import TryForms
from rewards.models import RewardOffer
from rewards.rules.verdicts import R
from rewards.selectors.trying import Tried, try_purchase
from rewards.views.desk import business_of, offer_of
from rewards.views.wizard import TITLE

LABELS = {
    R.OFFER_INACTIVE: "Active",
    R.SCHEME_INACTIVE: "Its scheme",
    R.NOT_AVAILABLE: "Availability",
    R.BEFORE_ACTIVATION: "Activation",
    R.CURRENCY_MISMATCH: "Currency",
    R.NOT_MEMBER: "Membership",
    R.TERMS_BLOCKED: "Commercial terms",
    R.LATE_INSTANT: "Arrival",
    R.SPEND_BLOCKED: "Free to spend",
    R.SEGMENT: "Segments",
    R.OCCASION: "Birthday or name day",
    R.LOCATION: "Place",
    R.TIME: "Time",
    R.CLASSIFICATION: "Classification",
    R.AMOUNT: "Purchase amount",
    R.PRODUCT: "Products",
    R.PASS: "Pass",
    R.FREQUENCY: "How often",
}


@access("rewards.try")
@require_http_methods(["GET", "HEAD", "POST"])
def purchase_try(request: DeskRequest) -> HttpResponse:
    """Try a purchase on the offers that are active now."""
    return _answer(request, None)


@access("rewards.try")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_try(request: DeskRequest, pk: int) -> HttpResponse:
    """Try a purchase with this offer taking part as if it were active."""
    return _answer(request, offer_of(request, pk))


def _answer(request: DeskRequest, offer: RewardOffer | None) -> HttpResponse:
    business, at = business_of(request), now()
    data = request.POST if request.method == "POST" else None
    currency = offer.currency if offer is not None else business.base_currency
    form = TryForms(data, business=business, currency=currency, at=at)
    tried = None
    if form.is_valid():
        asked = form.asked()
        try:
            tried = try_purchase(
                business=business,
                place=asked.place,
                data=asked.data,
                contact=asked.contact,
                classification=asked.classification,
                draft=offer if offer is not None and not offer.is_active else None,
                at=at,
            )
        except DomainError as error:
            refusals.show(form.form, error)
    wrong = form.is_bound and bool(form.entries)
    template = "_trial.html" if is_fragment(request) else "page.html"
    context = {
        "offer": offer,
        "form": form,
        "tried": tried,
        "groups": _groups(tried) if tried else [],
        "crumbs": _crumbs(offer),
        "wrong": wrong,
    }
    return render(request, f"rewards/trying/{template}", context, status=422 if wrong else 200)


def _groups(tried: Tried) -> list[dict[str, Any]]:
    """Return the offers as the page groups them, each check with its label."""
    groups = (
        ("Given", tried.winners, "Every condition holds, and resolution keeps them."),
        ("Beaten", tried.beaten, "Every condition holds, but another offer was better."),
        ("Not matched", tried.others, "At least one condition does not hold."),
    )
    return [
        {
            "title": title,
            "hint": hint,
            "offers": [
                {
                    "one": one,
                    "checks": [
                        (LABELS.get(R(verdict.code), verdict.code), verdict)
                        for verdict in one.verdicts
                    ],
                }
                for one in offers
            ],
        }
        for title, offers, hint in groups
        if offers
    ]


def _crumbs(offer: RewardOffer | None) -> list[tuple[str, str]]:
    first = (TITLE, reverse("reward_offers"))
    if offer is None:
        return [first, ("Try a purchase", "")]
    page = reverse("reward_offer", args=[offer.pk])
    return [first, (offer.title, page), ("Try a purchase", "")]
