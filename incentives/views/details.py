"""All about one offer on one page, and the few acts that belong there (incentives.md 2.2, 2.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import mail
from core.clock import now
from core.errors import Conflict, DomainError, Forbidden, Invalid
from core.http import is_fragment, see_other
from directory.choices import Role
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.choices import OfferStatus, Side
from incentives.forms.actions import CancelForm, VersionForm
from incentives.models import Offer, OfferStatusChange
from incentives.selectors.mails import mail_of, mails_of
from incentives.services import actors, distributions, offers, statuses
from incentives.services.statuses import Payload

WRITE = "offers.write"
MAILS_SHOWN = 20


@require_safe
@access("offers.read", needs_profile=True)
def offer_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the offer: its terms, its recipient, what happened to it and what may be done now."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    actions = selectors.detail_actions(offer) if may(request, WRITE) else frozenset()
    if not _may_delete(request, offer):
        actions -= {"delete"}
    context = {
        "offer": offer,
        "status": OfferStatus(offer.status),
        "terms": offer.terms.value if offer.terms else None,
        "agreed": offer.agreed_terms.value if offer.agreed_terms else None,
        "confirmed": offer.confirmed_terms.value if offer.confirmed_terms else None,
        "actions": actions,
        "rows": selectors.row_actions(offer),
        "buttons": _buttons(offer, actions),
        "link_url": _link_url(offer),
        "members": list(selectors.members_of(offer=offer)) if offer.is_group else [],
        "counts": selectors.outcome_counts(offer=offer),
        "unread": selectors.unread_count(offer=offer, reader_kind=Side.PROVIDER),
        "history": history_entries(selectors.history_of(offer=offer)),
        "mails": _mails(offer),
        "may_write": may(request, WRITE),
        "words": selectors.plain_words(offer),
        "next_step": selectors.next_step(offer, Side.PROVIDER),
        "next_link": _next_link(request, offer),
        "crumbs": [("Incentive Offers", reverse("offers")), (offer.reference, "")],
        "tour": "offers.detail",
    }
    return render(request, "incentives/details/page.html", context)


MAIL_WORDS = {
    "E01": "Offer with claim link",
    "E02": "Link to confirm an address",
    "E03": "Claim confirmed",
    "E04": "The recipient answered",
    "E05": "You answered",
    "E06": "Offer confirmed",
    "E07": "Incentive delivered",
    "E08": "Please acknowledge receipt",
    "E09": "Reminder before the end",
    "E10": "Offers expired",
    "E11": "No response",
    "E12": "Group full",
    "E13": "Offer cancelled",
    "E14": "Receipt acknowledged",
}


def _mails(offer: Offer) -> list[dict[str, Any]]:
    """Return the newest mails about the offer, each with what it was for in words."""
    return [
        {"mail": row, "words": MAIL_WORDS.get(row.kind, row.kind)}
        for row in mails_of(offer=offer)[:MAILS_SHOWN]
    ]


def _next_link(request: DeskRequest, offer: Offer) -> dict[str, str]:
    """Return the one place that leads on while it is the provider's turn."""
    if not may(request, WRITE) or offer.is_draft or offer.waits_for != Side.PROVIDER:
        return {}
    if distributions.is_editable(offer):
        return {
            "label": "Record distributions",
            "url": reverse("offer_distributions", args=[offer.pk]),
        }
    url = f"{reverse('offer_messages', args=[offer.pk])}#composer"
    return {"label": "Answer", "url": url}


def _may_delete(request: DeskRequest, offer: Offer) -> bool:
    """Tell whether the member may delete the draft: its author, or an admin (incentives.md 1)."""
    return offer.created_by_id == request.user.pk or request.membership.role == Role.ADMIN


def _link_url(offer: Offer) -> str:
    """Return the absolute link to share while nobody has claimed it, from the configured address."""
    if not offer.is_unclaimed_link or not offer.link_slug:
        return ""
    return f"{settings.SITE_URL}{reverse('offer_link', args=[offer.link_slug])}"


def _buttons(offer: Offer, actions: frozenset[str]) -> list[dict[str, Any]]:
    """Return the buttons of the page, the one that leads on first."""
    reoffer = f"{reverse('offer_messages', args=[offer.pk])}?status=offered#composer"
    known: tuple[tuple[str, str, str, str], ...] = (
        ("send", "Send now", "send", _act("send", offer)),
        ("reoffer", "Re-offer", "refresh", reoffer),
        ("resend", "Resend claim email", "mail-forward", _act("resend", offer)),
        ("cancel", "Cancel offer", "ban", _act("cancel", offer)),
        ("delete", "Delete draft", "trash", _act("delete", offer)),
    )
    return [
        {
            "label": label,
            "icon": icon,
            "url": url,
            "primary": name in {"send", "reoffer"},
            "dialog": name != "reoffer",
        }
        for name, label, icon, url in known
        if name in actions
    ]


def _act(name: str, offer: Offer) -> str:
    return reverse(f"offer_{name}", args=[offer.pk])


def history_entries(history: Iterable[OfferStatusChange]) -> list[dict[str, Any]]:
    """Return the changes of status as lines of the timeline: who, from and to, when, words, terms."""
    changes = list(history)
    entries = []
    for change, earlier in zip(changes, [*changes[1:], None], strict=True):
        to = OfferStatus(change.to_status)
        message = change.message
        changed_terms = change.terms and (earlier is None or earlier.terms_id != change.terms_id)
        entries.append(
            {
                "from": OfferStatus(change.from_status) if change.from_status else None,
                "to": to,
                "who": change.actor_name,
                "side": Side(change.actor_kind).label,
                "at": change.at,
                "text": message.body if message and message.deleted_at is None else "",
                "terms": change.terms.value if change.terms and changed_terms else None,
            }
        )
    return entries


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
    if not _may_delete(request, offer):
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
