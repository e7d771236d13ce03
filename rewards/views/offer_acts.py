"""What is done with an offer: activated, deactivated, copied, deleted (rewards.md 2.4)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError
from core.idempotency import run_once
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from rewards.forms.copying import CopyForm
from rewards.models import RewardOffer
from rewards.selectors import desk
from rewards.selectors.naming import words_of
from rewards.services import copying, offers
from rewards.services.offer_data import data_of
from rewards.services.refusals import OfferIncomplete
from rewards.views.desk import offer_of
from rewards.views.wizard import TITLE, problems_for

asked = require_http_methods(["GET", "HEAD", "POST"])


@access("rewards.activate")
@asked
def offer_activate(request: DeskRequest, pk: int) -> HttpResponse:
    """Read the offer back once more, then let it award; what is missing is listed all at once."""
    offer = offer_of(request, pk)
    status = 200
    if request.method == "POST":
        try:
            offers.activate(offer=offer, acting=request.organisation, actor=request.user, at=now())
        except OfferIncomplete:
            status = 422
        else:
            note = ""
            if offer.scheme is not None and not offer.scheme.is_active:
                note = f" It awards as soon as its scheme {offer.scheme.name} is active."
            return done(request, _page_of(offer), f"“{offer.title}” is active.{note}")
    context = {
        "offer": offer,
        "problems": problems_for(offer),
        "lines": words_of(offer, data_of(offer).rules),
        "crumbs": _crumbs(offer, "Activate"),
    }
    return render(request, "rewards/offers/activate.html", context, status=status)


@access("rewards.activate")
@asked
def offer_deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then stop the offer from awarding."""
    offer = offer_of(request, pk)
    if request.method == "POST":
        offers.deactivate(offer=offer, acting=request.organisation, actor=request.user, at=now())
        return done(request, _page_of(offer), f"“{offer.title}” is inactive. It awards no more.")
    return confirm_page(
        request,
        title=f"Deactivate “{offer.title}”?",
        consequences=[
            "Contacts no longer see it, and purchases from now on earn nothing by it.",
            "What it awarded stays with the contacts.",
            "You can activate it again at any time.",
        ],
        submit_label="Deactivate",
        cancel_url=_page_of(offer),
        crumbs=_crumbs(offer, "Deactivate"),
    )


@access("rewards.write")
@asked
def offer_copy(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask for the currency, then make an inactive copy and go on with its details."""
    offer, at = offer_of(request, pk), now()
    form = CopyForm(request.POST or None, offer=offer)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data

        def effect() -> str:
            made = copying.copy(
                offer=offer,
                currency=cleaned["currency"],
                amounts=cleaned["amounts"],
                acting=request.organisation,
                actor=request.user,
                at=at,
            )
            return str(made.pk)

        scope = f"rewards.offer_copy:{request.user.pk}"
        try:
            outcome = run_once(scope=scope, key=cleaned["nonce"], at=at, effect=effect)
        except DomainError as error:
            refusals.show(form, error)
        else:
            url = reverse("reward_offer_step", args=[int(outcome.result), "details"])
            return done(request, url, "Copied. The copy is inactive; check it, then activate it.")
    return form_page(
        request,
        form,
        title=f"Copy “{offer.title}”",
        intro="The copy gets its own number and everything else of the original but its code,"
        " its passes and its awards.",
        submit_label="Make the copy",
        cancel_url=_page_of(offer),
        crumbs=_crumbs(offer, "Copy"),
    )


@access("rewards.delete")
@asked
def offer_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then delete an inactive offer that never awarded; others can be deactivated instead."""
    offer = offer_of(request, pk)
    if request.method == "POST":
        offers.delete(offer=offer, acting=request.organisation)
        return done(request, reverse("reward_offers"), f"“{offer.title}” was deleted.")
    if desk.has_awards(offer=offer) or offer.is_active:
        return _kept(request, offer)
    return confirm_page(
        request,
        title=f"Delete “{offer.title}”?",
        consequences=["Its conditions and unused passes go with it.", "This cannot be undone."],
        submit_label="Delete",
        cancel_url=_page_of(offer),
        danger=True,
        crumbs=_crumbs(offer, "Delete"),
    )


def _kept(request: DeskRequest, offer: RewardOffer) -> HttpResponse:
    """Say why the offer stays, and offer what can be done instead."""
    has_awards = desk.has_awards(offer=offer)
    why = (
        "It has awarded already, and those awards refer to it."
        if has_awards
        else "It is active. Deactivate it first; then it can be deleted."
    )
    return render(
        request,
        "rewards/offers/kept.html",
        {"offer": offer, "why": why, "crumbs": _crumbs(offer, "Delete")},
    )


def _page_of(offer: RewardOffer) -> str:
    return reverse("reward_offer", args=[offer.pk])


def _crumbs(offer: RewardOffer, last: str) -> list[tuple[str, str]]:
    return [(TITLE, reverse("reward_offers")), (offer.title, _page_of(offer)), (last, "")]
