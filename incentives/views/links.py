"""Claiming a shared link, and confirming the address that was typed there (incentives.md 5.3).

A visitor names themselves and says what they wish; the offer's status changes only when the e-mailed
link is opened and its button pressed. The answer on the screen is the same whatever the address.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import idempotency, ratelimit
from core.clock import now
from core.errors import DomainError, Invalid
from core.http import client_address, see_other
from incentives import selectors, words
from incentives.answers import BY_SLUG, BY_STATUS, Answer, open_answers
from incentives.choices import Side
from incentives.forms.links import LinkForm
from incentives.models import ClaimIntent, Offer
from incentives.services import links
from incentives.views.claim_pages import claim_url, offer_context
from incentives.views.token_pages import refused, secret_in, token_page

REASON = "whoever was given the shared link may read the offer's public summary"
INTENTS_PER_HOUR = 10


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the public summary of a shared offer with the form of its claim; take a visitor's wish."""
    at = now()
    offer = selectors.offer_by_slug(slug=slug)
    links.refuse_closed(offer, at=at)
    answers = _answers(offer, at)
    claim = next(answer for answer in answers if answer.instant)
    if request.method != "POST":
        return _page(request, offer, claim, LinkForm(offer=offer, answer=claim), at=at)
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
    if chosen is None or chosen not in _answers(offer, at):
        raise Http404
    if chosen.instant:
        return HttpResponseRedirect(reverse("offer_link", args=[slug]))
    return _page(request, offer, chosen, LinkForm(offer=offer, answer=chosen), at=at)


@token_page(REASON)
@require_safe
def offer_link_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a message waits in the visitor's inbox: the same words for every address."""
    offer = selectors.offer_by_slug(slug=slug)
    return render(request, "incentives/links/sent.html", offer_context(offer))


def _answers(offer: Offer, at: datetime) -> list[Answer]:
    """Return what a stranger may wish for: everything open but the no, which would end it for all."""
    choices = selectors.available_statuses(offer=offer, actor_kind=Side.RECIPIENT, at=at)
    return [answer for answer in open_answers(choices) if not answer.is_no]


def _request(request: HttpRequest, offer: Offer, answer: Answer, *, at: datetime) -> HttpResponse:
    """Store the wish once; whoever fills in the hidden field hears the same and nothing is stored."""
    form = LinkForm(request.POST, offer=offer, answer=answer)
    if not form.is_valid():
        return _page(request, offer, answer, form, at=at, status=422)
    if not form.is_trapped:
        try:
            ratelimit.hit(
                bucket=f"intent:{offer.pk}:{client_address(request)}",
                limit=INTENTS_PER_HOUR,
                per=timedelta(hours=1),
                at=at,
            )
            _store(offer, answer, form, at=at)
        except DomainError as refusal:
            form.refuse(refusal)
            return _page(request, offer, answer, form, at=at, status=refusal.status)
    return see_other(reverse("offer_link_sent", args=[offer.link_slug]))


def _store(offer: Offer, answer: Answer, form: LinkForm, *, at: datetime) -> None:
    data = form.cleaned_data

    def effect() -> str:
        intent = links.request(
            offer=offer,
            target=answer.status,
            name=data["name"],
            email=data["email"],
            payload=form.payload(),
            at=at,
        )
        return str(intent.pk)

    idempotency.run_once(scope=f"offer-link:{offer.pk}", key=data["nonce"], at=at, effect=effect)


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
        "others": [other for other in _answers(offer, at) if not other.instant],
        "form": form,
        "slug": offer.link_slug,
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
        _, access = links.confirm(secret=secret, at=at)
        return see_other(claim_url(access))
    intent = links.open_intent(secret=secret, at=at)
    links.refuse_closed(intent.offer, at=at)
    return render(request, "incentives/links/verify.html", _wish(intent, secret))


def _wish(intent: ClaimIntent, secret: str) -> dict[str, Any]:
    """Return what the page of confirmation repeats of the visitor's wish."""
    wish = links.wish_of(intent)
    kind = intent.offer.incentive_type
    return {
        **offer_context(intent.offer),
        "intent": intent,
        "answer": BY_STATUS[intent.target],
        "said": wish.text,
        "proposed": words.headline(wish.counter, kind) if wish.counter else "",
        "secret": secret,
    }
