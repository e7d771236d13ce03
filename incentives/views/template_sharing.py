"""Sharing a link template: dialog, QR code, and a printed sheet of codes (incentives.md 7.1, 7.3)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from core.errors import Conflict, NotFound
from core.http import is_fragment
from directory.permissions import access
from directory.sessions import DeskRequest
from incentives import words
from incentives.choices import TemplateStatus
from incentives.models import LinkTemplate
from incentives.selectors.link_templates import template_of, templates_of
from incentives.views.sharing import intents, qr_code

# How many codes a sheet may hold, and how often one template can be repeated on it.
MOST_ON_SHEET = 60
COPIES = (1, 2, 4, 8, 12)
TYPES = {"svg": "image/svg+xml", "png": "image/png"}


class NotShareable(Conflict):
    """An inactive template has no link that anybody may use."""

    code = "link_template_not_shareable"


def template_link(template: LinkTemplate) -> str:
    """Return the absolute public address, built from the configured site address."""
    return f"{settings.SITE_URL}{reverse('template_link', args=[template.slug])}"


def gift_of(template: LinkTemplate) -> str:
    return words.headline(template.value, template.incentive_type)


@access("offers.read", needs_profile=True)
@require_safe
def link_template_share(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the link, its QR code and the share buttons of an Active template."""
    template = template_of(business=request.organisation, pk=pk)
    if not template.is_active:
        raise NotShareable("This link template is not active. Activate it, then share its link.")
    subject = f"{template.business.name} offers you {gift_of(template)}"
    shares = intents(template_link(template), subject)
    return _dialog(request, template, "share", heading="Copy Link and Share", intents=shares)


@access("offers.read", needs_profile=True)
@require_safe
def link_template_code(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the QR code of a template, to download or to print."""
    template = template_of(business=request.organisation, pk=pk)
    return _dialog(request, template, "code", heading="QR code")


def _dialog(
    request: DeskRequest, template: LinkTemplate, body: str, *, heading: str, **more: Any
) -> HttpResponse:
    context = {
        "template": template,
        "link": template_link(template),
        "gift": gift_of(template),
        "heading": heading,
        "body": f"incentives/link_templates/_{body}.html",
        **more,
    }
    name = "_dialog.html" if is_fragment(request) else "dialog.html"
    response = render(request, f"incentives/link_templates/{name}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@access("offers.read", needs_profile=True)
@require_safe
def link_template_qr(request: DeskRequest, pk: int, kind: str) -> HttpResponse:
    """Draw the QR code of the public address as a file named `template-<id>-qr`."""
    if kind not in TYPES:
        raise NotFound("The QR code comes as svg or png.")
    template = template_of(business=request.organisation, pk=pk)
    response = HttpResponse(qr_code(template_link(template), kind), content_type=TYPES[kind])
    response.headers["Content-Disposition"] = f'inline; filename="template-{pk}-qr.{kind}"'
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@access("offers.read", needs_profile=True)
@require_safe
def link_template_sheet(request: DeskRequest) -> HttpResponse:
    """Show a page to print: every Active template once, or `?template=` several times."""
    rows = templates_of(business=request.organisation)
    copies = _copies(request)
    if pk := _number(request, "template"):
        chosen = [template_of(business=request.organisation, pk=pk)]
        shown = chosen * copies
    else:
        active = rows.filter(status=TemplateStatus.ACTIVE, program__status="active")
        chosen = shown = list(active.order_by("name", "pk")[:MOST_ON_SHEET])
    context = {
        "cards": [
            {"template": row, "gift": gift_of(row), "link": template_link(row)} for row in shown
        ],
        "chosen": chosen[0] if pk else None,
        "copies": copies,
        "choices": COPIES,
        "most": MOST_ON_SHEET,
    }
    return render(request, "incentives/link_templates/sheet.html", context)


def _number(request: DeskRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _copies(request: DeskRequest) -> int:
    wanted = _number(request, "copies")
    return wanted if wanted in COPIES else 1
