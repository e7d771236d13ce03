"""Sharing the claim link of an unclaimed Link offer: dialog, QR code (incentives.md 7.3)."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from PIL import Image

from core.errors import Conflict, NotFound
from core.http import is_fragment
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import selectors, words
from incentives.models import Offer

QUIET_ZONE = 4
PNG_SIDE = 1024


class NotShareable(Conflict):
    """The offer has no link that anybody may still claim."""

    code = "offer_not_shareable"


def share_link(offer: Offer) -> str:
    """Return the absolute address of the shared link, built from the configured site address."""
    return f"{settings.SITE_URL}{reverse('offer_link', args=[offer.link_slug])}"


def qr_code(text: str, kind: str) -> bytes:
    """Return the QR code of a text as "svg" or as a "png" of 1024 by 1024 pixels.

    Error level M, quiet zone of four modules; the picture grows by whole pixels a module and is
    centred, so that the modules stay square (incentives.md 7.3).
    """
    code = segno.make(text, error="m", micro=False, boost_error=False)
    out = io.BytesIO()
    if kind == "svg":
        code.save(out, kind="svg", border=QUIET_ZONE, scale=8, light="#fff", xmldecl=False)
        return out.getvalue()
    width = code.symbol_size(border=QUIET_ZONE)[0]
    code.save(out, kind="png", border=QUIET_ZONE, scale=PNG_SIDE // width)
    drawn = Image.open(out).convert("L")
    canvas = Image.new("L", (PNG_SIDE, PNG_SIDE), 255)
    margin = (PNG_SIDE - drawn.width) // 2
    canvas.paste(drawn, (margin, margin))
    framed = io.BytesIO()
    canvas.save(framed, "PNG", optimize=True)
    return framed.getvalue()


def intents(link: str, subject: str) -> list[dict[str, str]]:
    """Return the share buttons: plain addresses, no scripts of others."""
    text = f"{subject}: {link}"
    return [
        {
            "label": "E-mail",
            "icon": "mail",
            "url": f"mailto:?subject={quote(subject)}&body={quote(text)}",
        },
        {
            "label": "WhatsApp",
            "icon": "message-circle",
            "url": f"https://wa.me/?{urlencode({'text': text})}",
        },
        {
            "label": "X",
            "icon": "share",
            "url": f"https://x.com/intent/post?{urlencode({'text': subject, 'url': link})}",
        },
        {
            "label": "LinkedIn",
            "icon": "share",
            "url": f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': link})}",
        },
    ]


@access("offers.read", needs_profile=True)
@require_safe
def offer_share(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the claim link, its QR code and the share buttons: as a dialog, or as a page."""
    offer = _shareable(request, pk)
    link = share_link(offer)
    terms = offer.terms.value if offer.terms else None
    gift = words.headline(terms, offer.incentive_type)
    subject = f"{offer.business.name} offers you {gift}"
    context: dict[str, Any] = {
        "offer": offer,
        "link": link,
        "svg_url": reverse("offer_qr", args=[pk, "svg"]),
        "png_url": reverse("offer_qr", args=[pk, "png"]),
        "file_name": f"offer-{pk}-qr",
        "intents": intents(link, subject),
    }
    name = "_share.html" if is_fragment(request) else "share.html"
    response = render(request, f"incentives/offers/{name}", context)
    response.headers["Vary"] = "HX-Request"
    return response


@access("offers.read", needs_profile=True)
@require_safe
def offer_qr(request: DeskRequest, pk: int, kind: str) -> HttpResponse:
    """Draw the QR code of the claim link as a file named `offer-<id>-qr`."""
    if kind not in {"svg", "png"}:
        raise NotFound("The QR code comes as svg or png.")
    offer = _shareable(request, pk)
    types = {"svg": "image/svg+xml", "png": "image/png"}
    response = HttpResponse(qr_code(share_link(offer), kind), content_type=types[kind])
    response.headers["Content-Disposition"] = f'inline; filename="offer-{offer.pk}-qr.{kind}"'
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _shareable(request: DeskRequest, pk: int) -> Offer:
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    if "share" not in selectors.row_actions(offer):
        raise NotShareable(
            "This offer has no link to share: it was claimed, closed or goes by e-mail."
        )
    return offer
