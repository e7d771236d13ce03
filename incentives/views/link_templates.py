"""Link templates on the desk: list, making, editing, switching, copying (incentives.md 7.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import DomainError, Invalid, NotFound
from core.http import is_fragment, redirect_or_hx
from core.idempotency import run_once
from core.views import Empty, PageAction, TableView
from directory.history import history_of
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done
from incentives import words
from incentives.filters.offers import TemplateFilter
from incentives.forms.link_templates import TemplateForm, initial_of_template
from incentives.models import LinkTemplate
from incentives.selectors import active_programs_of, desk
from incentives.selectors.link_templates import template_of, templates_of, values_of_template
from incentives.services import link_templates
from incentives.services.actors import provider
from incentives.tables.link_templates import TemplateTable, offers_url
from incentives.views.offers import NO_PROGRAM

TITLE = "Incentive Offer Link Templates"
FORM, PART = "incentives/link_templates/form.html", "incentives/link_templates/_form.html"
PARTS = {
    "words": "incentives/link_templates/_words.html",
    "incentive-types": "incentives/offers/_incentive_types.html",
    "product": "incentives/link_templates/_product.html",
}


class TemplateList(TableView):
    """The business's link templates, newest first."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = TITLE
    subtitle = "One link for a whole campaign: everybody who confirms gets an offer of their own."
    table_class = TemplateTable
    filter_class = TemplateFilter
    actions = (
        PageAction("QR sheet", "link_template_sheet", icon="printer"),
        PageAction(
            "Create Incentive Offer Link Template",
            "link_template_add",
            "offers.write",
            icon="plus",
            primary=True,
        ),
    )
    empty = Empty(
        icon="link",
        title="No link templates yet",
        text="A link template is one address (or QR code) for many people: a flyer, a counter, a"
        " newsletter. Everybody who opens it and verifies an e-mail address gets an offer of their"
        " own, as often as you allow.",
        action_label="Create Incentive Offer Link Template",
        action_url_name="link_template_add",
        permission="offers.write",
    )
    no_match = "No link templates match your search"
    noun = ("link template", "link templates")
    export_name = "link-templates"
    tour = "link_templates.list"
    passing = ("share",)
    template_name = "incentives/link_templates/list.html"

    def get_queryset(self) -> QuerySet[LinkTemplate]:
        return templates_of(business=cast("DeskRequest", self.request).organisation)

    def extra_context(self) -> Mapping[str, Any]:
        pk = self.request.GET.get("share", "")
        known = pk.isdecimal() and pk.isascii() and len(pk) < 19
        return {"share_url": reverse("link_template_share", args=[int(pk)]) if known else ""}


@access("offers.write", needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def link_template_add(request: DeskRequest) -> HttpResponse:
    """Make a link template; it is Active at once, and its link is shown to be shared."""
    business, at = request.organisation, now()
    if not desk.has_active_program(business=business):
        context = {
            "empty": NO_PROGRAM,
            "empty_url": reverse(NO_PROGRAM.action_url_name),
            "title": TITLE,
        }
        return render(request, "incentives/link_templates/no_program.html", context)
    form = _form(request, at)
    if request.method != "POST":
        return _draw(request, form)
    if not form.is_valid() or _is_preview(request):
        return _draw(request, form, status=Invalid.status)
    values, actor = form.values(), provider(request.user)

    def effect() -> str:
        made = link_templates.create(business=business, values=values, actor=actor, at=at)
        return str(made.pk)

    def lead_on(pk: str) -> HttpResponse:
        messages.success(request, "Link template saved")
        return redirect_or_hx(request, f"{reverse('link_templates')}?share={pk}")

    return _carry_out(request, form, effect, lead_on, at)


@access("offers.write", needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def link_template_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change what future uses of the link make; offers made earlier stay as they are."""
    at = now()
    template = template_of(business=request.organisation, pk=pk)
    form = _form(request, at, template=template)
    if request.method != "POST":
        return _draw(request, form, template=template)
    if not form.is_valid() or _is_preview(request):
        return _draw(request, form, template=template, status=Invalid.status)
    values, version = form.values(), form.cleaned_data["version"]

    def effect() -> str:
        link_templates.update(template=template, values=values, version=version, at=at)
        return str(pk)

    def lead_on(pk: str) -> HttpResponse:
        return done(request, reverse("link_templates"), "Link template updated")

    return _carry_out(request, form, effect, lead_on, at, template=template)


@access("offers.write", needs_profile=True)
@require_POST
def link_template_part(request: DeskRequest, part: str, pk: int | None = None) -> HttpResponse:
    """Draw a part of the form that depends on what is typed; stores nothing."""
    if part not in PARTS:
        raise NotFound("The form has no such part.")
    template = None if pk is None else template_of(business=request.organisation, pk=pk)
    form = _form(request, now(), template=template, checking=False)
    form.is_valid()
    context = _context(request, form, template)
    if part != "words":
        form.errors.clear()
    return render(request, PARTS[part], context)


@access("offers.write", needs_profile=True)
@require_POST
def link_template_activate(request: DeskRequest, pk: int) -> HttpResponse:
    """Let the link be used again."""
    template = template_of(business=request.organisation, pk=pk)
    link_templates.activate(template=template, at=now())
    return done(request, reverse("link_templates"), f"“{template.name}” is active")


@access("offers.write", needs_profile=True)
@require_POST
def link_template_deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Pause the link; offers that were made go on."""
    template = template_of(business=request.organisation, pk=pk)
    link_templates.deactivate(template=template, at=now())
    return done(request, reverse("link_templates"), f"“{template.name}” is paused")


@access("offers.write", needs_profile=True)
@require_POST
def link_template_duplicate(request: DeskRequest, pk: int) -> HttpResponse:
    """Copy the template; the copy is Inactive and opens to be looked at."""
    template = template_of(business=request.organisation, pk=pk)
    copied = link_templates.duplicate(template=template, actor=provider(request.user), at=now())
    message = "Template duplicated. The copy is inactive until you activate it"
    return done(request, reverse("link_template_edit", args=[copied.pk]), message)


def _is_preview(request: DeskRequest) -> bool:
    return request.POST.get("action") == "preview"


def _form(
    request: DeskRequest,
    at: datetime,
    *,
    template: LinkTemplate | None = None,
    checking: bool = True,
) -> TemplateForm:
    """Return the form for the request: empty, as stored, or as typed."""
    initial = _preselected(request)
    if template is not None:
        initial = initial_of_template(values_of_template(template), version=template.version)
    return TemplateForm(
        request.POST if request.method == "POST" else None,
        business=request.organisation,
        at=at,
        checking=checking and not _is_preview(request),
        uses_count=template.uses_count if template else 0,
        kept_program=template.program_id if template else None,
        initial=initial,
        auto_id="id_%s",
    )


def _preselected(request: DeskRequest) -> dict[str, Any]:
    """Return the program that the address names, if it is active and own."""
    pk = request.GET.get("program", "")
    if not (pk.isdecimal() and pk.isascii() and len(pk) < 19):
        return {}
    found = active_programs_of(business=request.organisation).filter(pk=int(pk)).first()
    return {"program": found} if found else {}


def _carry_out(
    request: DeskRequest,
    form: TemplateForm,
    effect: Callable[[], str],
    lead_on: Callable[[str], HttpResponse],
    at: datetime,
    *,
    template: LinkTemplate | None = None,
) -> HttpResponse:
    """Run the effect once for this form and lead on, or show the form with what was refused."""
    kind = "link_template_add" if template is None else f"link_template_edit:{template.pk}"
    scope = f"incentives.{kind}:{request.user.pk}"
    try:
        outcome = run_once(scope=scope, key=form.cleaned_data["nonce"], at=at, effect=effect)
    except DomainError as refusal:
        form.refuse(refusal)
        return _draw(request, form, template=template, status=refusal.status)
    return lead_on(outcome.result)


def _context(
    request: DeskRequest, form: TemplateForm, template: LinkTemplate | None
) -> dict[str, Any]:
    values, business = form.values(), request.organisation
    program = values.offer.program
    here = [template.pk] if template else []
    return {
        "form": form,
        "template": template,
        "part_url": reverse("link_template_edit" if template else "link_template_add", args=here),
        "headline": words.headline(values.offer.terms, values.offer.incentive_type),
        "product": program.product_service if program else None,
        "business": business,
        "lines": words.template_words(values, provider=business.name) if program else [],
        "missing": list(form.missing()) if form.is_bound or template else [],
        "title": TITLE,
    }


def _draw(
    request: DeskRequest,
    form: TemplateForm,
    *,
    template: LinkTemplate | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the form: the whole page, or the fragment with its status."""
    context = _context(request, form, template)
    whole = not is_fragment(request)
    if _is_preview(request):
        form.errors.clear()
        status = 200
    elif whole and status == Invalid.status:
        status = 200
    if whole:
        context["tour"] = "link_templates.form"
        if template is not None:
            context |= {"history": history_of(template), "offers_url": offers_url(template)}
    response = render(request, FORM if whole else PART, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
