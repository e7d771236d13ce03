"""The provider's conversation with the recipient: feed, composer, own messages (incentives.md 2.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from core import idempotency
from core.clock import now
from core.errors import Conflict, Forbidden, Invalid, TooMany
from core.forms import fresh_nonce
from core.http import is_fragment, see_other, toast
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.choices import OfferStatus, Side
from incentives.forms.messages import ComposerForm
from incentives.models import Offer
from incentives.services import actors, messages, statuses
from incentives.services.actors import Actor
from incentives.views.threads import Composer, Thread, Viewer, thread_of

WRITE = "offers.write"


def viewer_of(offer: Offer, actor: Actor) -> Viewer:
    """Return the provider's user as the reader of the thread."""
    return Viewer(
        actor=actor,
        file_url=lambda key: reverse("offer_attachment", args=[offer.pk, key]),
        edit_url=lambda pk: reverse("offer_message_edit", args=[offer.pk, pk]),
        delete_url=lambda pk: reverse("offer_message_delete", args=[offer.pk, pk]),
    )


def composer_of(request: DeskRequest, offer: Offer, at: datetime, form: Any = None) -> Composer:
    """Return the composer for the offer's status, or why nothing can be written now."""
    if not may(request, WRITE):
        return Composer(None, "Your role may read conversations only.")
    choices = selectors.available_statuses(offer=offer, actor_kind=Side.PROVIDER, at=at)
    if reason := _closed(offer, choices):
        return Composer(None, reason, unsent=str(form["body"].value() or "") if form else "")
    return Composer(form or unbound(request, offer, choices, at))


def _closed(offer: Offer, choices: list[selectors.StatusChoice]) -> str:
    """Say why the composer is closed (incentives.md 2.6), or return an empty text."""
    if offer.is_draft:
        return "The offer is a draft. Send it first, then you can write to the recipient."
    if offer.status == OfferStatus.COMPLETED and not any(choice.is_open for choice in choices):
        return next((choice.reason for choice in choices), "") or "The offer is completed."
    if not choices and messages.may_post(offer=offer):
        label = OfferStatus(offer.status).label
        return f"The offer is {label}, so the conversation is closed."
    return ""


def unbound(
    request: DeskRequest, offer: Offer, choices: list[selectors.StatusChoice], at: datetime
) -> ComposerForm:
    """Return an empty composer; `?status=` chooses a status where the offer allows it."""
    wanted = request.GET.get("status", "")
    chosen = wanted if any(choice.status == wanted for choice in choices) else ""
    return ComposerForm(
        initial={"status": chosen},
        offer=offer,
        choices=choices,
        may_keep=not messages.may_post(offer=offer),
        at=at,
    )


def bound(request: DeskRequest, offer: Offer, at: datetime, **changes: str) -> ComposerForm:
    """Return the composer with what was typed, some hidden values replaced."""
    data = request.POST.copy()
    data.update(changes)
    for name in changes:
        data[name] = changes[name]
    return ComposerForm(
        data,
        request.FILES,
        offer=offer,
        choices=selectors.available_statuses(offer=offer, actor_kind=Side.PROVIDER, at=at),
        may_keep=not messages.may_post(offer=offer),
        at=at,
        use_required_attribute=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access("offers.read", needs_profile=True)
def offer_messages(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the conversation, or write into it and so perhaps change the offer's status."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    if request.method == "POST":
        return _write(request, offer)
    if is_fragment(request):
        return _piece(request, offer)
    return _answer(request, offer, before=_number(request, "before"))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _piece(request: DeskRequest, offer: Offer) -> HttpResponse:
    """Answer what the feed asks for: messages after the last one shown, or before the first."""
    at = now()
    viewer = viewer_of(offer, actors.provider(request.user))
    before, after = _number(request, "before"), _number(request, "after")
    thread = thread_of(offer=offer, viewer=viewer, at=at, before=before, after=after)
    name = "_earlier" if before is not None else "_newer"
    context = {
        **_addresses(offer),
        "offer": offer,
        "thread": thread,
        "asked": before if before is not None else after,
        "moved_on": after is not None and _number(request, "version") != offer.version,
        "version": _number(request, "version"),
        "status": OfferStatus(offer.status),
    }
    response = render(request, f"incentives/messages/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _addresses(offer: Offer) -> dict[str, str]:
    return {
        # More of the query is added to it.
        "feed_url": f"{reverse('offer_messages', args=[offer.pk])}?",
        "read_url": reverse("offer_messages_read", args=[offer.pk]),
    }


def _answer(
    request: DeskRequest,
    offer: Offer,
    *,
    form: ComposerForm | None = None,
    status: int = 200,
    before: int | None = None,
    notice: str = "",
) -> HttpResponse:
    """Draw the conversation, whole or as the fragment, with what was typed kept in the composer."""
    at = now()
    viewer = viewer_of(offer, actors.provider(request.user))
    thread: Thread = thread_of(offer=offer, viewer=viewer, at=at, before=before)
    context = {
        **_addresses(offer),
        "offer": offer,
        "thread": thread,
        "composer": composer_of(request, offer, at, form),
        "composer_url": reverse("offer_messages", args=[offer.pk]),
        "notice": notice,
        "status": OfferStatus(offer.status),
        "version": offer.version,
        "next_step": selectors.next_step(offer, Side.PROVIDER),
        "terms": offer.terms.value if offer.terms else None,
        "looking_back": before is not None,
        "crumbs": crumbs_of(offer),
    }
    name = "_conversation" if is_fragment(request) else "page"
    response = render(request, f"incentives/messages/{name}.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if is_fragment(request) and status != 200:
        # Morphing keeps the focus and the chosen files, which no server can put back.
        response.headers["HX-Reswap"] = "morph:outerHTML"
    return response


def crumbs_of(offer: Offer) -> list[tuple[str, str]]:
    """Return the way to the conversation."""
    return [
        ("Incentive Offers", reverse("offers")),
        (offer.reference, reverse("offer_detail", args=[offer.pk])),
        ("Messages", ""),
    ]


def _write(request: DeskRequest, offer: Offer) -> HttpResponse:
    """Send the message; whatever refuses it, its text stays in the composer (incentives.md 4.4)."""
    at = now()
    if not may(request, WRITE):
        raise Forbidden("Your role allows reading conversations, not writing in them.")
    if "update" in request.POST:
        return _renewed(request, offer, at, status=200)
    form = bound(request, offer, at)
    if not form.is_valid():
        return _answer(request, offer, form=form, status=Invalid.status)
    try:
        sent = idempotency.run_once(
            scope=f"incentives.composer:{offer.pk}:{request.user.pk}",
            key=form.cleaned_data["nonce"],
            fingerprint=idempotency.fingerprint_of(repr(_sent(request, form))),
            at=at,
            effect=lambda: _send(offer, form, actors.provider(request.user), at),
        )
    except Conflict as refusal:
        fresh = selectors.offer_of(business=request.organisation, pk=offer.pk)
        return _renewed(request, fresh, at, status=refusal.status, notice=refusal.message)
    except (Invalid, TooMany) as refusal:
        form.refuse(refusal)
        return _answer(request, offer, form=form, status=refusal.status)
    return _sent_answer(request, offer, sent.result)


def _sent(request: DeskRequest, form: ComposerForm) -> dict[str, Any]:
    """Return what tells two sendings of one form apart: all that was typed, and the files' names."""
    kept = {name: request.POST.getlist(name) for name in form.fields if name != "version"}
    return {**kept, "attachments": [file.name for file in form.cleaned_data["attachments"]]}


def _send(offer: Offer, form: ComposerForm, actor: Actor, at: datetime) -> str:
    """Write the message and return the toast's words."""
    payload = form.payload()
    messages.count_towards_limit(offer=offer, kind=actor.kind, at=at)
    messages.mark_read(offer=offer, reader_kind=actor.kind, at=at)
    if form.keeps:
        messages.post(
            offer=offer, actor=actor, body=payload.text, attachments=payload.attachments, at=at
        )
        return "Message sent"
    statuses.transition(
        offer=offer,
        to=form.cleaned_data["status"],
        actor=actor,
        at=at,
        payload=payload,
        version=form.cleaned_data["version"],
    )
    return f"Status set to {OfferStatus(form.cleaned_data['status']).label}"


def _renewed(
    request: DeskRequest, offer: Offer, at: datetime, *, status: int, notice: str = ""
) -> HttpResponse:
    """Draw the composer over the offer as it is now, with what was typed and nothing saved."""
    form = bound(request, offer, at, version=str(offer.version), nonce=fresh_nonce())
    for name in list(form.errors):
        del form.errors[name]
    return _answer(request, offer, form=form, status=status, notice=notice)


def _sent_answer(request: DeskRequest, offer: Offer, words: str) -> HttpResponse:
    if not is_fragment(request):
        notes.success(request, words)
        return see_other(reverse("offer_messages", args=[offer.pk]))
    fresh = selectors.offer_of(business=request.organisation, pk=offer.pk)
    return toast(_answer(request, fresh), words)


@require_POST
@access("offers.read", needs_profile=True)
def offer_messages_read(request: DeskRequest, pk: int) -> HttpResponse:
    """Mark the recipient's messages as read once somebody of the provider has them on screen."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    messages.mark_read(offer=offer, reader_kind=Side.PROVIDER, at=now())
    return HttpResponse(status=204)
