"""The recipient's own messages, mended or taken back within 15 minutes (incentives.md 3.7)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import Invalid
from core.http import see_other
from incentives import selectors
from incentives.forms.messages import MessageEditForm
from incentives.models import Message
from incentives.services import claims, messages, visitors
from incentives.services.claims import Claim
from incentives.services.messages import NotYours
from incentives.views.claim_pages import claim_url, offer_context
from incentives.views.token_pages import secret_in, token_page

REASON = "the e-mailed token names the one recipient whose messages these are"


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_own_message_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the text of one's own message, or store its new words."""
    at = now()
    claim, message = _open(request, pk, at)
    if request.method != "POST":
        return _page(request, claim, MessageEditForm(message=message))
    form = MessageEditForm(request.POST, message=message)
    if not form.is_valid():
        return _page(request, claim, form, status=422)
    try:
        messages.edit(message=message, actor=claim.actor, body=form.cleaned_data["body"], at=at)
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(request, claim, form, status=refusal.status)
    return see_other(f"{claim_url(secret_in(request))}#conversation")


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_own_message_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before one's own message is taken back, then blank it for both sides."""
    at = now()
    claim, message = _open(request, pk, at)
    if request.method != "POST":
        return _page(request, claim, None, message=message)
    messages.delete(message=message, actor=claim.actor, at=at)
    return see_other(f"{claim_url(secret_in(request))}#conversation")


def _open(request: HttpRequest, pk: int, at: datetime) -> tuple[Claim, Message]:
    """Return the claim and a message of it that its holder may still change."""
    claim = claims.open_claim(secret=secret_in(request), at=at)
    claim.refuse_others()
    visitors.refuse_own_users(subject=claim.offer, user=request.user)
    message = selectors.message_of(subject=claim.offer, pk=pk)
    if not messages.may_change(message, claim.actor, at):
        raise NotYours("A message can be changed by its author within 15 minutes.")
    return claim, message


def _page(
    request: HttpRequest,
    claim: Claim,
    form: MessageEditForm | None,
    *,
    message: Message | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **offer_context(claim.offer),
        "form": form,
        "message": message,
        "back_url": f"{claim_url(secret_in(request))}#conversation",
    }
    return render(request, "incentives/claims/message.html", context, status=status)
