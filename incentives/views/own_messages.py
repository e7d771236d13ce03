"""What authors may still do with their own plain messages: edit or delete, for fifteen minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as notes
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError, Invalid
from core.http import see_other
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.forms.messages import MessageEditForm
from incentives.services import actors, messages
from incentives.views.desks import OFFERS, REQUESTS, Desk
from incentives.views.messages import WRITE


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_message_edit(request: DeskRequest, pk: int, message_pk: int) -> HttpResponse:
    """Change the text of one's own plain message about an offer within 15 minutes."""
    return _edit(request, OFFERS, pk, message_pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def request_message_edit(request: DeskRequest, pk: int, message_pk: int) -> HttpResponse:
    """Change the text of one's own plain message about a request within 15 minutes."""
    return _edit(request, REQUESTS, pk, message_pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_message_delete(request: DeskRequest, pk: int, message_pk: int) -> HttpResponse:
    """Take one's own plain message about an offer back within 15 minutes, after asking."""
    return _delete(request, OFFERS, pk, message_pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def request_message_delete(request: DeskRequest, pk: int, message_pk: int) -> HttpResponse:
    """Take one's own plain message about a request back within 15 minutes, after asking."""
    return _delete(request, REQUESTS, pk, message_pk)


def _edit(request: DeskRequest, desk: Desk[Any], pk: int, message_pk: int) -> HttpResponse:
    subject = desk.find(request.organisation, pk)
    message = selectors.message_of(subject=subject, pk=message_pk)
    form = MessageEditForm(request.POST or None, message=message)
    if request.method == "POST" and form.is_valid():
        try:
            messages.edit(
                message=message,
                actor=actors.provider(request.user),
                body=form.cleaned_data["body"],
                at=now(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
            return _edit_page(request, desk, subject, form, status=refusal.status)
        notes.success(request, "Message changed")
        return see_other(desk.url("messages", pk))
    status = Invalid.status if form.errors else 200
    return _edit_page(request, desk, subject, form, status=status)


def _edit_page(
    request: DeskRequest, desk: Desk[Any], subject: Any, form: MessageEditForm, *, status: int
) -> HttpResponse:
    context = {
        "title": "Edit message",
        "intro": "Your message will be marked as edited. It can be changed for 15 minutes.",
        "form": form,
        "submit_label": "Save message",
        "cancel_url": desk.url("messages", subject.pk),
        "crumbs": desk.crumbs(subject, "Edit message"),
    }
    return render(request, "pages/form.html", context, status=status)


def _delete(request: DeskRequest, desk: Desk[Any], pk: int, message_pk: int) -> HttpResponse:
    subject = desk.find(request.organisation, pk)
    message = selectors.message_of(subject=subject, pk=message_pk)
    back = desk.url("messages", pk)
    if request.method == "POST":
        messages.delete(message=message, actor=actors.provider(request.user), at=now())
        notes.success(request, "Message deleted")
        return see_other(back)
    context = {
        "title": "Delete this message?",
        "message": f"“{message.body}”",
        "consequences": [
            "Both sides see that a message was deleted, but not what it said.",
            "The recipient may have read it, or its e-mail, already.",
        ],
        "submit_label": "Delete message",
        "cancel_url": back,
        "danger": True,
        "crumbs": desk.crumbs(subject, "Delete message"),
    }
    return render(request, "pages/confirm.html", context)
