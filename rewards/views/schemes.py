"""Rewards › Schemes: list, one scheme, editing, the switch (rewards.md 2.3)."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.errors import DomainError
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.history import history_of
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from rewards.filters.offers import SchemeFilter
from rewards.forms.schemes import SchemeForm
from rewards.models import RewardScheme
from rewards.selectors import schemes as selectors
from rewards.selectors.desk import offers_listed
from rewards.services import schemes
from rewards.tables.schemes import SchemeTable
from rewards.views.desk import business_of

TITLE = "Reward Schemes"
asked = require_http_methods(["GET", "HEAD", "POST"])


class SchemeList(TableView):
    """The schemes of the business."""

    access = "schemes.read"
    title = TITLE
    subtitle = "Groups of offers for one kind of contacts, each with its own way of joining."
    table_class = SchemeTable
    filter_class = SchemeFilter
    actions = (
        PageAction("Add scheme", "reward_scheme_add", "schemes.write", "plus", primary=True),
    )
    empty = Empty(
        icon="rosette",
        title="No schemes yet",
        text="Every offer belongs to a scheme, and only its members see and earn the offer. One"
        " scheme for all contacts is a good beginning.",
        action_label="Add scheme",
        action_url_name="reward_scheme_add",
        permission="schemes.write",
    )
    no_match = "No schemes match your search"
    noun = ("scheme", "schemes")
    export_name = "reward-schemes"
    tour = "rewards.schemes"
    template_name = "rewards/offers/list.html"

    def get_queryset(self) -> QuerySet[RewardScheme]:
        return selectors.schemes_of(business=business_of(cast("DeskRequest", self.request)))


@access("schemes.read")
@require_safe
def scheme_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a scheme: how contacts join, its offers and members, and what happens next."""
    scheme = _scheme(request, pk)
    rows = offers_listed(business=scheme.business, acting=request.organisation, at=now())
    context = {
        "scheme": scheme,
        "offers": list(rows.filter(scheme=scheme).order_by("status", "name", "pk")[:20]),
        "member_count": selectors.members_of(scheme=scheme).count(),
        "free_codes": scheme.codes.filter(used_at__isnull=True).count()
        if scheme.asks_for_code
        else None,
        "next_steps": _next_steps(scheme),
        "history": history_of(scheme),
        "crumbs": _crumbs((scheme.name, "")),
        "writes": may(request, "schemes.write"),
        "activates": may(request, "schemes.activate"),
        "deletes": may(request, "schemes.delete"),
    }
    return render(request, "rewards/schemes/detail.html", context)


@access("schemes.write")
@asked
def scheme_add(request: DeskRequest) -> HttpResponse:
    """Add an inactive scheme."""
    form = SchemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = schemes.create(
                business=business_of(request),
                data=form.data_for_service(),
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, _page_of(made), f"“{made.name}” was added. It is inactive.")
    return form_page(
        request,
        form,
        title="Add scheme",
        template="rewards/schemes/form.html",
        submit_label="Add scheme",
        cancel_url=reverse("reward_schemes"),
        crumbs=_crumbs(("Add", "")),
    )


@access("schemes.write")
@asked
def scheme_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a scheme."""
    scheme = _scheme(request, pk)
    form = SchemeForm(request.POST or None, scheme=scheme)
    if request.method == "POST" and form.is_valid():
        try:
            schemes.update(
                scheme=scheme,
                data=form.data_for_service(),
                version=form.cleaned_data["version"] or 0,
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, _page_of(scheme), f"“{form.cleaned_data['name']}” was saved.")
    return form_page(
        request,
        form,
        title=f"Edit “{scheme.name}”",
        template="rewards/schemes/form.html",
        cancel_url=_page_of(scheme),
        crumbs=_crumbs((scheme.name, _page_of(scheme)), ("Edit", "")),
    )


@access("schemes.activate")
@asked
def scheme_activate(request: DeskRequest, pk: int) -> HttpResponse:
    """Say what begins, then let the scheme's offers award."""
    scheme = _scheme(request, pk)
    if request.method == "POST":
        schemes.activate(scheme=scheme, actor=request.user, at=now())
        return done(request, _page_of(scheme), f"“{scheme.name}” is active.")
    active = scheme.active_offer_count  # type: ignore[attr-defined]
    consequences = [f"{active} active offer{'' if active == 1 else 's'} begin to award."]
    if scheme.is_automatic and scheme.opened_at is None:
        consequences.append("Every contact becomes a member, those of later too.")
    if not active:
        consequences = ["It has no active offer yet: it is best to activate its offers first."]
    return confirm_page(
        request,
        title=f"Activate “{scheme.name}”?",
        consequences=consequences,
        submit_label="Activate",
        cancel_url=_page_of(scheme),
        crumbs=_crumbs((scheme.name, _page_of(scheme)), ("Activate", "")),
    )


@access("schemes.activate")
@asked
def scheme_deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then stop the scheme's offers from awarding."""
    scheme = _scheme(request, pk)
    if request.method == "POST":
        schemes.deactivate(scheme=scheme, actor=request.user, at=now())
        return done(request, _page_of(scheme), f"“{scheme.name}” is inactive.")
    return confirm_page(
        request,
        title=f"Deactivate “{scheme.name}”?",
        consequences=[
            "None of its offers awards from now on, and nobody can join.",
            "Its members stay for when it is active again; awards stay with the contacts.",
        ],
        submit_label="Deactivate",
        cancel_url=_page_of(scheme),
        crumbs=_crumbs((scheme.name, _page_of(scheme)), ("Deactivate", "")),
    )


@access("schemes.delete")
@asked
def scheme_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then delete a scheme without offers that nobody has joined."""
    scheme = _scheme(request, pk)
    if request.method == "POST":
        schemes.delete(scheme=scheme)
        return done(request, reverse("reward_schemes"), f"“{scheme.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{scheme.name}”?",
        consequences=["Only a scheme without offers and members can go.", "It cannot be undone."],
        submit_label="Delete",
        cancel_url=_page_of(scheme),
        danger=True,
        crumbs=_crumbs((scheme.name, _page_of(scheme)), ("Delete", "")),
    )


def _next_steps(scheme: RewardScheme) -> list[str]:
    count = scheme.offer_count  # type: ignore[attr-defined]
    active = scheme.active_offer_count  # type: ignore[attr-defined]
    if not count:
        return ["Make an offer in it. Without one, its members are awarded nothing."]
    if not active:
        return ["Activate its offers. It is best to do so before the scheme is activated."]
    if not scheme.is_active:
        return ["Activate the scheme. Until then none of its offers awards."]
    return ["Nothing to do: its members are awarded when they meet an offer's conditions."]


def _scheme(request: DeskRequest, pk: int) -> RewardScheme:
    return selectors.scheme(business=business_of(request), pk=pk)


def _page_of(scheme: RewardScheme) -> str:
    return reverse("reward_scheme", args=[scheme.pk])


def _crumbs(*rest: tuple[str, str]) -> list[tuple[str, str]]:
    return [(TITLE, reverse("reward_schemes")), *rest]
