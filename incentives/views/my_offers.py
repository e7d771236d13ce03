"""My offers, in the recipients' portal: those to the contact alone, and places in groups."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other
from directory.portal import Visit
from directory.views.portal_pages import portal_page
from incentives import words
from incentives.answers.offers import state_words
from incentives.choices import OfferStatus, Side
from incentives.models import GroupMember, Offer
from incentives.selectors.mine import (
    offer_of_contact,
    offers_of_contact,
    place_of_contact,
    places_of_contact,
    waits_for_member,
)
from incentives.services import portal
from incentives.views.claim_pages import claim_url

MOST = 50


@portal_page
@require_safe
def my_offers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the contact's offers and places in groups, those that wait for them first."""
    own = offers_of_contact(contact=visit.contact).order_by("-status_changed_at", "-pk")[:MOST]
    places = places_of_contact(contact=visit.contact)
    newest = places.order_by("-offer__status_changed_at", "-pk")[:MOST]
    cards = [*(_card(offer) for offer in own), *(_place_card(member) for member in newest)]
    cards.sort(key=lambda card: card["offer"].status_changed_at, reverse=True)
    cards.sort(key=lambda card: not card["is_open"])
    context = {"provider": visit.provider, "contact": visit.contact, "offers": cards}
    return render(request, "incentives/mine/offers.html", context)


@portal_page
@require_POST
def my_offer_open(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Lead to the offer's own page by a fresh link."""
    offer = offer_of_contact(contact=visit.contact, pk=pk)
    return see_other(claim_url(portal.open_offer(offer=offer, at=visit.at)))


@portal_page
@require_POST
def my_place_open(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Lead to the contact's own page of a group's offer by a fresh link."""
    member = place_of_contact(contact=visit.contact, pk=pk)
    return see_other(claim_url(portal.open_place(member=member, at=visit.at)))


def _card(offer: Offer) -> dict[str, Any]:
    is_open = offer.waits_for == Side.RECIPIENT
    return {
        **_shown(offer),
        "is_open": is_open,
        "url": reverse("my_offer_open", args=[offer.pk]),
        "label": "Answer this offer" if is_open else "Open this offer",
        "group": "",
    }


def _place_card(member: GroupMember) -> dict[str, Any]:
    offer = member.offer
    assert offer is not None
    is_open = waits_for_member(member)
    label = "Join the group" if member.is_invited else "Answer for the group"
    if offer.status == OfferStatus.APPROVED_CONFIRMED:
        label = "Claim your share"
    return {
        **_shown(offer),
        "is_open": is_open,
        "url": reverse("my_place_open", args=[member.pk]),
        "label": label if is_open else "Open this offer",
        "group": "You are invited to a group" if member.is_invited else "You are in the group",
    }


def _shown(offer: Offer) -> dict[str, Any]:
    value = offer.terms.value if offer.terms else None
    return {
        "offer": offer,
        "headline": words.headline(value, offer.incentive_type),
        "state": state_words(
            status=offer.status, set_by=offer.status_set_by, provider=offer.business.name
        ),
    }
