"""The few acts of the details page: send, resend, cancel, delete, and an e-mail once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from core import mail
from core.clock import now
from core.errors import Conflict, DomainError, Forbidden, Invalid
from core.http import is_fragment, see_other
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.choices import OfferStatus, Side
from incentives.forms.actions import CancelForm, VersionForm
from incentives.models import Offer
from incentives.selectors.mails import mail_of
from incentives.services import actors, offers, statuses
from incentives.services.statuses import Payload
from incentives.views.details import WRITE, may_delete


def _confirm(
    request: HttpRequest, offer: Offer, question: dict[str, Any], *, form: Any, status: int = 200
) -> HttpResponse:
    """Ask before an act: in the page's dialog where script runs, else on a page of its own."""
    context = {
        **question,
        "form": form,
        "action": request.path,
        "in_dialog": is_fragment(request),
        "cancel_url": reverse("offer_detail", args=[offer.pk]),
        "crumbs": [
            ("Incentive Offers", reverse("offers")),
            (offer.reference, reverse("offer_detail", args=[offer.pk])),
            (question["title"], ""),
        ],
    }
    name = "components/_confirm.html" if is_fragment(request) else "pages/confirm.html"
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _decide(
    request: DeskRequest,
    offer: Offer,
    question: dict[str, Any],
    form: Any,
    act: Callable[[Any], str],
) -> HttpResponse:
    """Ask on GET; on POST carry the act out, or ask again with what refused it."""
    if request.method != "POST":
        return _confirm(request, offer, question, form=form)
    if not form.is_valid():
        return _confirm(request, offer, question, form=form, status=Invalid.status)
    try:
        done = act(form)
    except DomainError as refusal:
        form.refuse(refusal)
        return _confirm(request, offer, question, form=form, status=refusal.status)
    notes.success(request, done)
    return see_other(reverse("offer_detail", args=[offer.pk]))


def _require(offer: Offer, action: str, sentence: str) -> None:
    """Refuse an act that the details page does not offer now."""
    if action not in selectors.detail_actions(offer):
        raise Conflict(sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_send(request: DeskRequest, pk: int) -> HttpResponse:
    """Send a complete draft; what is still missing is listed instead, with the way to the form."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    _require(offer, "send", "This offer was sent already.")
    if missing := offers.problems(selectors.values_of(offer), now()):
        return _incomplete(request, offer, missing)
    where = (
        "A link is made that you can share. No e-mail is sent."
        if offer.is_link
        else f"An e-mail with a claim link goes to {offer.recipient_email}."
    )
    question = {
        "title": f"Send {offer.reference} now?",
        "message": selectors.plain_words(offer)[0],
        "consequences": [where, "An e-mailed offer can no longer be edited."],
        "submit_label": "Send now",
    }

    def act(form: VersionForm) -> str:
        actor = actors.provider(request.user)
        version = form.cleaned_data["version"]
        offers.send_draft(offer=offer, actor=actor, version=version, at=now())
        return "Incentive offer saved" if offer.is_link else "Incentive offer sent"

    form = VersionForm(request.POST or None, initial={"version": offer.version})
    return _decide(request, offer, question, form, act)


def _incomplete(request: DeskRequest, offer: Offer, missing: dict[str, str]) -> HttpResponse:
    """Say what a draft lacks before it can be sent."""
    context = {
        "offer": offer,
        "missing": list(missing.values()),
        "in_dialog": is_fragment(request),
        "edit_url": reverse("offer_edit", args=[offer.pk]),
        "crumbs": [
            ("Incentive Offers", reverse("offers")),
            (offer.reference, reverse("offer_detail", args=[offer.pk])),
            ("Send now", ""),
        ],
    }
    name = "_incomplete" if is_fragment(request) else "incomplete"
    status = Invalid.status if request.method == "POST" else 200
    return render(request, f"incentives/details/{name}.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_resend(request: DeskRequest, pk: int) -> HttpResponse:
    """Send the claim e-mail once more; the link in the earlier one stops working."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    _require(
        offer, "resend", "Only an e-mailed offer that waits for its first answer can be sent again."
    )
    question = {
        "title": "Resend the claim email?",
        "message": f"A new e-mail goes to {offer.recipient_email}.",
        "consequences": ["The link in the earlier e-mail stops working."],
        "submit_label": "Resend claim email",
    }

    def act(form: VersionForm) -> str:
        offers.resend(offer=offer, actor=actors.provider(request.user), at=now())
        return "Claim email sent again"

    form = VersionForm(request.POST or None, initial={"version": offer.version})
    return _decide(request, offer, question, form, act)


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_cancel(request: DeskRequest, pk: int) -> HttpResponse:
    """Withdraw the offer, with a word to the recipient where there is one."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    at = now()
    choice = next(
        (
            row
            for row in selectors.available_statuses(offer=offer, actor_kind=Side.PROVIDER, at=at)
            if row.status == OfferStatus.CANCELLED
        ),
        None,
    )
    if choice is None:
        raise Conflict("This offer can no longer be cancelled.")
    question = {
        "title": f"Cancel {offer.reference}?",
        "message": choice.reason or selectors.plain_words(offer)[0],
        "consequences": _cancelling(offer),
        "submit_label": "Cancel offer",
        "danger": True,
    }

    def act(form: CancelForm) -> str:
        statuses.transition(
            offer=offer,
            to=OfferStatus.CANCELLED,
            actor=actors.provider(request.user),
            at=at,
            payload=Payload(text=form.cleaned_data["body"]),
            version=form.cleaned_data["version"],
        )
        return "Offer cancelled"

    form = CancelForm(
        request.POST or None,
        initial={"version": offer.version},
        needs_text="text" in choice.needs,
    )
    return _decide(request, offer, question, form, act)


def _cancelling(offer: Offer) -> list[str]:
    lines = ["The offer is closed for good. It cannot be re-offered."]
    if offer.is_unclaimed_link:
        lines.append("Everybody who opens the link sees that it was withdrawn.")
    elif not offer.is_draft:
        lines.append("The recipient gets an e-mail, and their link shows that it was withdrawn.")
    if offer.is_confirmed:
        lines.append("Distributions that are still Pending become Failed.")
    return lines


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Delete a draft for good: one's own, or as an admin anybody's."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    _require(offer, "delete", "Only a draft can be deleted. Cancel the offer instead.")
    if not may_delete(request, offer):
        raise Forbidden("Only an administrator can delete a draft that somebody else made.")
    question = {
        "title": f"Delete the draft {offer.reference}?",
        "message": selectors.plain_words(offer)[0],
        "consequences": ["The draft is removed for good, with all that was entered."],
        "submit_label": "Delete draft",
        "danger": True,
    }
    form = VersionForm(request.POST or None, initial={"version": offer.version})
    if request.method != "POST":
        return _confirm(request, offer, question, form=form)
    offers.delete_draft(offer=offer, actor=actors.provider(request.user))
    notes.success(request, "Draft deleted")
    return see_other(reverse("offers"))


@require_POST
@access(WRITE, needs_profile=True)
def offer_mail_retry(request: DeskRequest, pk: int, mail_pk: int) -> HttpResponse:
    """Queue a failed e-mail about the offer once more."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    found = mail_of(offer=offer, pk=mail_pk)
    if found.status != found.Status.FAILED:
        raise Conflict("Only an e-mail that could not be delivered can be sent again.")
    mail.retry(found, at=now())
    notes.success(request, "The e-mail is sent again")
    return see_other(f"{reverse('offer_detail', args=[offer.pk])}#emails")
