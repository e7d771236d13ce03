"""Drawing the recipient's pages of an offer: what is offered, what can be answered, what was said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.errors import Forbidden, TooMany
from incentives import selectors, words
from incentives.answers.offers import BY_STATUS, Answer, open_answers, rules_in_words, state_words
from incentives.choices import (
    DistributionStatus,
    GroupMemberStatus,
    OfferStatus,
    SenderKind,
    Side,
)
from incentives.forms.claims import AnswerForm, InstantForm, RecipientMessageForm
from incentives.models import Distribution, GroupMember, Message, Offer
from incentives.services import messages, visitors
from incentives.services.claims import Claim
from incentives.views.group_cards import member_context
from incentives.views.threads import Thread, Viewer, thread_of
from incentives.views.token_pages import provider_of, refused, secret_in
from incentives.words.groups import first_name


def claim_url(secret: str) -> str:
    """Return the address of the offer's page for the holder of the secret."""
    return f"{reverse('offer_claim')}?{urlencode({'token': secret})}"


def answers_of(offer: Offer, at: datetime) -> list[Answer]:
    return open_answers(selectors.available_statuses(offer=offer, actor_kind=Side.RECIPIENT, at=at))


def answers_for(claim: Claim, at: datetime) -> list[Answer]:
    """Return what the holder of the link may answer now: a member only claims their own share."""
    answers = answers_of(claim.offer, at) if claim.answers else []
    member = claim.member
    if member is None:
        return answers
    others = [answer for answer in answers if answer.status != OfferStatus.CLAIMED]
    may_claim = (
        claim.offer.status == OfferStatus.APPROVED_CONFIRMED
        and member.status == GroupMemberStatus.ACTIVE
    )
    return [BY_STATUS[OfferStatus.CLAIMED], *others] if may_claim else others


def is_own(request: HttpRequest, offer: Offer) -> bool:
    """Tell whether a signed-in member of the offer's own business looks at the page."""
    return visitors.is_own_user(subject=offer, user=request.user)


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
    answers = [] if own else answers_for(claim, at)
    begun = offer.recipient_has_moved or claim.member is not None
    may_write = not own and claim.answers and begun and not messages.may_post(offer)
    if composer is None and may_write:
        composer = RecipientMessageForm(subject=offer, answers=answers)
    thread = thread_for(claim, secret, at, before=number_in(request, "before"))
    context = {
        **offer_context(offer),
        "next_step": selectors.next_step(offer, Side.RECIPIENT),
        **(member_context(claim.member) if claim.member else {}),
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
        "received": _record(offer, claim.member),
    }
    return render(request, "incentives/claims/offer.html", context, status=status)


def _record(offer: Offer, member: GroupMember | None) -> Distribution | None:
    """Return what the provider recorded for the reader; nothing while it is pending."""
    if not offer.is_confirmed:
        return None
    settled = selectors.distributions_of(subject=offer).exclude(status=DistributionStatus.PENDING)
    if member is not None:
        settled = settled.filter(group_member=member)
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
        edit_url=_address_of("offer_own_message_edit", query) if claim.answers else None,
        delete_url=_address_of("offer_own_message_delete", query) if claim.answers else None,
    )
    thread = thread_of(subject=claim.offer, viewer=viewer, at=at, before=before, after=after)
    if not claim.answers:
        for bubble in thread.bubbles:
            if bubble.side == SenderKind.REFERENT:
                # Members of a group know each other by their first names.
                bubble.message.sender_name = first_name(bubble.message.sender_name)
    return thread


def _address_of(url_name: str, query: str) -> Callable[[int], str]:
    return lambda pk: f"{reverse(url_name, args=[pk])}?{query}"


def offer_context(offer: Offer) -> dict[str, Any]:
    """Return what every page about the offer shows of it."""
    terms = offer.confirmed_terms or offer.terms
    value = terms.value if terms else None
    gift = words.headline(value, offer.incentive_type)
    until = words.moment(offer.expires_at, "UTC") if offer.expires_at else ""
    # What a link template would make is not there yet: it has no end, and nobody can be first.
    is_fresh = offer.status == OfferStatus.OFFERED and offer.pk is not None
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
            by_link=is_fresh and offer.is_unclaimed_link,
            group_of=offer.max_required_members or 0,
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
    is_open = answer in answers_for(claim, at) and status != TooMany.status
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
