"""API keys of a business: list, make (shown once), revoke."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from core.calendar import day_bounds
from core.clock import now
from core.errors import DomainError
from directory import selectors
from directory.forms import refusals
from directory.forms.profile import ApiKeyForm
from directory.permissions import access
from directory.services import api_keys
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page


@access("keys.manage")
def api_key_list(request: DeskRequest) -> HttpResponse:
    """Show the keys with their scopes, last use and end; a business has a handful, so no paging."""
    keys = selectors.api_keys_of(organisation=request.organisation).order_by("-created_at", "-pk")
    context = {"keys": keys, "at": now(), "scope_labels": api_keys.SCOPES}
    return render(request, "directory/api_key/list.html", context)


@access("keys.manage")
@never_cache
def api_key_add(request: DeskRequest) -> HttpResponse:
    """Make a key; the answer to the form is the only page that ever shows it."""
    form = ApiKeyForm(request.POST or None, business=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            key, secret = api_keys.create(
                organisation=form.cleaned_data.get("place") or request.organisation,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=_end_of(form.cleaned_data["expires_on"], request),
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            context = {"key": key, "secret": secret}
            return render(request, "directory/api_key/created.html", context)
    return form_page(
        request,
        form,
        title="Create an API key",
        intro="A till or an app presents it to send events and read balances.",
        submit_label="Create key",
        cancel_url=reverse("api_key_list"),
        crumbs=[("API keys", reverse("api_key_list")), ("Create", "")],
    )


@access("keys.manage")
def api_key_revoke(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then stop the key for good."""
    key = selectors.api_key(organisation=request.organisation, pk=pk)
    if request.method == "POST":
        api_keys.revoke(key=key, at=now())
        return done(request, reverse("api_key_list"), f"The key “{key.name}” was revoked.")
    return confirm_page(
        request,
        title=f"Revoke “{key.name}”?",
        consequences=[
            "Calls with this key are refused from now on.",
            "It cannot be made valid again; create a new one instead.",
        ],
        submit_label="Revoke key",
        cancel_url=reverse("api_key_list"),
        danger=True,
        crumbs=[("API keys", reverse("api_key_list")), ("Revoke", "")],
    )


def _end_of(day: date | None, request: DeskRequest) -> datetime | None:
    """Return the moment at which the business's day is over."""
    if day is None:
        return None
    return day_bounds(day, request.organisation.time_zone).end
