"""All about one offer on one page, and the few acts that belong there (incentives.md 2.2, 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directory.choices import Role
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.choices import OfferStatus, Side
from incentives.choices.requests import RequestStatus
from incentives.models import Offer, OfferStatusChange, RequestStatusChange
from incentives.selectors.groups import lead_of
from incentives.selectors.mails import mails_of
from incentives.services import distributions
from incentives.services.notices.letters import TITLES
from incentives.views.group_cards import fullness

WRITE = "offers.write"
MAILS_SHOWN = 20


@require_safe
@access("offers.read", needs_profile=True)
def offer_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the offer: its terms, its recipient, what happened to it and what may be done now."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    actions = selectors.detail_actions(offer) if may(request, WRITE) else frozenset()
    if not may_delete(request, offer):
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
        "group": {**fullness(offer), "lead": lead_of(offer=offer)} if offer.is_group else {},
        "counts": selectors.outcome_counts(subject=offer),
        "unread": selectors.unread_count(subject=offer, reader_kind=Side.PROVIDER),
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


def _mails(offer: Offer) -> list[dict[str, Any]]:
    """Return the newest mails about the offer, each with what it was for in words."""
    return [
        {"mail": row, "words": TITLES.get(row.kind, row.kind)}
        for row in mails_of(offer=offer)[:MAILS_SHOWN]
    ]


def _next_link(request: DeskRequest, offer: Offer) -> dict[str, str]:
    """Return the one place that leads on while it is the provider's turn."""
    if not may(request, WRITE) or offer.is_draft or offer.waits_for != Side.PROVIDER:
        return {}
    if distributions.is_editable(subject=offer):
        return {
            "label": "Record distributions",
            "url": reverse("offer_distributions", args=[offer.pk]),
        }
    url = f"{reverse('offer_messages', args=[offer.pk])}#composer"
    return {"label": "Answer", "url": url}


def may_delete(request: DeskRequest, offer: Offer) -> bool:
    """Tell whether the member may delete the draft: its author, or an admin (incentives.md 1)."""
    return offer.created_by_id == request.user.pk or request.membership.role == Role.ADMIN


def _link_url(offer: Offer) -> str:
    """Return the absolute link to share while nobody has claimed it, from the configured address."""
    if not offer.is_shareable or not offer.link_slug:
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


def history_entries(
    history: Iterable[OfferStatusChange | RequestStatusChange],
    faces: type[OfferStatus] | type[RequestStatus] = OfferStatus,
) -> list[dict[str, Any]]:
    """Return the changes of status as lines of the timeline: who, from and to, when, words, terms."""
    changes = list(history)
    entries = []
    for change, earlier in zip_longest(changes, changes[1:]):
        to = faces(change.to_status)
        message = change.message
        changed_terms = change.terms and (earlier is None or earlier.terms_id != change.terms_id)
        entries.append(
            {
                "from": faces(change.from_status) if change.from_status else None,
                "to": to,
                "who": change.actor_name,
                "side": Side(change.actor_kind).label,
                "at": change.at,
                "text": message.body if message and message.deleted_at is None else "",
                "terms": change.terms.value if change.terms and changed_terms else None,
            }
        )
    return entries
