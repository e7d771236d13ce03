"""The provider's dashboard: what waits for an answer, how things stand (incentives.md 2.9)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import navigation
from core.clock import now
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.choices import OfferStatus, Side
from incentives.selectors import dashboard

WAITING_SHOWN = 6
GROUPS = (
    ("offers", "Incentive Offers", "gift"),
    ("provided", "Incentives Provided", "checklist"),
    ("messages", "Conversation Messages", "messages"),
)
QUICK = (
    ("Create Incentive Offer", "offer_add", "plus", "offers.write"),
    ("My Offers", "offers", "gift", "offers.read"),
    ("Incentive Programs", "programs", "target", "programs.read"),
    ("Add Product & Service", "product_add", "package", "products.write"),
    ("Contacts", "contact_list", "users", "contacts.read"),
)


@access("offers.read", needs_profile=True)
@require_safe
def provider_dashboard(request: DeskRequest) -> HttpResponse:
    """Show the offers that need the provider's answer, the counts of all, and the figures."""
    business = request.organisation
    counts = dashboard.counts_by_status(business=business)
    waiting = dashboard.offers_waiting(business=business, limit=WAITING_SHOWN + 1)
    context: dict[str, Any] = {
        "waiting": [
            {"offer": offer, "status": OfferStatus(offer.status), "step": _step(offer)}
            for offer in waiting[:WAITING_SHOWN]
        ],
        "more_waiting": len(waiting) > WAITING_SHOWN,
        "waiting_url": f"{reverse('offers')}?waiting=provider",
        "cards": _cards(dashboard.figures_of(business=business, at=now())),
        "quick": _quick_actions(request),
        "total": sum(counts.values()),
        "chart": _chart(counts),
        "tour": "dashboard",
    }
    return render(request, "incentives/dashboard/page.html", context)


def _step(offer: Any) -> str:
    return selectors.next_step(offer, Side.PROVIDER.value)


def _cards(figures: dict[str, dashboard.Figures]) -> list[dict[str, Any]]:
    """Return each group with its three figures: all time, this month, today."""
    return [
        {
            "label": label,
            "icon": icon,
            "figures": (
                ("All time", figures[key].total),
                ("This month", figures[key].month),
                ("Today", figures[key].today),
            ),
        }
        for key, label, icon in GROUPS
    ]


def _quick_actions(request: DeskRequest) -> list[dict[str, str]]:
    """Return the pages that this member may open from here."""
    return [
        {"label": label, "url": url, "icon": icon}
        for label, url_name, icon, permission in QUICK
        if navigation.may(request, permission) and (url := navigation.address(url_name))
    ]


def _chart(counts: dict[OfferStatus, int]) -> dict[str, Any]:
    """Return the counts as a bar chart with its table; statuses without an offer are left out."""
    found = [(status, count) for status, count in counts.items() if count]
    name = "Offers"
    return {
        "id": "offers-by-status",
        "data_id": "offers-by-status-data",
        "title": "Offers by status",
        "kind": "bar",
        "labels": [str(status.label) for status, _ in found],
        "series": [{"name": name, "values": [count for _, count in found]}],
        "names": [name],
        "rows": [{"label": str(status.label), "values": [count]} for status, count in found],
    }
