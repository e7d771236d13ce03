"""The wizard: goal → type → details → target conditions → award → redeem → review (rewards.md 2.12).

Each step has its own address over one draft row, is saved when it is left, and can be come back to.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.clock import now
from core.errors import DomainError, NotFound
from core.forms import OnceForm
from core.http import see_other
from core.idempotency import run_once
from directory.permissions import access, may
from directory.sessions import DeskRequest
from rewards import offer_types
from rewards.choices import Goal
from rewards.forms.wizard import Step, anchor_of, step_of
from rewards.models import RewardOffer, RewardScheme
from rewards.selectors.definitions import Around, definition
from rewards.selectors.naming import words_of
from rewards.selectors.reach import reach_of
from rewards.selectors.readiness import problems_of
from rewards.selectors.settings import settings_of, types_for
from rewards.services import offers
from rewards.services.offer_data import OfferData, data_of, defaults_for, write
from rewards.services.refusals import Restricted
from rewards.views.desk import business_of, offer_of
from wallet.selectors import pools_of

STEPS = ("details", "conditions", "award", "redeem", "review")
LABELS = {
    "details": "Details",
    "conditions": "Target conditions",
    "award": "Award",
    "redeem": "Redeem",
    "review": "Review",
}
QUESTIONS = {
    "details": "What do contacts read?",
    "conditions": "Who can earn this award, and when?",
    "award": "What do they get?",
    "redeem": "How is it redeemed and spent?",
    "review": "Check your answers",
}
GOAL_ICONS = {
    Goal.ACHIEVEMENT: "trophy",
    Goal.SPEND: "shopping-cart",
    Goal.MEMBERSHIP: "user-plus",
    Goal.VISITS: "map-pin",
    Goal.DONATIONS: "heart-handshake",
}
GOAL_TEXTS = {
    Goal.ACHIEVEMENT: "Contacts are awarded when they accomplish something, or simply thanked.",
    Goal.SPEND: "Contacts are awarded for their purchases.",
    Goal.MEMBERSHIP: "Contacts are awarded for joining and for bringing others.",
    Goal.VISITS: "Contacts are awarded for coming at certain times or to certain places.",
    Goal.DONATIONS: "Contacts opt in to give to a charity or cause.",
}
TITLE = "Reward Offers"


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps the offer from being activated, and where it is mended."""

    text: str
    step: str
    url: str


@access("rewards.write")
@require_GET
def offer_new(request: DeskRequest) -> HttpResponse:
    """Ask for the goal; restricted merchants see only the goals that they have a type in."""
    allowed = _allowed(request)
    goals = [
        {
            "label": goal.label,
            "icon": GOAL_ICONS[goal],
            "text": GOAL_TEXTS[goal],
            "types": [one.label for one in allowed if one.goal == goal],
            "url": reverse("reward_offer_type", args=[goal.value]),
        }
        for goal in Goal
        if any(one.goal == goal for one in allowed)
    ]
    context = {"goals": goals, "steps": _first_steps(), "crumbs": _crumbs("New offer")}
    return render(request, "rewards/wizard/goal.html", context)


@access("rewards.write")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_type(request: DeskRequest, goal: str) -> HttpResponse:
    """Ask for the type, then save a draft of it and go on with its details."""
    if goal not in Goal.values:
        raise NotFound("There is no such goal. Choose one of the goals.")
    allowed = [one for one in _allowed(request) if one.goal == goal]
    form = OnceForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():
        chosen = request.POST.get("type", "")
        try:
            pk = _created(request, chosen, form.cleaned_data["nonce"])
        except Restricted as refusal:
            error = refusal.message
        except DomainError as refusal:
            error = str(refusal.fields.get("type", refusal.message))
        else:
            return see_other(reverse("reward_offer_step", args=[pk, "details"]))
    context = {
        "goal": Goal(goal),
        "types": allowed,
        "form": form,
        "error": error,
        "steps": _first_steps(),
        "crumbs": _crumbs("New offer"),
    }
    status = 422 if error else 200
    return render(request, "rewards/wizard/type.html", context, status=status)


@access("rewards.write")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_step(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """Show or save one step; whichever way it is left, what was entered is kept."""
    if step not in STEPS:
        raise NotFound("There is no such step.")
    offer = offer_of(request, pk)
    if step == "review":
        return _review(request, offer)
    data = request.POST if request.method == "POST" else None
    part = Step(step, offer=offer, acting=request.organisation, data=data, files=request.FILES)
    part.suggest(request.GET)
    if data is not None and part.is_valid():
        try:
            _save(request, offer, part)
        except DomainError as error:
            part.refuse(error)
        else:
            return see_other(_next(request.POST.get("go", "next"), offer, step))
    status = 422 if part.entries else 200
    return render(request, f"rewards/wizard/{step}.html", _page(request, part), status=status)


@access("rewards.write")
@require_POST
def offer_words(request: DeskRequest, pk: int, step: str) -> HttpResponse:
    """Return what was typed so far in plain words, and whom it would reach; nothing is saved."""
    if step not in STEPS[:-1]:
        raise NotFound("There is no such step.")
    offer = offer_of(request, pk)
    part = Step(step, offer=offer, acting=request.organisation, data=request.POST)
    return render(request, "rewards/wizard/_side.html", _side(request, offer, part.typed()))


def _allowed(request: DeskRequest) -> tuple[offer_types.OfferType, ...]:
    settings = settings_of(business=business_of(request))
    return types_for(settings=settings, acting=request.organisation)


def _created(request: DeskRequest, kind: str, nonce: str) -> int:
    """Save the draft once, whatever how often the button is pressed."""
    business, at = business_of(request), now()

    def effect() -> str:
        data = _defaults(request, kind) if kind in offer_types.REGISTRY else None
        made = offers.create(
            business=business,
            kind=kind,
            data=data,
            acting=request.organisation,
            actor=request.user,
            at=at,
        )
        return str(made.pk)

    scope = f"rewards.offer_new:{request.user.pk}"
    return int(run_once(scope=scope, key=nonce, at=at, effect=effect).result)


def _defaults(request: DeskRequest, kind: str) -> OfferData:
    """Begin with the only scheme there is, and with the pool that restricts nothing."""
    business = business_of(request)
    data = defaults_for(offer_types.get(kind), business=business, acting=request.organisation)
    schemes = list(RewardScheme.objects.filter(business=business).values_list("pk", flat=True)[:2])
    pools = pools_of(business=business)
    return replace(
        data,
        scheme_id=schemes[0] if len(schemes) == 1 else None,
        commerce_pool_id=next((pool.pk for pool in pools if pool.is_default), None),
    )


def _save(request: DeskRequest, offer: RewardOffer, part: Step) -> None:
    at, version = now(), part.form.cleaned_data["version"]
    saved = offers.update(
        offer=offer,
        data=part.data(),
        version=version,
        acting=request.organisation,
        actor=request.user,
        at=at,
        steps_done=(part.name,),
    )
    picture = getattr(part.form, "picture", None)
    if picture is not None:
        offers.set_image(offer=saved, image=picture or None, actor=request.user, at=at)


def _next(go: str, offer: RewardOffer, step: str) -> str:
    """Return where to go on: the next step, the one before, a new pool, or the offer's page."""
    place = STEPS.index(step)
    if go == "pool":
        here = reverse("reward_offer_step", args=[offer.pk, step])
        return f"{reverse('pool_add')}?{urlencode({'next': here})}"
    if go == "leave" or (go == "back" and place == 0):
        return reverse("reward_offer", args=[offer.pk])
    if go == "review":
        return reverse("reward_offer_step", args=[offer.pk, "review"])
    other = STEPS[place - 1] if go == "back" else STEPS[place + 1]
    return reverse("reward_offer_step", args=[offer.pk, other])


def _page(request: DeskRequest, part: Step) -> dict[str, Any]:
    offer, step = part.offer, part.name
    place = STEPS.index(step)
    return {
        **_head(offer, step),
        "part": part,
        "form": part.form,
        "conditions": part.conditions,
        "before": LABELS[STEPS[place - 1]] if place else "",
        "after": LABELS[STEPS[place + 1]],
        **_side(request, offer, part.typed()),
    }


def _review(request: DeskRequest, offer: RewardOffer) -> HttpResponse:
    if request.method == "POST":
        return see_other(reverse("reward_offer_step", args=[offer.pk, "review"]))
    data = data_of(offer)
    problems = problems_for(offer)
    context = {
        **_head(offer, "review"),
        "data": data,
        "condition_lines": data.rules.describe(),
        "problems": problems,
        "may_activate": may(request, "rewards.activate"),
        **_side(request, offer, data),
    }
    return render(request, "rewards/wizard/review.html", context)


def problems_for(offer: RewardOffer) -> list[Problem]:
    """Return everything that keeps the offer from being activated, each with its step."""
    return [
        Problem(
            text,
            LABELS[step_of(name)],
            f"{reverse('reward_offer_step', args=[offer.pk, step_of(name)])}#{anchor_of(name)}",
        )
        for name, text in problems_of(offer=offer, at=now()).items()
    ]


def _head(offer: RewardOffer, step: str) -> dict[str, Any]:
    place = STEPS.index(step)
    done = set(offer.steps_done)
    steps = [{"label": "Goal and type", "state": "done", "url": ""}]
    for name in STEPS:
        state = "current" if name == step else "done" if name in done else "open"
        url = "" if name == step else reverse("reward_offer_step", args=[offer.pk, name])
        steps.append({"label": LABELS[name], "state": state, "url": url})
    return {
        "offer": offer,
        "step": step,
        "steps": steps,
        "place": place + 2,
        "question": QUESTIONS[step],
        "crumbs": _crumbs(offer.title, reverse("reward_offer", args=[offer.pk]), LABELS[step]),
        "tour": "rewards.wizard",
    }


def _side(request: DeskRequest, offer: RewardOffer, data: OfferData) -> dict[str, Any]:
    """Return the words of the offer as typed, and whom it would reach."""
    row = copy(offer)
    write(row, data, owner=offer.owner)
    pure = definition(row, Around(conditions=data.rules))
    return {
        "offer": offer,
        "lines": words_of(row, data.rules),
        "reach": reach_of(
            business=offer.business,
            offer=pure,
            scheme=row.scheme,
            at=now(),
            acting=request.organisation,
        ),
        "scheme": row.scheme,
    }


def _first_steps() -> list[dict[str, str]]:
    first = {"label": "Goal and type", "state": "current", "url": ""}
    return [first, *({"label": LABELS[name], "state": "open", "url": ""} for name in STEPS)]


def _crumbs(*words: str) -> list[tuple[str, str]]:
    """Return the way here; words stand alone, or before their address."""
    found = [(TITLE, reverse("reward_offers"))]
    if len(words) == 3:
        return [*found, (words[0], words[1]), (words[2], "")]
    return [*found, (words[0], "")]
