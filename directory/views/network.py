"""Merchants and venues of a business: the tree, its tills, the terms with merchants."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.errors import DomainError
from core.http import see_other
from directory.forms import refusals
from directory.forms.network import MerchantForm, TapForm, TermsForm, VenueForm
from directory.models import CommercialTerms, Organisation
from directory.permissions import access, may
from directory.selectors import network as selectors
from directory.services import network as services
from directory.services import terms as agreements
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page

TITLE = "Merchants and venues"


@access("network.read")
@require_safe
def network(request: DeskRequest) -> HttpResponse:
    """Show merchants with their venues, tills and terms."""
    return render(
        request,
        "directory/network/tree.html",
        {
            "title": TITLE,
            "places": selectors.tree_of(business=request.organisation, at=now()),
            "writes": may(request, "network.write"),
            "agrees": may(request, "terms.write"),
        },
    )


@access("network.write")
def merchant_add(request: DeskRequest) -> HttpResponse:
    """Add a merchant to the network."""
    business = request.organisation
    form = MerchantForm(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid():
        try:
            merchant = services.add_merchant(business=business, data=form.place_data(), at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("network"), f"{merchant.name} was added.")
    return _form(request, form, "Add merchant")


@access("network.write")
def venue_add(request: DeskRequest) -> HttpResponse:
    """Open a venue; `?parent=` chooses its merchant."""
    asked = request.GET.get("parent", "")
    initial = {"parent": asked or request.organisation.pk}
    form = VenueForm(request.POST or None, business=request.organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            venue = services.add_venue(parent=form.parent_place, data=form.place_data(), at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("network"), f"{venue.name} was added.")
    return _form(request, form, "Add venue")


@access("network.write")
def place_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a merchant or venue."""
    place = selectors.place(business=request.organisation, pk=pk)
    kind = VenueForm if place.is_venue else MerchantForm
    form = kind(request.POST or None, business=request.organisation, place=place)
    if request.method == "POST" and form.is_valid():
        parent = form.parent_place if isinstance(form, VenueForm) else None
        try:
            services.update_place(place=place, data=form.place_data(), parent=parent, at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("network"), f"{place.name} was saved.")
    return _form(request, form, place.name)


@access("network.write")
def place_close(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then close a merchant or venue."""
    place = selectors.place(business=request.organisation, pk=pk)
    if request.method == "POST":
        services.set_active(place=place, active=False, at=now())
        return done(request, reverse("network"), f"{place.name} is closed.")
    return confirm_page(
        request,
        title=f"Close {place.name}?",
        consequences=[
            "Its tills are refused from now on.",
            "What was bought there stays.",
            "You can reopen it.",
        ],
        submit_label="Close",
        cancel_url=reverse("network"),
        danger=True,
        crumbs=[(TITLE, reverse("network")), ("Close", "")],
    )


@access("network.write")
@require_POST
def place_reopen(request: DeskRequest, pk: int) -> HttpResponse:
    """Reopen a merchant or venue."""
    place = selectors.place(business=request.organisation, pk=pk)
    services.set_active(place=place, active=True, at=now())
    return done(request, reverse("network"), f"{place.name} is open again.")


@access("network.write")
def tap_add(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a merchant or venue a till."""
    place = selectors.place(business=request.organisation, pk=pk)
    form = TapForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tap = services.add_tap(place=place, **form.cleaned_data, at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("network"), f"{tap.code} was added to {place.name}.")
    return _form(request, form, f"Add a till to {place.name}")


@access("network.write")
@require_POST
def tap_switch(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a till out of service, or back into it."""
    tap = selectors.tap_to_edit(business=request.organisation, pk=pk)
    services.set_tap_active(tap=tap, active=not tap.is_active, at=now())
    return see_other(reverse("network"))


@access("terms.write")
def terms_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Agree new terms with a merchant, and show the versions before."""
    business, at = request.organisation, now()
    merchant = selectors.place(business=business, pk=pk)
    in_force = selectors.terms_in_force(business=business, organisation=merchant, at=at)
    form = TermsForm(request.POST or None, business=business, terms=in_force)
    if request.method == "POST" and form.is_valid():
        try:
            agreements.agree(
                business=business,
                organisation=merchant,
                data=form.terms_data(),
                actor=request.user,
                at=at,
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("network"), f"Terms with {merchant.name} were agreed.")
    return form_page(
        request,
        form,
        title=f"Terms with {merchant.name}",
        submit_label="Agree from now on",
        cancel_url=reverse("network"),
        crumbs=_crumbs(f"Terms with {merchant.name}"),
        side="directory/network/_terms_history.html",
        versions=_versions(business, merchant),
    )


def _versions(business: Organisation, merchant: Organisation) -> list[CommercialTerms]:
    return list(selectors.terms_history(business=business, organisation=merchant)[:20])


def _form(request: DeskRequest, form: forms.Form, title: str) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse("network"),
        crumbs=_crumbs(title),
    )


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(TITLE, reverse("network")), (title, "")]
