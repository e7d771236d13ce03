"""The public pages of a program and of a provider, for everybody (incentives.md 7.4).

They are read without an account and without a cookie of their own, and may be kept by caches for a
minute. Looking at a page changes nothing; the view is counted by a POST that the page sends once it is
on screen.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.http import client_address, public
from directory.models import Organisation
from incentives import words
from incentives.choices import EntityStage, IncentiveType
from incentives.models import Acknowledgement, IncentiveRequest, LinkTemplate, Offer
from incentives.selectors import public as selectors
from incentives.services import program_views
from incentives.views.sharing import intents

REASON = "what a provider shows to everybody"
KEPT = 60
WORDS_PER_PAGE, LAST_PAGE = 10, 50


@public(REASON)
@require_safe
def program_public(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a program: its product, what is offered openly, what recipients say."""
    at = now()
    program = selectors.public_program(slug=slug)
    business, product = program.business, program.product_service
    link = f"{settings.SITE_URL}{reverse('program_public', args=[slug])}"
    offers = [_offer_card(row) for row in selectors.offers_shown(program=program, at=at)]
    templates = [_template_card(row) for row in selectors.templates_shown(program=program)]
    context = {
        "program": program,
        "product": product,
        "provider": _provider(business),
        "figures": selectors.figures_of_program(program=program),
        "offers": offers + templates,
        "requests": [_request_card(row) for row in selectors.requests_shown(program=program)],
        "words": _page_of(request, selectors.published_words(program=program)),
        "intents": intents(link, f"{product.name} from {business.name}"),
        "link": link,
        "beacon": reverse("program_view", args=[slug]),
    }
    return _kept(render(request, "incentives/public/program.html", context))


@public("a page that anybody may open says that it was looked at; nothing else can be done with it")
@csrf_exempt
@require_POST
def program_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Count a view of the program's page, at most one for each visitor and day."""
    program = selectors.public_program(slug=slug)
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        program_views.count(
            program=program,
            address=client_address(request),
            browser=request.headers.get("User-Agent", ""),
            at=now(),
        )
    return HttpResponse(status=204)


@public(REASON)
@require_safe
def provider_public(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a provider: who they are, their active programs, what recipients say."""
    business = selectors.public_provider(slug=slug)
    profile = business.provider_profile
    context = {
        "business": business,
        "profile": profile,
        "provider": _provider(business),
        "figures": selectors.figures_of_provider(business=business),
        "programs": selectors.open_programs_of(business=business),
        "words": _page_of(request, selectors.published_words(business=business)),
    }
    return _kept(render(request, "incentives/public/provider.html", context))


def _kept(response: HttpResponse) -> HttpResponse:
    """Let caches keep the page for a minute; it is the same for everybody with the same look."""
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


def _provider(business: Organisation) -> dict[str, Any]:
    profile = business.provider_profile
    return {
        "name": business.name,
        "logo": profile.logo or None,
        "logo_url": f"{reverse('provider_logo', args=[business.slug])}?v={profile.version}",
        "verified": profile.verified_at is not None,
        "website": profile.website,
        "page": reverse("provider_public", args=[business.slug]),
    }


def _page_of(request: HttpRequest, rows: Any) -> Page[Acknowledgement]:
    """Return the page of the words that the address names; out of range is the last, no number 1."""
    wanted = request.GET.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 9 else 1
    paginator = Paginator(rows[: WORDS_PER_PAGE * LAST_PAGE], WORDS_PER_PAGE)
    return paginator.get_page(number)


def _offer_card(offer: Offer) -> dict[str, Any]:
    terms = offer.terms.value if offer.terms else None
    return {
        "gift": words.headline(terms, offer.incentive_type),
        "description": terms.description if terms and terms.has_number else "",
        "message": "" if offer.message_masked else offer.message,
        "note": f"Open until {words.moment(offer.expires_at, 'UTC')}" if offer.expires_at else "",
        "group": offer.is_group,
        "url": reverse("offer_link", args=[offer.link_slug]),
    }


def _template_card(template: LinkTemplate) -> dict[str, Any]:
    terms = template.value
    left = None if template.max_uses is None else template.max_uses - template.uses_count
    return {
        "gift": words.headline(terms, template.incentive_type),
        "description": terms.description if terms.has_number else "",
        "message": "" if template.message_masked else template.message,
        "note": "" if left is None else f"{left:,} left",
        "group": template.is_group,
        "url": reverse("template_link", args=[template.slug]),
    }


def _request_card(row: IncentiveRequest) -> dict[str, Any]:
    """Say what somebody asks for, never who."""
    stage = EntityStage(row.entity_stage).label if row.entity_stage else "Somebody"
    kind = IncentiveType(row.incentive_type).label if row.incentive_type else "an incentive"
    return {
        "what": f"{stage} asks for {words.incentive_word(row.incentive_type)}",
        "kind": kind,
        "message": "" if row.message_masked else row.message,
        "at": row.requested_at or row.created_at,
    }
