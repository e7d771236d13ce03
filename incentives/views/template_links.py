"""The public page of a link template: everybody who confirms gets an offer of their own (7.1).

What it shows is the offer that would be made now. Naming oneself and confirming the address are those of
a shared link (incentives.md 5.3); the answer on the screen is the same whatever the address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.errors import DomainError, Invalid
from core.http import see_other
from incentives.answers.offers import BY_SLUG, BY_STATUS, FOUND, Answer
from incentives.forms.links import LinkForm, VisitorForm
from incentives.guards import Payload
from incentives.models import ClaimIntent, LinkTemplate, Offer
from incentives.selectors.link_templates import offer_preview, template_by_slug
from incentives.services import template_claims
from incentives.views.claim_pages import offer_context
from incentives.views.links import link_form, take_wish, visitor_answers
from incentives.views.token_pages import refused, token_page

REASON = "whoever was given a template's link may read what its offers promise"
PAGES = {"link_name": "template_link", "answer_name": "template_link_answer"}


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def template_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the link promises with the form to claim it; take a visitor's wish."""
    at = now()
    template, preview = _open(slug, at)
    answers = _answers(preview, at)
    first = next(answer for answer in answers if answer.instant)
    if request.method != "POST":
        return _page(request, template, preview, first, _form(preview, first), at=at)
    chosen = first if template.is_group else BY_STATUS.get(request.POST.get("target", first.status))
    if chosen not in answers:
        return refused(request, Invalid("That cannot be done with this link."))
    return _request(request, template, preview, chosen, at=at)


@token_page(REASON)
@require_safe
def template_link_answer(request: HttpRequest, slug: str, answer: str) -> HttpResponse:
    """Show the form of one of the other wishes: a counter-offer, a question, a change."""
    at = now()
    template, preview = _open(slug, at)
    chosen = BY_SLUG.get(answer)
    if chosen is None or chosen not in _answers(preview, at):
        raise Http404
    if chosen.instant:
        return HttpResponseRedirect(reverse("template_link", args=[slug]))
    return _page(request, template, preview, chosen, _form(preview, chosen), at=at)


@token_page(REASON)
@require_safe
def template_link_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a message waits in the visitor's inbox: the same words for every address."""
    preview = offer_preview(template_by_slug(slug=slug), at=now())
    return render(request, "incentives/links/sent.html", offer_context(preview))


def _open(slug: str, at: datetime) -> tuple[LinkTemplate, Offer]:
    """Return the template with the offer it would make now, or raise why it makes none."""
    template = template_by_slug(slug=slug)
    template_claims.refuse_closed(template, at=at)
    return template, offer_preview(template, at=at)


def _answers(preview: Offer, at: datetime) -> list[Answer]:
    """Return what a visitor may wish for: a group is founded, anything else is a first answer."""
    return [FOUND] if preview.is_group else visitor_answers(preview, at)


def _form(preview: Offer, answer: Answer, data: Any = None) -> VisitorForm:
    return VisitorForm(data) if preview.is_group else link_form(preview, answer, data)


def _request(
    request: HttpRequest,
    template: LinkTemplate,
    preview: Offer,
    answer: Answer,
    *,
    at: datetime,
) -> HttpResponse:
    """Store the wish once, or mail the way back to who has an offer of the template already."""
    form = _form(preview, answer, request.POST)
    if not form.is_valid():
        return _page(request, template, preview, answer, form, at=at, status=Invalid.status)

    def store() -> object:
        return template_claims.request(
            template=template,
            target=ClaimIntent.JOIN if template.is_group else answer.status,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            payload=form.payload() if isinstance(form, LinkForm) else Payload(),
            at=at,
        )

    try:
        take_wish(request, form, store, scope=f"template-link:{template.pk}", at=at)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, template, preview, answer, form, at=at, status=refusal.status)
    return see_other(reverse("template_link_sent", args=[template.slug]))


def _page(
    request: HttpRequest,
    template: LinkTemplate,
    preview: Offer,
    answer: Answer,
    form: VisitorForm,
    *,
    at: datetime,
    status: int = 200,
) -> HttpResponse:
    context = {
        **offer_context(preview),
        "answer": answer,
        "others": [other for other in _answers(preview, at) if not other.instant],
        "form": form,
        "slug": template.slug,
        **PAGES,
    }
    name = "links/offer.html" if answer.instant else "links/answer.html"
    if template.is_group:
        name = "template_links/group.html"
    return render(request, f"incentives/{name}", context, status=status)
