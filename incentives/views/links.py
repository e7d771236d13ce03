"""Claiming or joining a shared link, and confirming the typed address (incentives.md 5.3, 5.4).

A visitor names themselves and says what they wish; the offer's status changes only when the e-mailed
link is opened and its button pressed. The answer on the screen is the same whatever the address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import idempotency, ratelimit
from core.clock import now
from core.errors import DomainError, Invalid
from core.http import client_address, see_other
from incentives import selectors, words
from incentives.answers.offers import BY_SLUG, BY_STATUS, FOUND, JOIN, Answer, open_answers
from incentives.choices import Side
from incentives.forms.links import LinkForm, VisitorForm
from incentives.models import ClaimIntent, Offer
from incentives.services import confirmations, links
from incentives.views.claim_pages import claim_url, offer_context
from incentives.views.group_cards import fullness
from incentives.views.token_pages import refused, secret_in, token_page

REASON = "whoever was given the shared link may read the offer's public summary"
# The pages that the templates of a link lead to.
PAGES = {"link_name": "offer_link", "answer_name": "offer_link_answer"}
INTENTS_PER_HOUR = 10


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the public summary of a shared offer with the form of its claim; take a visitor's wish."""
    at = now()
    offer = selectors.offer_by_slug(slug=slug)
    links.refuse_closed(offer, at=at)
    if offer.is_group:
        return _group_link(request, offer, at=at)
    answers = visitor_answers(offer, at)
    claim = next(answer for answer in answers if answer.instant)
    if request.method != "POST":
        return _page(request, offer, claim, link_form(offer, claim), at=at)
    answer = BY_STATUS.get(request.POST.get("target", claim.status))
    if answer not in answers:
        return refused(request, Invalid("That cannot be done with this link."))
    return _request(request, offer, answer, at=at)


@token_page(REASON)
@require_safe
def offer_link_answer(request: HttpRequest, slug: str, answer: str) -> HttpResponse:
    """Show the form of one of the other wishes: a counter-offer, a question, a change."""
    at = now()
    offer = selectors.offer_by_slug(slug=slug)
    links.refuse_closed(offer, at=at)
    chosen = BY_SLUG.get(answer)
    if chosen is None or chosen not in visitor_answers(offer, at):
        raise Http404
    if chosen.instant:
        return HttpResponseRedirect(reverse("offer_link", args=[slug]))
    return _page(request, offer, chosen, link_form(offer, chosen), at=at)


@token_page(REASON)
@require_safe
def offer_link_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a message waits in the visitor's inbox: the same words for every address."""
    offer = selectors.offer_by_slug(slug=slug)
    return render(request, "incentives/links/sent.html", offer_context(offer))


def link_form(offer: Offer, answer: Answer, data: QueryDict | None = None) -> LinkForm:
    return LinkForm(data, terms=offer.terms.value if offer.terms else None, answer=answer)


def visitor_answers(offer: Offer, at: datetime) -> list[Answer]:
    """Return what a stranger may wish for: everything open but the no, which would end it for all.

    A group is only joined here: its lead answers for it.
    """
    if offer.is_group:
        return []
    choices = selectors.available_statuses(offer=offer, actor_kind=Side.RECIPIENT, at=at)
    return [answer for answer in open_answers(choices) if not answer.is_no]


def _request(request: HttpRequest, offer: Offer, answer: Answer, *, at: datetime) -> HttpResponse:
    """Store the wish once; whoever fills in the hidden field hears the same and nothing is stored."""
    form = link_form(offer, answer, request.POST)
    if not form.is_valid():
        return _page(request, offer, answer, form, at=at, status=422)

    def store() -> ClaimIntent:
        return links.request(
            offer=offer,
            target=answer.status,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            payload=form.payload(),
            at=at,
        )

    try:
        take_wish(request, form, store, scope=f"offer-link:{offer.pk}", at=at)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, offer, answer, form, at=at, status=refusal.status)
    return see_other(reverse("offer_link_sent", args=[offer.link_slug]))


def take_wish(
    request: HttpRequest,
    form: VisitorForm,
    store: Callable[[], object],
    *,
    scope: str,
    at: datetime,
) -> None:
    """Store a visitor's wish once for each nonce; whoever filled in the hidden field is ignored.

    `scope` names the link, on which one address of the network may wish ten times an hour; more
    raise `TooMany`.
    """
    if form.is_trapped:
        return
    ratelimit.hit(
        bucket=f"intent:{scope}:{client_address(request)}",
        limit=INTENTS_PER_HOUR,
        per=timedelta(hours=1),
        at=at,
    )

    def effect() -> str:
        store()
        return "stored"

    idempotency.run_once(scope=scope, key=form.cleaned_data["nonce"], at=at, effect=effect)


def _group_link(request: HttpRequest, offer: Offer, *, at: datetime) -> HttpResponse:
    """Show how full the group is with the form to join it; take a visitor's wish for a place."""
    form = VisitorForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _group_page(request, offer, form)
    if not form.is_valid():
        return _group_page(request, offer, form, status=422)

    def store() -> ClaimIntent:
        data = form.cleaned_data
        return links.request_place(offer=offer, name=data["name"], email=data["email"], at=at)

    try:
        take_wish(request, form, store, scope=f"offer-link:{offer.pk}", at=at)
    except DomainError as refusal:
        form.refuse(refusal)
        return _group_page(request, offer, form, status=refusal.status)
    return see_other(reverse("offer_link_sent", args=[offer.link_slug]))


def _group_page(
    request: HttpRequest, offer: Offer, form: VisitorForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **offer_context(offer),
        **fullness(offer),
        "answer": JOIN,
        "form": form,
        "slug": offer.link_slug,
        **PAGES,
    }
    return render(request, "incentives/links/group.html", context, status=status)


def _page(
    request: HttpRequest,
    offer: Offer,
    answer: Answer,
    form: LinkForm,
    *,
    at: datetime,
    status: int = 200,
) -> HttpResponse:
    context = {
        **offer_context(offer),
        "answer": answer,
        "others": [other for other in visitor_answers(offer, at) if not other.instant],
        "form": form,
        "slug": offer.link_slug,
        **PAGES,
    }
    template = "offer.html" if answer.instant else "answer.html"
    return render(request, f"incentives/links/{template}", context, status=status)


@token_page("the e-mailed token names the one wish that it confirms")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_verify(request: HttpRequest) -> HttpResponse:
    """Show what is about to be confirmed; the button binds the recipient and carries it out."""
    at = now()
    secret = secret_in(request)
    if request.method == "POST":
        _, access = confirmations.confirm(secret=secret, at=at)
        return see_other(claim_url(access))
    intent, offer = confirmations.open_wish(secret=secret, at=at)
    return render(request, "incentives/links/verify.html", _wish(intent, offer, secret))


def _wish(intent: ClaimIntent, offer: Offer, secret: str) -> dict[str, Any]:
    """Return what the page of confirmation repeats of the visitor's wish."""
    wish = links.wish_of(intent)
    kind = offer.incentive_type
    return {
        **offer_context(offer),
        **(fullness(offer) if intent.is_join and offer.pk else {}),
        "intent": intent,
        "answer": _answer_of(intent),
        "said": wish.text,
        "proposed": words.headline(wish.counter, kind) if wish.counter else "",
        "secret": secret,
    }


def _answer_of(intent: ClaimIntent) -> Answer:
    """Return what the visitor chose; at a template's link a place means a group of one's own."""
    if not intent.is_join:
        return BY_STATUS[intent.target]
    return FOUND if intent.template_id is not None else JOIN
