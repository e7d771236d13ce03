"""Granting a Thank You Gift now, and how its runs came along (rewards.md 3.3)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.errors import DomainError, NotFound
from core.forms import OnceForm
from core.http import is_fragment
from core.idempotency import run_once
from core.money import Money
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done
from rewards.choices import GiftRunStatus
from rewards.models import GiftRun, RewardOffer
from rewards.selectors import gift_runs
from rewards.services import gifts
from rewards.views.desk import business_of, offer_of
from rewards.views.offers import TITLE
from wallet.forms.contacts import renew

RUNS_SHOWN = 20
OPEN = frozenset({GiftRunStatus.PLANNED, GiftRunStatus.RUNNING})


@access("gifts.grant")
@require_http_methods(["GET", "HEAD", "POST"])
def gift_grant(request: DeskRequest, pk: int) -> HttpResponse:
    """Show whom the gift would reach and what it would cost; once confirmed, start a run."""
    offer, at = _gift(request, pk), now()
    form = OnceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scope = f"rewards.gift_grant:{request.user.pk}:{offer.pk}"

        def effect() -> str:
            return str(gifts.grant_now(offer=offer, actor=request.user, at=at).pk)

        try:
            key = form.cleaned_data["nonce"]
            outcome = run_once(scope=scope, key=key, at=at, effect=effect)
        except DomainError as error:
            refusals.show(form, error)
            renew(form)
        else:
            url = reverse("gift_run", args=[int(outcome.result)])
            return done(
                request, url, "The gift is on its way. This page shows how far it has come."
            )
    preview = gifts.preview(offer=offer, at=at) if offer.scheme is not None else None
    context = {
        "offer": offer,
        "form": form,
        "preview": preview,
        "each": Money(preview.amount_minor, preview.currency) if preview else None,
        "total": Money(preview.total_minor, preview.currency) if preview else None,
        "is_ready": preview is not None and gifts.may_be_granted(offer=offer, at=at),
        "runs": [progress(run) for run in gift_runs.runs_of(offer=offer, most=RUNS_SHOWN)],
        "crumbs": _crumbs(offer, ("Grant now", "")),
    }
    wrong = form.is_bound and bool(form.errors)
    return render(request, "rewards/gifts/grant.html", context, status=422 if wrong else 200)


@access("rewards.read")
@require_safe
def gift_run(request: DeskRequest, pk: int) -> HttpResponse:
    """Show how far a run has come; the page looks again by itself until it is over."""
    run = gift_runs.run(business=business_of(request), acting=request.organisation, pk=pk)
    context = {
        **progress(run),
        "offer": run.offer,
        "title": f"Gift run of {run.offer.title}",
        "crumbs": _crumbs(run.offer, ("Gift run", "")),
    }
    template = "_progress.html" if is_fragment(request) else "run.html"
    return render(request, f"rewards/gifts/{template}", context)


def progress(run: GiftRun) -> dict[str, object]:
    """Return a run with its amount in words, and whether it still goes on."""
    return {
        "run": run,
        "amount": Money(run.awarded_minor, run.currency),
        "is_open": run.step in OPEN,
        "events_url": f"{reverse('reward_events')}?cause=GIFT&offer={run.offer_id}",
    }


def _gift(request: DeskRequest, pk: int) -> RewardOffer:
    """Return the gift; raises `NotFound` for offers of other types, which nobody grants by hand."""
    offer = offer_of(request, pk)
    if offer.type != gifts.TYPE:
        raise NotFound("Only a Thank You Gift is granted by hand. Choose a gift among the offers.")
    return offer


def _crumbs(offer: RewardOffer, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    page = reverse("reward_offer", args=[offer.pk])
    return [(TITLE, reverse("reward_offers")), (offer.title, page), *steps]
