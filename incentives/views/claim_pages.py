"""Drawing the recipient's pages of an offer: what is offered, what can be answered, what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.errors import Forbidden, TooMany
from incentives import selectors, words
from incentives.answers import BY_STATUS, Answer, open_answers, rules_in_words, state_words
from incentives.choices import DistributionStatus, OfferStatus, Side
from incentives.forms.claims import AnswerForm, InstantForm, RecipientMessageForm
from incentives.models import Distribution, Message, Offer
from incentives.services import claims, messages
from incentives.services.claims import Claim
from incentives.views.threads import Thread, Viewer, thread_of
from incentives.views.token_pages import provider_of, refused, secret_in


def claim_url(secret: str) -> str:
    """Return the address of the offer's page for the holder of the secret."""
    return f"{reverse('offer_claim')}?{urlencode({'token': secret})}"


def answers_of(offer: Offer, at: datetime) -> list[Answer]:
    return open_answers(selectors.available_statuses(offer=offer, actor_kind=Side.RECIPIENT, at=at))


def is_own(request: HttpRequest, offer: Offer) -> bool:
    """Tell whether a signed-in member of the offer's own business looks at the page."""
    try:
        claims.refuse_own_users(offer=offer, user=request.user)  # type: ignore[arg-type]
    except Forbidden:
        return True
    return False


def offer_page(
    request: HttpRequest,
    claim: Claim,
    *,
    at: datetime,
    composer: RecipientMessageForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the offer's page: what is offered, what can be answered, what was said."""
    offer, secret = claim.offer, secret_in(request)
    own = is_own(request, offer)
    answers = [] if own else answers_of(offer, at)
    may_write = not own and not messages.may_post(offer) and offer.recipient_has_moved
    if composer is None and may_write:
        composer = RecipientMessageForm(offer=offer, answers=answers)
    thread = thread_for(claim, secret, at, before=number_in(request, "before"))
    context = {
        **offer_context(offer),
        **_choices(answers, offer),
        "secret": secret,
        "is_own": own,
        "notice": notice,
        "composer": composer if not own else None,
        **feed_addresses(secret),
        "thread": thread,
        "asked": _asked(offer, thread),
        "looking_back": number_in(request, "before") is not None,
        "version": offer.version,
        "next_step": selectors.next_step(offer, Side.RECIPIENT),
        "received": _record(offer),
    }
    return render(request, "incentives/claims/offer.html", context, status=status)


def _record(offer: Offer) -> Distribution | None:
    """Return what the provider recorded as delivered or failed; nothing while it is pending."""
    if not offer.is_confirmed:
        return None
    settled = selectors.distributions_of(offer=offer).exclude(status=DistributionStatus.PENDING)
    return settled.first()


def _asked(offer: Offer, thread: Thread) -> Message | None:
    """Return the provider's newest words where they wait for the recipient's answer."""
    if offer.waits_for != Side.RECIPIENT or not offer.recipient_has_moved:
        return None
    said = (bubble.message for bubble in reversed(thread.bubbles) if bubble.side == "vendor")
    message = next(said, None)
    return message if message is not None and message.deleted_at is None else None


def _choices(answers: list[Answer], offer: Offer) -> dict[str, Any]:
    """Sort the open answers: one primary button, the others beside it, the quiet no below."""
    yes = [answer for answer in answers if not answer.is_no]
    primary = next((a for a in yes if a.instant), yes[0] if yes else None)
    if any(answer.status == OfferStatus.INFO_PROVIDED for answer in yes):
        # Something was asked of the recipient: answering comes first.
        primary = BY_STATUS[OfferStatus.INFO_PROVIDED]
    return {
        "primary": primary,
        "others": [answer for answer in yes if answer is not primary],
        "decline": next((answer for answer in answers if answer.is_no), None),
        "instant": InstantForm(initial={"version": offer.version}, auto_id=False),
    }


def feed_addresses(secret: str) -> dict[str, str]:
    query = urlencode({"token": secret})
    return {"feed_url": claim_url(secret), "read_url": f"{reverse('offer_read')}?{query}"}


def thread_for(
    claim: Claim,
    secret: str,
    at: datetime,
    *,
    before: int | None = None,
    after: int | None = None,
) -> Thread:
    query = urlencode({"token": secret})
    viewer = Viewer(
        actor=claim.actor,
        file_url=lambda key: f"{reverse('attachment', args=[key])}?{query}",
        edit_url=lambda pk: f"{reverse('offer_own_message_edit', args=[pk])}?{query}",
        delete_url=lambda pk: f"{reverse('offer_own_message_delete', args=[pk])}?{query}",
    )
    return thread_of(offer=claim.offer, viewer=viewer, at=at, before=before, after=after)


def offer_context(offer: Offer) -> dict[str, Any]:
    """Return what every page about the offer shows of it."""
    terms = offer.confirmed_terms or offer.terms
    value = terms.value if terms else None
    gift = words.headline(value, offer.incentive_type)
    until = words.moment(offer.expires_at, "UTC") if offer.expires_at else ""
    is_fresh = offer.status == OfferStatus.OFFERED
    description = value.description if value and value.has_number else ""
    return {
        "offer": offer,
        "provider": provider_of(offer),
        "product": offer.program.product_service,
        "gift": gift,
        "description": description,
        "terms_kind": terms.kind if terms and not offer.confirmed_terms else "",
        "until": until if is_fresh else "",
        "status": OfferStatus(offer.status),
        "state": state_words(
            status=offer.status, set_by=offer.status_set_by, provider=offer.business.name
        ),
        "rules": rules_in_words(
            provider=offer.business.name,
            gift=gift,
            product=offer.program.product_service.name,
            description=description,
            until=until if is_fresh else "",
            by_link=offer.is_unclaimed_link,
        ),
    }


def answer_page(
    request: HttpRequest,
    claim: Claim,
    answer: Answer,
    form: AnswerForm | InstantForm,
    *,
    at: datetime,
    status: int = 200,
) -> HttpResponse:
    """Draw the page of one answer; after a refusal, with what was typed and what is true now."""
    if answer.instant:
        errors = form.non_field_errors() or ["Please look at the offer, then press again."]
        return offer_page(request, claim, at=at, notice=str(errors[0]), status=status)
    if is_own(request, claim.offer) and request.method == "POST":
        return refused(request, Forbidden("Only the recipient can answer this offer."))
    is_open = answer in answers_of(claim.offer, at) and status != TooMany.status
    context = {
        **offer_context(claim.offer),
        "answer": answer,
        "form": _with_fresh_version(form, claim.offer),
        "is_open": is_open,
        "secret": secret_in(request),
    }
    return render(request, "incentives/claims/answer.html", context, status=status)


def _with_fresh_version(form: Any, offer: Offer) -> Any:
    """Let a corrected form be sent again: it now is about the offer as shown."""
    if form.is_bound:
        form.data = form.data.copy()
        form.data[form.add_prefix("version")] = str(offer.version)
    return form


def number_in(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
