"""My vouchers, a section of the recipients' portal (vouchers.md 8, page 20)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.http import is_fragment, see_other
from directory.portal import Visit
from directory.views.portal_pages import portal_page
from vouchers.services import links, showing
from vouchers.views.recipient_links import MOST, sorted_cards
from vouchers.views.voucher_cards import card_of, count_show


@portal_page
@require_safe
def my_vouchers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """List the contact's vouchers without their codes."""
    return _page(request, visit)


@portal_page
def my_voucher_show(request: HttpRequest, visit: Visit, public_id: UUID) -> HttpResponse:
    """Show the code of one of the contact's vouchers, and note that it was seen."""
    if request.method != "POST":
        return see_other(reverse("my_vouchers"))
    own = links.vouchers_of(business=visit.contact.business, contact=visit.contact)
    issuance = get_object_or_404(own, public_id=public_id)
    count_show(f"issuance:{issuance.pk}", at=visit.at)
    showing.reveal(issuance=issuance, at=visit.at)
    if is_fragment(request):
        context = {
            "card": card_of(issuance, at=visit.at, shown=True),
            "show_url": request.path,
        }
        return render(request, "vouchers/recipient/_voucher.html", context)
    return _page(request, visit, shown=issuance.pk)


def _page(request: HttpRequest, visit: Visit, *, shown: int | None = None) -> HttpResponse:
    own = links.vouchers_of(business=visit.contact.business, contact=visit.contact)[:MOST]
    cards = [card_of(row, at=visit.at, shown=row.pk == shown) for row in own]
    context = {
        **sorted_cards(cards, lambda row: reverse("my_voucher_show", args=[row])),
        "provider": visit.provider,
        "contact": visit.contact,
    }
    return render(request, "vouchers/recipient/mine.html", context)
