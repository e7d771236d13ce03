"""The campaign builder: Start → Who → What → When → Message → review (vouchers.md 8, page 11).

Each step has its own address over one draft row, is saved when it is left, and can be come back to.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from core.clock import now
from core.errors import DomainError, NotFound
from core.http import is_fragment, see_other
from core.idempotency import run_once
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done
from vouchers import message_tags
from vouchers.campaign_acts import EDITABLE
from vouchers.choices import CampaignStatus
from vouchers.forms import begins
from vouchers.forms.builder import StartForm
from vouchers.forms.new_campaign import NewCampaignForm
from vouchers.forms.steps import BuilderStep
from vouchers.models import Campaign
from vouchers.selectors.coverage import coverage_of, problems_of
from vouchers.services import (
    campaign_owners,
    campaign_rules,
    campaign_sources,
    campaign_statuses,
    campaigns,
)
from vouchers.services.campaign_changes import CampaignOver
from vouchers.services.campaigns import CampaignData
from vouchers.views.campaign_frame import TITLE, campaign_of
from vouchers.views.campaigns import answers
from vouchers.views.desk import business_of

STEPS = ("start", "who", "what", "when", "message", "review")
LABELS = {
    "start": "Start",
    "who": "Who",
    "what": "What",
    "when": "When",
    "message": "Message",
    "review": "Review",
}
QUESTIONS = {
    "start": "What begins it?",
    "who": "Who is given a code?",
    "what": "Which codes, and how many?",
    "when": "From when until when?",
    "message": "What do recipients read?",
    "review": "Check your answers",
}
asked = require_http_methods(["GET", "HEAD", "POST"])


@access("campaigns.write")
@asked
def campaign_new(request: DeskRequest) -> HttpResponse:
    """Ask for the name and what begins it, save a draft, and go on with who."""
    form = NewCampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        business, at, cleaned = business_of(request), now(), form.cleaned_data

        def effect() -> str:
            names = ("name", "description", *begins.COLUMNS)
            data = CampaignData(**{name: cleaned[name] for name in names})
            made = campaigns.create(
                business=business, data=data, actor=request.user, at=at, steps_done=("start",)
            )
            return str(made.pk)

        scope = f"vouchers.campaign_new:{request.user.pk}"
        try:
            outcome = run_once(scope=scope, key=cleaned["nonce"], at=at, effect=effect)
        except DomainError as error:
            form.refuse(error)
        else:
            return see_other(reverse("voucher_campaign_step", args=[int(outcome.result), "who"]))
    steps = [
        {"label": LABELS[name], "state": "open" if name != "start" else "current", "url": ""}
        for name in STEPS
    ]
    context = {
        "form": form,
        "steps": steps,
        "crumbs": [(TITLE, reverse("voucher_campaigns")), ("New campaign", "")],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vouchers/builder/new.html", context, status=status)


@access("campaigns.write")
@asked
def campaign_step(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """Show or save one step; whichever way it is left, what was entered is kept."""
    if step not in STEPS:
        raise NotFound("There is no such step.")
    campaign = campaign_of(request, pk)
    if campaign.status not in EDITABLE:
        raise CampaignOver(f"“{campaign.name}” is over. Copy it to use it again.")
    if step == "review":
        return _review(request, campaign)
    data = request.POST if request.method == "POST" else None
    part = BuilderStep(step, campaign=campaign, at=now(), data=data)
    if data is not None and part.is_valid():
        try:
            _save(request, part)
        except DomainError as error:
            part.form.refuse(error)
        else:
            return see_other(_next(request.POST.get("go", "next"), campaign, step))
    context = {**_head(campaign, step), **_parts(part), **part.side()}
    if part.is_redrawn and is_fragment(request):
        rows = render(request, f"vouchers/builder/_{step}_rows.html", context)
        # The words beside the form are asked for anew: a row that came or went changes no field.
        return trigger_client_event(rows, "rows-changed", after="settle")
    status = 422 if part.entries else 200
    return render(request, f"vouchers/builder/{step}.html", context, status=status)


@access("campaigns.write")
@require_POST
def campaign_words_of_step(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """Return what was typed so far in plain words; nothing is saved."""
    if step not in STEPS[:-1]:
        raise NotFound("There is no such step.")
    campaign = campaign_of(request, pk)
    part = BuilderStep(step, campaign=campaign, at=now(), data=request.POST)
    context = {"campaign": campaign, "step": step, **part.side()}
    return render(request, "vouchers/builder/_side.html", context)


def _save(request: DeskRequest, part: BuilderStep) -> None:
    """Save the step as a whole, or nothing of it."""
    at, actor, campaign = now(), request.user, part.campaign
    version = part.form.cleaned_data["version"]
    with transaction.atomic():
        campaign = campaigns.update(
            campaign=campaign,
            data=part.data(),
            version=version,
            actor=actor,
            at=at,
            steps_done=(part.name,),
        )
        if isinstance(part.form, StartForm) and (owner := part.form.new_owner()):
            campaign = campaign_owners.hand_over(
                campaign=campaign, to=owner, version=campaign.version, at=at
            )
        if part.tree is not None and not part.is_started:
            campaign = campaign_rules.replace(
                campaign=campaign,
                join=part.tree.word,
                groups=part.tree.data(),
                version=campaign.version,
                at=at,
            )
            rules = part.rules()
            if rules is not None:
                campaign_rules.set_purchase(
                    campaign=campaign, rules=rules, version=campaign.version, at=at
                )
        if part.sources is not None:
            sources = {one.list_id: (one.priority, one.quota) for one in part.sources.usable()}
            campaign_sources.replace(campaign=campaign, sources=sources, actor=actor, at=at)


def _next(go: str, campaign: Campaign, step: str) -> str:
    """Return where to go on: the next step, the one before, a test mail, or the campaign's page."""
    place = STEPS.index(step)
    if go == "test":
        return reverse("voucher_send_test", args=[campaign.pk])
    if go == "leave" or (go == "back" and place == 0):
        return reverse("voucher_campaign", args=[campaign.pk])
    other = STEPS[place - 1] if go == "back" else STEPS[place + 1]
    return reverse("voucher_campaign_step", args=[campaign.pk, other])


def _review(request: DeskRequest, campaign: Campaign) -> HttpResponse:
    """Read everything back, hold people against codes, and publish."""
    at = now()
    refused = ""
    if request.method == "POST":
        try:
            published = campaign_statuses.publish(campaign=campaign, actor=request.user, at=at)
        except campaign_statuses.NotReady as error:
            refused = error.message
        else:
            url = reverse("voucher_campaign", args=[campaign.pk])
            starts = published.status == CampaignStatus.SCHEDULED
            words = "It starts by itself." if starts else "It gives out codes now."
            return done(request, url, f"“{campaign.name}” is published. {words}")
    context = {
        **_head(campaign, "review"),
        **answers(campaign, at),
        "may_change": True,
        "problems": problems_of(campaign=campaign, at=at),
        "coverage": coverage_of(campaign=campaign, at=at),
        "missing": [LABELS[name] for name in STEPS[:-1] if name not in campaign.steps_done],
    }
    return render(request, "vouchers/builder/review.html", context, status=422 if refused else 200)


def _head(campaign: Campaign, step: str) -> dict[str, Any]:
    place, done_steps = STEPS.index(step), set(campaign.steps_done)
    steps = []
    for name in STEPS:
        state = "current" if name == step else "done" if name in done_steps else "open"
        url = "" if name == step else reverse("voucher_campaign_step", args=[campaign.pk, name])
        steps.append({"label": LABELS[name], "state": state, "url": url})
    page = reverse("voucher_campaign", args=[campaign.pk])
    return {
        "campaign": campaign,
        "is_draft": campaign.status == CampaignStatus.DRAFT,
        "step": step,
        "steps": steps,
        "place": place + 1,
        "question": QUESTIONS[step],
        "before": LABELS[STEPS[place - 1]] if place else "",
        "after": LABELS[STEPS[place + 1]] if step != "review" else "",
        "crumbs": [
            (TITLE, reverse("voucher_campaigns")), (campaign.name, page), (LABELS[step], ""),
        ],
        "tour": "vouchers.builder",
    }  # fmt: skip


def _parts(part: BuilderStep) -> dict[str, Any]:
    return {
        "part": part,
        "form": part.form,
        "tree": part.tree,
        "conditions": part.purchase,
        "sources": part.sources,
        "tags": list(message_tags.TAGS.values()) if part.name == "message" else (),
        "common_tags": [message_tags.TAGS[name] for name in message_tags.COMMON],
    }
