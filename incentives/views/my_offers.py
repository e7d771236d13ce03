"""My offers, in the recipients' portal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other
from directory.portal import Visit
from directory.views.portal_pages import portal_page
from incentives import words
from incentives.answers.offers import state_words
from incentives.choices import Side
from incentives.selectors.mine import offer_of_contact, offers_of_contact
from incentives.services import portal
from incentives.views.claim_pages import claim_url

MOST = 50


@portal_page
@require_safe
def my_offers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the contact's offers, those that wait for them first."""
    rows = offers_of_contact(contact=visit.contact).order_by("-status_changed_at", "-pk")[:MOST]
    offers = [
        {
            "offer": offer,
            "headline": words.headline(
                offer.terms.value if offer.terms else None, offer.incentive_type
            ),
            "state": state_words(
                status=offer.status, set_by=offer.status_set_by, provider=offer.business.name
            ),
            "is_open": offer.waits_for == Side.RECIPIENT,
        }
        for offer in rows
    ]
    offers.sort(key=lambda row: not row["is_open"])
    context = {"provider": visit.provider, "contact": visit.contact, "offers": offers}
    return render(request, "incentives/mine/offers.html", context)


@portal_page
@require_POST
def my_offer_open(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Lead to the offer's own page by a fresh link."""
    offer = offer_of_contact(contact=visit.contact, pk=pk)
    return see_other(claim_url(portal.open_offer(offer=offer, at=visit.at)))
