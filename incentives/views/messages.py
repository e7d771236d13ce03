"""The provider's conversation with the recipient: feed and composer (incentives.md 2.6, 8.1).

The pages of offers and of requests are the same; where they differ, a `desks.Desk` says how.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from core import idempotency
from core.clock import now
from core.errors import Conflict, Forbidden, Invalid, TooMany
from core.forms import fresh_nonce
from core.http import is_fragment, see_other, toast
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives.choices import Side
from incentives.forms.messages import ComposerForm
from incentives.selectors import StatusChoice
from incentives.services import actors, messages
from incentives.services.actors import Actor
from incentives.views.desks import OFFERS, REQUESTS, Desk
from incentives.views.threads import Composer, Thread, Viewer, thread_of

WRITE = "offers.write"


@require_http_methods(["GET", "HEAD", "POST"])
@access("offers.read", needs_profile=True)
def offer_messages(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the conversation, or write into it and so perhaps change the offer's status."""
    return _conversation(request, OFFERS, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access("offers.read", needs_profile=True)
def request_messages(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the conversation, or write into it and so perhaps change the request's status."""
    return _conversation(request, REQUESTS, pk)


@require_POST
@access("offers.read", needs_profile=True)
def offer_messages_read(request: DeskRequest, pk: int) -> HttpResponse:
    """Mark the recipient's messages as read once somebody of the provider has them on screen."""
    return _read(request, OFFERS, pk)


@require_POST
@access("offers.read", needs_profile=True)
def request_messages_read(request: DeskRequest, pk: int) -> HttpResponse:
    """Mark the recipient's messages as read once somebody of the provider has them on screen."""
    return _read(request, REQUESTS, pk)


def _read(request: DeskRequest, desk: Desk[Any], pk: int) -> HttpResponse:
    subject = desk.find(request.organisation, pk)
    messages.mark_read(subject=subject, reader_kind=Side.PROVIDER, at=now())
    return HttpResponse(status=204)


def _conversation(request: DeskRequest, desk: Desk[Any], pk: int) -> HttpResponse:
    subject = desk.find(request.organisation, pk)
    if request.method == "POST":
        return _write(request, desk, subject)
    if is_fragment(request):
        return _piece(request, desk, subject)
    return _answer(request, desk, subject, before=_number(request, "before"))


def viewer_of(desk: Desk[Any], subject: Any, actor: Actor) -> Viewer:
    """Return the provider's user as the reader of the thread."""
    return Viewer(
        actor=actor,
        file_url=lambda key: desk.url("attachment", subject.pk, key),
        edit_url=lambda pk: desk.url("message_edit", subject.pk, pk),
        delete_url=lambda pk: desk.url("message_delete", subject.pk, pk),
    )


def composer_of(
    request: DeskRequest, desk: Desk[Any], subject: Any, at: datetime, form: Any = None
) -> Composer:
    """Return the composer for the subject's status, or why nothing can be written now."""
    if not may(request, WRITE):
        return Composer(None, "Your role may read conversations only.")
    choices = desk.choices(subject, at)
    if reason := desk.closed(subject, choices):
        return Composer(None, reason, unsent=str(form["body"].value() or "") if form else "")
    return Composer(form or _unbound(request, desk, subject, choices, at))


def _unbound(
    request: DeskRequest, desk: Desk[Any], subject: Any, choices: list[StatusChoice], at: datetime
) -> ComposerForm:
    """Return an empty composer; `?status=` chooses a status where the table allows it."""
    wanted = request.GET.get("status", "")
    chosen = wanted if any(choice.status == wanted for choice in choices) else ""
    return desk.composer(
        initial={"status": chosen},
        subject=subject,
        choices=choices,
        may_keep=not messages.may_post(subject),
        at=at,
    )


def _bound(
    request: DeskRequest, desk: Desk[Any], subject: Any, at: datetime, **changes: str
) -> ComposerForm:
    """Return the composer with what was typed, some hidden values replaced."""
    data = request.POST.copy()
    for name, value in changes.items():
        data[name] = value
    return desk.composer(
        data,
        request.FILES,
        subject=subject,
        choices=desk.choices(subject, at),
        may_keep=not messages.may_post(subject),
        at=at,
        use_required_attribute=False,
    )


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _piece(request: DeskRequest, desk: Desk[Any], subject: Any) -> HttpResponse:
    """Answer what the feed asks for: messages after the last one shown, or before the first."""
    at = now()
    viewer = viewer_of(desk, subject, actors.provider(request.user))
    before, after = _number(request, "before"), _number(request, "after")
    thread = thread_of(subject=subject, viewer=viewer, at=at, before=before, after=after)
    name = "_earlier" if before is not None else "_newer"
    context = {
        **_addresses(desk, subject),
        "noun": desk.noun,
        "thread": thread,
        "asked": before if before is not None else after,
        "moved_on": after is not None and _number(request, "version") != subject.version,
        "version": _number(request, "version"),
        "status": subject.status_face,
    }
    response = render(request, f"incentives/messages/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _addresses(desk: Desk[Any], subject: Any) -> dict[str, str]:
    return {
        # More of the query is added to it.
        "feed_url": f"{desk.url('messages', subject.pk)}?",
        "read_url": desk.url("messages_read", subject.pk),
    }


def _answer(
    request: DeskRequest,
    desk: Desk[Any],
    subject: Any,
    *,
    form: ComposerForm | None = None,
    status: int = 200,
    before: int | None = None,
    notice: str = "",
) -> HttpResponse:
    """Draw the conversation, whole or as the fragment, with what was typed kept in the composer."""
    at = now()
    viewer = viewer_of(desk, subject, actors.provider(request.user))
    thread: Thread = thread_of(subject=subject, viewer=viewer, at=at, before=before)
    context = {
        **_addresses(desk, subject),
        "subject": subject,
        "noun": desk.noun,
        "about": desk.title_of(subject),
        "thread": thread,
        "composer": composer_of(request, desk, subject, at, form),
        "composer_url": desk.url("messages", subject.pk),
        "notice": notice,
        "status": subject.status_face,
        "version": subject.version,
        "next_step": desk.next_step(subject),
        "terms": subject.terms.value if subject.terms else None,
        "looking_back": before is not None,
        "list_url": desk.list_url,
        "detail_url": desk.url("detail", subject.pk),
        "distributions_url": desk.url("distributions", subject.pk),
        "crumbs": desk.crumbs(subject, "Messages"),
        "tour": f"{desk.noun}s.messages",
    }
    name = "_conversation" if is_fragment(request) else "page"
    response = render(request, f"incentives/messages/{name}.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if is_fragment(request) and status != 200:
        # Morphing keeps the focus and the chosen files, which no server can put back.
        response.headers["HX-Reswap"] = "morph:outerHTML"
    return response


def _write(request: DeskRequest, desk: Desk[Any], subject: Any) -> HttpResponse:
    """Send the message; whatever refuses it, its text stays in the composer (incentives.md 4.4)."""
    at = now()
    if not may(request, WRITE):
        raise Forbidden("Your role allows reading conversations, not writing in them.")
    if "update" in request.POST:
        return _renewed(request, desk, subject, at, status=200)
    form = _bound(request, desk, subject, at)
    if not form.is_valid():
        return _answer(request, desk, subject, form=form, status=Invalid.status)
    try:
        sent = idempotency.run_once(
            scope=f"incentives.composer:{desk.noun}:{subject.pk}:{request.user.pk}",
            key=form.cleaned_data["nonce"],
            fingerprint=idempotency.fingerprint_of(repr(_sent(request, form))),
            at=at,
            effect=lambda: _send(desk, subject, form, actors.provider(request.user), at),
        )
    except Conflict as refusal:
        fresh = desk.find(request.organisation, subject.pk)
        return _renewed(request, desk, fresh, at, status=refusal.status, notice=refusal.message)
    except (Invalid, TooMany) as refusal:
        form.refuse(refusal)
        return _answer(request, desk, subject, form=form, status=refusal.status)
    return _sent_answer(request, desk, subject, sent.result)


def _sent(request: DeskRequest, form: ComposerForm) -> dict[str, Any]:
    """Return what tells two sendings of one form apart: all that was typed, and the files' names."""
    kept = {name: request.POST.getlist(name) for name in form.fields if name != "version"}
    return {**kept, "attachments": [file.name for file in form.cleaned_data["attachments"]]}


def _send(desk: Desk[Any], subject: Any, form: ComposerForm, actor: Actor, at: datetime) -> str:
    """Write the message and return the toast's words."""
    payload = form.payload()
    messages.count_towards_limit(subject=subject, kind=actor.kind, at=at)
    messages.mark_read(subject=subject, reader_kind=actor.kind, at=at)
    if form.keeps:
        messages.post(
            subject=subject, actor=actor, body=payload.text, attachments=payload.attachments, at=at
        )
        return "Message sent"
    to = form.cleaned_data["status"]
    desk.transition(
        subject=subject,
        to=to,
        actor=actor,
        payload=payload,
        version=form.cleaned_data["version"],
        at=at,
    )
    return f"Status set to {type(subject.status_face)(to).label}"


def _renewed(
    request: DeskRequest,
    desk: Desk[Any],
    subject: Any,
    at: datetime,
    *,
    status: int,
    notice: str = "",
) -> HttpResponse:
    """Draw the composer over the subject as it is now, with what was typed and nothing saved."""
    form = _bound(request, desk, subject, at, version=str(subject.version), nonce=fresh_nonce())
    for name in list(form.errors):
        del form.errors[name]
    return _answer(request, desk, subject, form=form, status=status, notice=notice)


def _sent_answer(request: DeskRequest, desk: Desk[Any], subject: Any, words: str) -> HttpResponse:
    if not is_fragment(request):
        notes.success(request, words)
        return see_other(desk.url("messages", subject.pk))
    fresh = desk.find(request.organisation, subject.pk)
    return toast(_answer(request, desk, fresh), words)
