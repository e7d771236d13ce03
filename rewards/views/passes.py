"""The passes of an offer: list, made and imported, switched, deleted (rewards.md 2.8)."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import DomainError
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.permissions import access, may
from directory.selectors import segments
from directory.selectors.found import found_or_refused
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from rewards.filters.offers import PassFilter
from rewards.forms.passes import PassForm
from rewards.models import Pass, RewardOffer
from rewards.services import passes
from rewards.tables.schemes import PassTable
from rewards.views.desk import offer_of
from rewards.views.wizard import TITLE


class PassList(TableView):
    """The passes that unlock one offer."""

    access = "rewards.read"
    title = "Passes"
    subtitle = "Codes that unlock the offer. An award uses one up once; a cancelled purchase gives"
    subtitle += " the use back."
    table_class = PassTable
    filter_class = PassFilter
    empty = Empty(
        icon="ticket",
        title="No passes yet",
        text="An offer that asks for a pass is earned only by purchases that quote one of its codes."
        " Make one code for everybody, or one for each contact.",
    )
    no_match = "No pass matches your search"
    noun = ("pass", "passes")
    export_name = "passes"
    template_name = "rewards/offers/list.html"

    @cached_property
    def offer(self) -> RewardOffer:
        return offer_of(cast("DeskRequest", self.request), self.kwargs["pk"])

    @cached_property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return _crumbs(self.offer, "")

    def get_queryset(self) -> QuerySet[Pass]:
        return self.offer.passes.select_related("contact")

    def buttons(self) -> list[PageAction]:
        if not may(self.request, "rewards.write"):
            return []
        args = (self.offer.pk,)
        return [PageAction("Make passes", "reward_pass_add", icon="plus", primary=True, args=args)]


@access("rewards.write")
@require_http_methods(["GET", "HEAD", "POST"])
def pass_add(request: DeskRequest, pk: int) -> HttpResponse:
    """Make one pass, many, one for each contact of a segment, or import codes."""
    offer = offer_of(request, pk)
    form = PassForm(request.POST or None, request.FILES or None, offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            count = _make(request, offer, form, now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            words = "1 pass was made." if count == 1 else f"{count:,} passes were made."
            return done(request, reverse("reward_passes", args=[pk]), words)
    return form_page(
        request,
        form,
        title=f"Make passes of “{offer.title}”",
        submit_label="Make passes",
        cancel_url=reverse("reward_passes", args=[pk]),
        crumbs=_crumbs(offer, "Make"),
    )


@access("rewards.write")
@require_POST
def pass_switch(request: DeskRequest, pk: int, pass_pk: int) -> HttpResponse:
    """Switch a pass on or off."""
    row = _pass(request, pk, pass_pk)
    act = passes.deactivate if row.is_active else passes.activate
    changed = act(row=row, at=now())
    url = reverse("reward_passes", args=[pk])
    return done(request, url, f"{row.code} is {'active' if changed.is_active else 'inactive'}.")


@access("rewards.write")
@require_http_methods(["GET", "HEAD", "POST"])
def pass_delete(request: DeskRequest, pk: int, pass_pk: int) -> HttpResponse:
    """Ask, then delete a pass that was never used."""
    row = _pass(request, pk, pass_pk)
    url = reverse("reward_passes", args=[pk])
    if request.method == "POST":
        passes.delete(row=row)
        return done(request, url, f"{row.code} was deleted.")
    return confirm_page(
        request,
        title=f"Delete {row.code}?",
        consequences=["The code unlocks nothing any more.", "This cannot be undone."],
        submit_label="Delete",
        cancel_url=url,
        danger=True,
        crumbs=_crumbs(row.offer, row.code),
    )


def _make(request: DeskRequest, offer: RewardOffer, form: PassForm, at: datetime) -> int:
    """Make what the form asks for, all or nothing, and return how many."""
    of, actor = form.cleaned_data, request.user
    with transaction.atomic():
        if of["kind"] == "many":
            data = form.data_for_service()
            return len(
                passes.create_many(offer=offer, count=of["count"], data=data, actor=actor, at=at)
            )
        if of["kind"] == "segment":
            segment = segments.segment(business=offer.business, pk=of["segment"])
            people = segments.members(segment=segment, at=at)
            data = form.data_for_service()
            return len(
                passes.create_for(offer=offer, contacts=people, data=data, actor=actor, at=at)
            )
        codes = of["found"] if of["kind"] == "import" else [of["code"]]
        for code in codes:
            passes.create(offer=offer, data=form.data_for_service(code), actor=actor, at=at)
        return len(codes)


def _pass(request: DeskRequest, pk: int, pass_pk: int) -> Pass:
    offer = offer_of(request, pk)
    found = offer.passes.filter(pk=pass_pk).first()
    return found_or_refused(found, "There is no such pass.")


def _crumbs(offer: RewardOffer, last: str) -> list[tuple[str, str]]:
    found = [
        (TITLE, reverse("reward_offers")),
        (offer.title, reverse("reward_offer", args=[offer.pk])),
        ("Passes", reverse("reward_passes", args=[offer.pk]) if last else ""),
    ]
    return [*found, (last, "")] if last else found
