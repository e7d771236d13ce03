"""The provider's dashboard: what waits for an answer, how things stand (incentives.md 2.9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import navigation
from core.clock import now
from directory.models import Organisation
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import words
from incentives.choices import OfferStatus, Side
from incentives.models import Offer, Subject
from incentives.selectors import dashboard
from incentives.selectors.dashboard import Beginnings, Figures
from incentives.views.dashboard_charts import address, charts_of
from incentives.words import requests as request_words
from vouchers.views import glance

WAITING_SHOWN = 6
# "Respond promptly to recipient messages (within 24-48 hours)", says the manual.
ANSWER_WITHIN = timedelta(hours=48)


class Group(NamedTuple):
    """One of the four groups of cards, and the list that its figures lead to."""

    key: str
    label: str
    icon: str
    page: str
    days: str
    """The name of the list's filter by day."""
    extra: dict[str, str]


GROUPS = (
    Group("requests", "Incentive Requests", "inbox", "requests", "requested", {}),
    Group("offers", "Incentive Offers", "gift", "offers", "offered", {}),
    Group(
        "provided",
        "Incentives Provided",
        "checklist",
        "distributions",
        "delivered",
        {"status": "success"},
    ),
    Group("messages", "Conversation Messages", "messages", "conversation_messages", "sent", {}),
)
QUICK = (
    ("Create Incentive Offer", "offer_add", "plus", "offers.write"),
    ("My Offers", "offers", "gift", "offers.read"),
    ("Incentive Requests", "requests", "inbox", "offers.read"),
    ("Reports", "reports", "chart-bar", "audit.read"),
    ("Incentive Programs", "programs", "target", "programs.read"),
    ("Contacts", "contact_list", "users", "contacts.read"),
)
# The way of an offer from the desk to its end; every status stands in one stage.
STAGES = (
    ("Being prepared", (OfferStatus.DRAFT,)),
    ("Offered", (OfferStatus.OFFERED,)),
    (
        "In conversation",
        (
            OfferStatus.NEEDS_INFO,
            OfferStatus.INFO_PROVIDED,
            OfferStatus.COUNTER,
            OfferStatus.PARTIAL_GRANTED,
            OfferStatus.REQUIRES_REVISION,
        ),
    ),
    ("Agreed", (OfferStatus.APPROVED, OfferStatus.PRE_CLAIMED)),
    ("Confirmed", (OfferStatus.APPROVED_CONFIRMED, OfferStatus.CLAIMED)),
    ("Finished", (OfferStatus.COMPLETED, OfferStatus.ACKNOWLEDGED)),
    (
        "Closed before that",
        (
            OfferStatus.REJECTED,
            OfferStatus.CANCELLED,
            OfferStatus.EXPIRED,
            OfferStatus.NO_RESPONSE,
        ),
    ),
)


@access("offers.read", needs_profile=True)
@require_safe
def provider_dashboard(request: DeskRequest) -> HttpResponse:
    """Show what needs the provider's answer, the twelve figures, the charts and the funnel."""
    business, at = request.organisation, now()
    counts = dashboard.counts_by_status(business=business)
    waiting = dashboard.waiting(business=business, limit=WAITING_SHOWN + 1)
    figures = dashboard.figures_of(business=business, at=at)
    is_new = not sum(counts.values()) and not figures["requests"].total
    context: dict[str, Any] = {
        "waiting": [_waiting(subject, at) for subject in waiting[:WAITING_SHOWN]],
        "more_waiting": len(waiting) > WAITING_SHOWN,
        "waiting_url": f"{reverse('offers')}?waiting=provider",
        "unread": dashboard.unread_messages(business=business),
        "unread_url": address("conversation_messages", unread="yes"),
        "cards": [_card(group, figures[group.key], business, at) for group in GROUPS],
        "quick": _quick_actions(request),
        "stages": _stages(counts),
        "first_steps": _first_steps(request) if is_new else [],
        "charts": [] if is_new else charts_of(business=business, at=at),
        "vouchers": glance.section(business=business, at=at),
        "tour": "dashboard",
    }
    return render(request, "incentives/dashboard/page.html", context)


def _waiting(subject: Subject, at: datetime) -> dict[str, Any]:
    """Return one line of *Needs my answer*: who, what to do next, and until when."""
    is_offer = isinstance(subject, Offer)
    step = words.next_step if is_offer else request_words.next_step
    due = None if subject.is_confirmed else subject.status_changed_at + ANSWER_WITHIN
    noun = subject.noun
    return {
        "subject": subject,
        "status": subject.status_face,
        "step": step(status=subject.status, set_by=subject.status_set_by, side=Side.PROVIDER.value),
        "due": due,
        "overdue": due is not None and due < at,
        "label": "Record" if subject.is_confirmed else "Answer",
        "detail_url": address(f"{noun}_detail", subject.pk),
        "answer_url": address(
            f"{noun}_distributions" if subject.is_confirmed else f"{noun}_messages", subject.pk
        ),
    }


def _card(group: Group, figures: Figures, business: Organisation, at: datetime) -> dict[str, Any]:
    """Return one group with its three figures; each leads to the rows that it counts."""
    begun = Beginnings.of(business, at)
    month = begun.today.replace(day=1)

    def rows_since(day: date | None) -> str:
        after = {f"{group.days}_after": day.isoformat()} if day else {}
        until = {f"{group.days}_before": begun.today.isoformat()}
        return address(group.page, **group.extra, **after, **until)

    return {
        "label": group.label,
        "icon": group.icon,
        "figures": (
            ("All time", figures.total, rows_since(None)),
            ("This month", figures.month, rows_since(month)),
            ("Today", figures.today, rows_since(begun.today)),
        ),
    }


def _quick_actions(request: DeskRequest) -> list[dict[str, str]]:
    """Return the pages that this member may open from here."""
    return [
        {"label": label, "url": url, "icon": icon}
        for label, url_name, icon, permission in QUICK
        if navigation.may(request, permission) and (url := navigation.address(url_name))
    ]


def _stages(counts: dict[OfferStatus, int]) -> list[dict[str, Any]]:
    """Return the funnel: a bar for each stage, and below it the statuses that it is made of."""
    most = max((sum(counts[code] for code in codes) for _, codes in STAGES), default=0)
    return [
        {
            "label": label,
            "count": sum(counts[code] for code in codes),
            "most": most,
            "url": address("offers", status=[code.value for code in codes]),
            "statuses": [
                {"status": code, "count": counts[code], "url": address("offers", status=code.value)}
                for code in codes
                if counts[code] and len(codes) > 1
            ],
        }
        for label, codes in STAGES
    ]


def _first_steps(request: DeskRequest) -> list[dict[str, Any]]:
    """Return the three steps of a new business, each with where it is done and whether it is."""
    done = dashboard.first_steps(business=request.organisation)
    known = (
        (
            "Describe what you sell",
            "A product or service, in the words that your customers know.",
            "Add Product & Service",
            "product_add",
            "products.write",
            done.has_product,
        ),
        (
            "Open an incentive program for it",
            "It says which incentives you give on it: cashback, discounts, gift cards or others.",
            "Add Incentive Program",
            "program_add",
            "programs.write",
            done.has_program,
        ),
        (
            "Make your first offer",
            "By e-mail to somebody you know, or as a link to share with anybody.",
            "Create Incentive Offer",
            "offer_add",
            "offers.write",
            False,
        ),
    )
    first_open = next((number for number, row in enumerate(known) if not row[5]), 0)
    return [
        {
            "title": title,
            "text": text,
            "label": label,
            "url": navigation.address(name) if navigation.may(request, permission) else "",
            "done": is_done,
            "current": number == first_open,
        }
        for number, (title, text, label, name, permission, is_done) in enumerate(known)
    ]
