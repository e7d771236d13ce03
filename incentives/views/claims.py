"""The recipient's page of one offer, opened by an e-mailed link (incentives.md 5.1, 5.2).

GET changes nothing but the count of openings, because mail scanners fetch links. Every answer is a
POST that carries the version of the offer that was shown, so nobody agrees to terms they did not see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from core import idempotency, tokens
from core.clock import now
from core.errors import DomainError
from core.http import is_fragment, see_other
from incentives.answers.offers import BY_SLUG, Answer
from incentives.choices import OfferStatus, Side
from incentives.forms.claims import AnswerForm, InstantForm, RecipientMessageForm
from incentives.guards import Payload
from incentives.services import claims, messages, visitors
from incentives.services.claims import Claim
from incentives.services.statuses import OfferExpired
from incentives.views.claim_pages import (
    answer_page,
    answers_for,
    claim_url,
    feed_addresses,
    is_own,
    number_in,
    offer_page,
    thread_for,
)
from incentives.views.groups import invitation_page
from incentives.views.token_pages import is_real_opening, secret_in, token_page

REASON = "the e-mailed token names the one offer that it opens"
EXPIRED = "expired"


@token_page(REASON)
@require_safe
def offer_claim(request: HttpRequest) -> HttpResponse:
    """Show the offer with exactly the answers that are open now."""
    at = now()
    claim = claims.open_claim(secret=secret_in(request), at=at)
    if claim.is_invitation:
        return invitation_page(request, claim)
    if is_fragment(request):
        return _piece(request, claim, at=at)
    if is_real_opening(request) and not is_own(request, claim.offer):
        claims.note_opened(offer=claim.offer, at=at)
    return offer_page(request, claim, at=at)


def _piece(request: HttpRequest, claim: Claim, *, at: datetime) -> HttpResponse:
    """Answer what the conversation asks for: newer messages every 30 seconds, or earlier ones."""
    secret = secret_in(request)
    before, after = number_in(request, "before"), number_in(request, "after")
    context = {
        **feed_addresses(secret),
        "thread": thread_for(claim, secret, at, before=before, after=after),
        "asked": before if before is not None else after,
        "version": claim.offer.version,
    }
    name = "_earlier" if before is not None else "_newer"
    response = render(request, f"incentives/messages/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@token_page(REASON)
def offer_answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the words of one answer, then carry it out; an instant answer is only carried out."""
    if slug not in BY_SLUG:
        raise Http404
    act = _answer if request.method == "POST" else _ask
    return act(request, BY_SLUG[slug], at=now())


def _ask(request: HttpRequest, answer: Answer, *, at: datetime) -> HttpResponse:
    """Show the page of an answer; one that is not open now leads back to the offer."""
    claim = claims.open_claim(secret=secret_in(request), at=at)
    claim.refuse_others()
    is_open = answer in answers_for(claim, at) and not is_own(request, claim.offer)
    if answer.instant or not is_open:
        return HttpResponseRedirect(claim_url(secret_in(request)))
    return answer_page(
        request, claim, answer, AnswerForm(subject=claim.offer, answer=answer), at=at
    )


def _answer(request: HttpRequest, answer: Answer, *, at: datetime) -> HttpResponse:
    """Carry out a posted answer; a refusal keeps what was typed."""
    secret = secret_in(request)
    try:
        claim = claims.open_claim(secret=secret, at=at)
    except tokens.TokenExpired:
        # The service sets an overdue offer to Expired on the spot, then refuses.
        claims.answer(secret=secret, to=answer.status, payload=Payload(), at=at)
        raise
    if answer.status != OfferStatus.CLAIMED or claim.is_invitation:
        claim.refuse_others()
    form: Any
    if answer.instant:
        form = InstantForm(request.POST)
    else:
        form = AnswerForm(request.POST, request.FILES, subject=claim.offer, answer=answer)
    if not form.is_valid():
        return answer_page(request, claim, answer, form, at=at, status=422)
    payload = Payload() if answer.instant else form.payload()
    try:
        _once(request, claim, form, to=answer.status, payload=payload, at=at)
    except OfferExpired:
        raise
    except DomainError as refusal:
        fresh = claims.open_claim(secret=secret, at=at)
        form.refuse(refusal)
        return answer_page(request, fresh, answer, form, at=at, status=refusal.status)
    return see_other(claim_url(secret))


def _once(
    request: HttpRequest,
    claim: Claim,
    form: AnswerForm | InstantForm | RecipientMessageForm,
    *,
    to: str,
    payload: Payload,
    at: datetime,
) -> None:
    """Answer once for each nonce; a second press meets the first result (incentives.md 4.4)."""
    data = form.cleaned_data

    def effect() -> str:
        if payload.text and to != OfferStatus.REJECTED:
            messages.count_towards_limit(subject=claim.offer, kind=Side.RECIPIENT, at=at)
        try:
            claims.answer(
                secret=secret_in(request),
                to=to,
                payload=payload,
                version=data["version"],
                user=request.user,  # type: ignore[arg-type]
                at=at,
            )
        except (OfferExpired, tokens.TokenExpired):
            # The offer was set to Expired: that stays, although the answer is refused.
            return EXPIRED
        if claim.answers:
            messages.mark_read(subject=claim.offer, reader_kind=Side.RECIPIENT, at=at)
        return to

    outcome = idempotency.run_once(
        scope=f"offer-answer:{claim.token.pk}", key=data["nonce"], at=at, effect=effect
    )
    if outcome.result == EXPIRED:
        raise OfferExpired("This offer has expired before it was answered.")


@token_page(REASON)
@require_POST
def offer_message(request: HttpRequest) -> HttpResponse:
    """Send what the recipient wrote in the conversation, with or without a change of status."""
    at = now()
    secret = secret_in(request)
    claim = claims.open_claim(secret=secret, at=at)
    claim.refuse_others()
    answers = answers_for(claim, at)
    form = RecipientMessageForm(request.POST, request.FILES, subject=claim.offer, answers=answers)
    if not form.is_valid():
        return offer_page(request, claim, at=at, composer=form, status=422)
    try:
        if form.keeps:
            _post_once(request, claim, form, at=at)
        else:
            to = form.cleaned_data["status"]
            _once(request, claim, form, to=to, payload=form.payload(), at=at)
    except OfferExpired:
        raise
    except DomainError as refusal:
        form.refuse(refusal)
        fresh = claims.open_claim(secret=secret, at=at)
        return offer_page(request, fresh, at=at, composer=form, status=refusal.status)
    return see_other(f"{claim_url(secret)}#conversation")


def _post_once(
    request: HttpRequest, claim: Claim, form: RecipientMessageForm, *, at: datetime
) -> None:
    payload = form.payload()
    visitors.refuse_own_users(subject=claim.offer, user=request.user)

    def effect() -> str:
        messages.count_towards_limit(subject=claim.offer, kind=Side.RECIPIENT, at=at)
        messages.post(
            subject=claim.offer,
            actor=claim.actor,
            body=payload.text,
            attachments=payload.attachments,
            at=at,
        )
        messages.mark_read(subject=claim.offer, reader_kind=Side.RECIPIENT, at=at)
        return "kept"

    idempotency.run_once(
        scope=f"offer-answer:{claim.token.pk}",
        key=form.cleaned_data["nonce"],
        at=at,
        effect=effect,
    )


@token_page(REASON)
@require_POST
def offer_read(request: HttpRequest) -> HttpResponse:
    """Note that the recipient has the provider's messages before their eyes."""
    at = now()
    claim = claims.open_claim(secret=secret_in(request), at=at)
    if claim.answers and not is_own(request, claim.offer):
        messages.mark_read(subject=claim.offer, reader_kind=Side.RECIPIENT, at=at)
    return HttpResponse(status=204)
