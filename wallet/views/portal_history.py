"""My wallet's history: what moved, and behind each amount its reason."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.portal import Visit, reason_of
from wallet import my_words
from wallet.models import Wallet
from wallet.selectors.mine import (
    KINDS_OF_POCKET,
    OPERATIONS_OF,
    entry_of_mine,
    event_behind,
    history,
    lots_of,
    purchase_behind,
)
from wallet.views.portal_pages import page_of, wallet_page

PAGE = 20
POCKETS = (("", "All money"), ("COMMERCE", "Rewards"), ("BUSINESS", "For anything here"))
KINDS = (
    ("", "Everything"),
    ("earned", "Earned"),
    ("spent", "Spent"),
    ("topped-up", "Topped up"),
    ("sent", "Sent and received"),
    ("returned", "Returned"),
    ("expired", "Lapsed"),
)


@wallet_page
@require_safe
def my_history(request: HttpRequest, visit: Visit, wallet: Wallet) -> HttpResponse:
    """List what moved, newest first, a page at a time."""
    pocket = request.GET.get("pocket", "")
    kind = request.GET.get("kind", "")
    pocket = pocket if pocket in KINDS_OF_POCKET else ""
    kind = kind if kind in OPERATIONS_OF else ""
    page = _number(request.GET.get("page", ""))
    begin = (page - 1) * PAGE
    rows = list(history(wallet=wallet, pocket=pocket, kind=kind)[begin : begin + PAGE + 1])
    context = page_of(
        visit,
        wallet,
        lines=[my_words.history_line(entry, wallet) for entry in rows[:PAGE]],
        pockets=POCKETS,
        kinds=KINDS,
        pocket=pocket,
        kind=kind,
        newer=page - 1 if page > 1 else None,
        older=page + 1 if len(rows) > PAGE else None,
    )
    return render(request, "wallet/me/history.html", context)


def _number(text: str) -> int:
    """Return the page's number; what is no number is the first."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return max(int(text), 1) if is_number else 1


@wallet_page
@require_safe
def my_entry(request: HttpRequest, visit: Visit, wallet: Wallet, public_id: UUID) -> HttpResponse:
    """Say why an amount moved: which purchase, which offer, when it lapses."""
    entry = entry_of_mine(wallet=wallet, public_id=public_id)
    if entry is None:
        raise Http404
    lots = lots_of(entry=entry, wallet=wallet)
    earned = next((lot.earned_by for lot in lots if lot.earned_by), "")
    about = entry.subject if entry.operation != "AWARD" else earned
    references = dict.fromkeys([*(lot.reference for lot in lots), entry.subject])
    context = page_of(
        visit,
        wallet,
        line=my_words.history_line(entry, wallet),
        at=entry.effective_at,
        offers=[found for text in references if (found := reason_of(visit.contact, text))],
        facts=my_words.reasons_for(
            entry,
            wallet,
            lots=lots,
            use=purchase_behind(wallet=wallet, reference=about),
            event=event_behind(wallet=wallet, reference=about),
        ),
        moves=[my_words.posting_words(line, wallet) for line in entry.lines],  # type: ignore[attr-defined]
    )
    return render(request, "wallet/me/entry.html", context)
