"""What the creator of a request writes to the provider, and mends or takes back (incentives.md 8.1)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from core import idempotency
from core.clock import now
from core.errors import DomainError, Invalid
from core.http import see_other
from incentives import selectors
from incentives.choices import Side
from incentives.forms.claims import RecipientMessageForm
from incentives.forms.messages import MessageEditForm
from incentives.models import Message
from incentives.services import messages, requests, visitors
from incentives.services.messages import NotYours
from incentives.services.requests import Visit
from incentives.views.my_requests import REASON, answer_once, draw
from incentives.views.request_pages import answers_of, own_url, request_facts, visit_to
from incentives.views.token_pages import secret_in, token_page


@token_page(REASON)
@require_POST
def my_request_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Send what the creator wrote to the provider, with or without a change of status."""
    at, secret = now(), secret_in(request)
    visit = visit_to(request, pk, at)
    answers = answers_of(visit.request, at)
    form = RecipientMessageForm(request.POST, request.FILES, subject=visit.request, answers=answers)
    if not form.is_valid():
        return draw(request, visit, at, composer=form, status=422)
    try:
        if form.keeps:
            _post_once(visit, form, at)
        else:
            answer_once(visit, form, form.cleaned_data["status"], form.payload(), at)
    except DomainError as refusal:
        form.refuse(refusal)
        fresh = visit_to(request, pk, at)
        return draw(request, fresh, at, composer=form, status=refusal.status)
    return see_other(f"{own_url('my_request', secret, pk)}#conversation")


def _post_once(visit: Visit, form: RecipientMessageForm, at: datetime) -> None:
    found, payload = visit.request, form.payload()

    def effect() -> str:
        messages.count_towards_limit(subject=found, kind=Side.RECIPIENT, at=at)
        message = messages.post(
            subject=found,
            actor=visit.actor,
            body=payload.text,
            attachments=payload.attachments,
            at=at,
        )
        messages.mark_read(subject=found, reader_kind=Side.RECIPIENT, at=at)
        return str(message.pk)

    scope, key = f"request-answer:{found.pk}", form.cleaned_data["nonce"]
    idempotency.run_once(scope=scope, key=key, at=at, effect=effect)


@token_page(REASON)
@require_POST
def my_request_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the provider's messages as read once the creator has them on screen."""
    at = now()
    visit = requests.visit_request(secret=secret_in(request), pk=pk, at=at)
    if not visitors.is_own_user(subject=visit.request, user=request.user):
        messages.mark_read(subject=visit.request, reader_kind=Side.RECIPIENT, at=at)
    return HttpResponse(status=204)


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def my_request_message_edit(request: HttpRequest, pk: int, message_pk: int) -> HttpResponse:
    """Show the text of one's own message, or store its new words."""
    at = now()
    visit, message = _own(request, pk, message_pk, at)
    form = MessageEditForm(request.POST or None, message=message)
    if request.method == "POST" and form.is_valid():
        try:
            messages.edit(message=message, actor=visit.actor, body=form.cleaned_data["body"], at=at)
        except Invalid as refusal:
            form.refuse(refusal)
            return _own_page(request, visit, message, form, status=refusal.status)
        return see_other(f"{own_url('my_request', secret_in(request), pk)}#conversation")
    status = Invalid.status if form.errors else 200
    return _own_page(request, visit, message, form, status=status)


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def my_request_message_delete(request: HttpRequest, pk: int, message_pk: int) -> HttpResponse:
    """Ask before one's own message is taken back, then blank it for both sides."""
    at = now()
    visit, message = _own(request, pk, message_pk, at)
    if request.method != "POST":
        return _own_page(request, visit, message, None)
    messages.delete(message=message, actor=visit.actor, at=at)
    return see_other(f"{own_url('my_request', secret_in(request), pk)}#conversation")


def _own(request: HttpRequest, pk: int, message_pk: int, at: datetime) -> tuple[Visit, Message]:
    """Return the visit and a message of its thread that the creator may still change."""
    visit = visit_to(request, pk, at)
    message = selectors.message_of(subject=visit.request, pk=message_pk)
    if not messages.may_change(message, visit.actor, at):
        raise NotYours("A message can be changed by its author within 15 minutes.")
    return visit, message


def _own_page(
    request: HttpRequest,
    visit: Visit,
    message: Message,
    form: MessageEditForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **request_facts(visit.request),
        "form": form,
        "message": message,
        "back_url": f"{own_url('my_request', secret_in(request), visit.request.pk)}#conversation",
    }
    return render(request, "incentives/requests/message.html", context, status=status)
