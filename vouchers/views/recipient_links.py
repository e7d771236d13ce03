"""The pages behind mailed links: claim a voucher, show its code, see all of one's vouchers.

GET takes and shows nothing that counts, because mail programs and scanners fetch links (vouchers.md 8,
pages 19 and 20). Showing a code is a POST that notes when it was first seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.clock import now
from core.http import is_fragment, see_other
from directory.services.portal import address_of
from vouchers.choices import SHOWN
from vouchers.models import Issuance
from vouchers.services import claim_links, links, mailing, showing
from vouchers.services.links import Opened
from vouchers.views.voucher_cards import (
    VoucherCard,
    card_of,
    count_show,
    in_zone_of,
    link_page,
    provider_of,
)

NAMED = "the mailed secret names the one recipient whose voucher it opens"


@link_page(NAMED)
def voucher_claim(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the invitation; the button takes one code, and a second press meets the same one."""
    at = now()
    link = links.opened_claim(secret=secret, at=at)
    business = link.campaign.business
    in_zone_of(business)
    if request.method == "POST":
        count_show(f"claim:{link.pk}", at=at)
        stand = claim_links.claim(link=link, at=at)
        if stand.issuance is not None and stand.state == "claimed":
            showing.reveal(issuance=stand.issuance, at=at)
            return see_other(reverse("voucher_claim", args=[secret]))
    else:
        stand = claim_links.stand_of(link=link, at=at)
    context = {
        "provider": provider_of(business),
        "campaign": link.campaign,
        "offered": claim_links.offered_by(campaign=link.campaign),
        "stand": stand,
        "card": _claimed_card(stand.issuance, at=at),
        "show_url": request.path,
    }
    status = 200 if request.method != "POST" else claim_links.HTTP.get(stand.state, 200)
    return render(request, "vouchers/recipient/claim.html", context, status=status)


def _claimed_card(issuance: Issuance | None, *, at: Any) -> VoucherCard | None:
    """Return the claimed voucher, with its code once its recipient has pressed the button."""
    if issuance is None:
        return None
    seen = issuance.first_seen_at is not None and issuance.status in SHOWN
    return card_of(issuance, at=at, shown=seen)


@link_page(NAMED)
def voucher_reveal(request: HttpRequest, secret: str) -> HttpResponse:
    """Show one voucher without its code; the button shows the code and notes that it was seen."""
    at = now()
    issuance = links.opened_issuance(secret=secret, at=at)
    in_zone_of(issuance.business)
    is_asked = request.method == "POST"
    if issuance.status not in SHOWN:
        raise showing.TakenBack("Ask whoever gave it to you what became of it.")
    if is_asked:
        count_show(f"issuance:{issuance.pk}", at=at)
        showing.reveal(issuance=issuance, at=at)
    card = card_of(issuance, at=at, shown=is_asked)
    if is_fragment(request):
        return _fragment(request, card, heading="h1")
    context = {
        "provider": provider_of(issuance.business),
        "card": card,
        "show_url": request.path,
    }
    return render(request, "vouchers/recipient/reveal.html", context)


def _fragment(request: HttpRequest, card: VoucherCard, heading: str = "h2") -> HttpResponse:
    context = {"card": card, "show_url": request.path, "heading": heading}
    return render(request, "vouchers/recipient/_voucher.html", context)


@link_page(NAMED)
def voucher_tray(request: HttpRequest, secret: str) -> HttpResponse:
    """List the recipient's vouchers without their codes; used and expired ones are folded."""
    opened = links.opened_tray(secret=secret, at=now())
    return _tray(request, opened, secret)


@link_page(NAMED)
def voucher_tray_show(request: HttpRequest, secret: str, public_id: UUID) -> HttpResponse:
    """Show the code of one of the recipient's vouchers."""
    at = now()
    opened = links.opened_tray(secret=secret, at=at)
    if request.method != "POST":
        return see_other(reverse("voucher_tray", args=[secret]))
    in_zone_of(opened.business)
    issuance = get_object_or_404(_vouchers(opened), public_id=public_id)
    count_show(f"issuance:{issuance.pk}", at=at)
    showing.reveal(issuance=issuance, at=at)
    if is_fragment(request):
        return _fragment(request, card_of(issuance, at=at, shown=True))
    return _tray(request, opened, secret, shown=issuance.pk)


@link_page(NAMED)
@require_POST
def voucher_tray_mails(request: HttpRequest, secret: str) -> HttpResponse:
    """Keep mails about vouchers away from the recipient, or let them come again."""
    at = now()
    opened = links.opened_tray(secret=secret, at=at)
    for address in _addresses(opened):
        if request.POST.get("wanted"):
            mailing.want_mails(business=opened.business, address=address)
        else:
            mailing.refuse_mails(business=opened.business, address=address, at=at)
    return see_other(f"{reverse('voucher_tray', args=[secret])}#mails")


def _vouchers(opened: Opened) -> Any:
    return links.vouchers_of(
        business=opened.business,
        contact=opened.contact,
        recipient_key=opened.tray.recipient_key,
    )


def _addresses(opened: Opened) -> list[str]:
    """Return the addresses that the recipient is mailed at."""
    if opened.contact is not None:
        return [row.address for row in opened.contact.emails.all()] or [
            address_of(contact=opened.contact)
        ]
    return [opened.tray.recipient_key.removeprefix("email:")]


def _tray(
    request: HttpRequest, opened: Opened, secret: str, *, shown: int | None = None
) -> HttpResponse:
    at = now()
    in_zone_of(opened.business)
    cards = [card_of(row, at=at, shown=row.pk == shown) for row in _vouchers(opened)[:MOST]]
    addresses = _addresses(opened)
    context = {
        **sorted_cards(cards, lambda row: reverse("voucher_tray_show", args=[secret, row])),
        "provider": provider_of(opened.business),
        "secret": secret,
        "wants_mails": all(
            mailing.wants_mails(business=opened.business, address=address) for address in addresses
        ),
    }
    return render(request, "vouchers/recipient/tray.html", context)


# So many vouchers fit on one page; nobody is given more than a campaign's hundred.
MOST = 200


def sorted_cards(cards: Sequence[VoucherCard], show_url: Any) -> dict[str, Any]:
    """Return the cards that can be used, and the folded ones, each with where its code is shown."""
    pairs = [(card, show_url(card.issuance.public_id)) for card in cards]
    return {
        "usable": [pair for pair in pairs if not pair[0].is_folded],
        "folded": [pair for pair in pairs if pair[0].is_folded],
    }
