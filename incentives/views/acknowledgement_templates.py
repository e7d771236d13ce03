"""Link templates for acknowledgements: list, form, switch, share (incentives.md 3.11)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import now
from core.errors import DomainError
from core.idempotency import run_once
from core.views import Empty, PageAction, TableView
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from incentives.filters.offers import TemplateFilter
from incentives.forms.acknowledgement_requests import AcknowledgementTemplateForm
from incentives.models import AcknowledgementTemplate
from incentives.selectors.acknowledgements import (
    acknowledgement_template_of,
    acknowledgement_templates_of,
)
from incentives.services import acknowledgement_templates as templates
from incentives.tables.acknowledgements import (
    AcknowledgementTemplateTable,
)
from incentives.views.acknowledgement_desk import WRITE
from incentives.views.acknowledgement_requests import (
    NotShareable,
    crumbs,
    qr_answer,
    share_answer,
)

TITLE = "Link Templates"


class AcknowledgementTemplateList(TableView):
    """The links that many recipients may use, newest first."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Acknowledgement Link Templates"
    subtitle = "One link for everybody who got the same. Each person confirms once."
    table_class = AcknowledgementTemplateTable
    filter_class = TemplateFilter
    actions = (
        PageAction(
            "Create Link Template",
            "acknowledgement_template_add",
            WRITE,
            icon="plus",
            primary=True,
        ),
    )
    empty = Empty(
        icon="link",
        title="No link templates yet",
        text="Did many people get the same incentive? Make one link or QR code for all of them; each"
        " confirms receipt once, and you see how often it was used.",
        action_label="Create Link Template",
        action_url_name="acknowledgement_template_add",
        permission=WRITE,
    )
    no_match = "No link templates match your search"
    noun = ("template", "templates")
    export_name = "acknowledgement-link-templates"
    tour = "acknowledgement_templates.list"
    template_name = "incentives/acknowledgements/list.html"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return crumbs((TITLE, ""))

    def get_queryset(self) -> QuerySet[AcknowledgementTemplate]:
        business = cast("DeskRequest", self.request).organisation
        return acknowledgement_templates_of(business=business)


def _way(label: str) -> list[tuple[str, str]]:
    return crumbs((TITLE, reverse("acknowledgement_templates")), (label, ""))


def _page(
    request: DeskRequest, form: AcknowledgementTemplateForm, title: str, submit: str, intro: str
) -> HttpResponse:
    return form_page(
        request,
        form,
        title=title,
        intro=intro,
        template="incentives/acknowledgements/form.html",
        crumbs=_way(title),
        submit_label=submit,
        cancel_url=reverse("acknowledgement_templates"),
    )


@access(WRITE, needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_template_add(request: DeskRequest) -> HttpResponse:
    """Make an Active template, then show its link to share; sending twice makes one."""
    business, at = request.organisation, now()
    form = AcknowledgementTemplateForm(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid():

        def effect() -> str:
            made = templates.create(
                business=business, values=form.values(), actor=request.user, at=at
            )
            return str(made.pk)

        scope = f"incentives.acknowledgement_template:{request.user.pk}"
        try:
            outcome = run_once(scope=scope, key=form.cleaned_data["nonce"], at=at, effect=effect)
        except DomainError as error:
            form.refuse(error)
        else:
            url = reverse("acknowledgement_template_share", args=[int(outcome.result)])
            return done(request, url, "Link template created")
    intro = "One link for everybody who got the same. Each person confirms once."
    return _page(request, form, "Create Link Template", "Create Link Template", intro)


@access(WRITE, needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_template_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change the template; its link stays, and only future uses are affected."""
    business = request.organisation
    template = acknowledgement_template_of(business=business, pk=pk)
    form = AcknowledgementTemplateForm(request.POST or None, business=business, template=template)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            templates.update(
                template=template,
                values=form.values(),
                version=-1 if version is None else version,
                at=now(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return done(request, reverse("acknowledgement_templates"), "Link template updated")
    limit = "no limit" if template.max_uses is None else f"{template.max_uses:,} allowed"
    intro = f"Used {template.uses_count:,} times, {limit}. Changes affect future uses only."
    return _page(request, form, f"Edit {template.name}", "Save", intro)


@access(WRITE, needs_profile=True)
@require_POST
def acknowledgement_template_activate(request: DeskRequest, pk: int) -> HttpResponse:
    """Let the template's link be used again."""
    template = acknowledgement_template_of(business=request.organisation, pk=pk)
    templates.activate(template=template, at=now())
    return done(request, reverse("acknowledgement_templates"), "Link template activated")


@access(WRITE, needs_profile=True)
@require_POST
def acknowledgement_template_deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Pause the template's link."""
    template = acknowledgement_template_of(business=request.organisation, pk=pk)
    templates.deactivate(template=template, at=now())
    return done(request, reverse("acknowledgement_templates"), "Link template deactivated")


def _link_of(template: AcknowledgementTemplate) -> str:
    return f"{settings.SITE_URL}{reverse('acknowledgement_template_link', args=[template.slug])}"


def _shareable(request: DeskRequest, pk: int) -> AcknowledgementTemplate:
    template = acknowledgement_template_of(business=request.organisation, pk=pk)
    if not template.is_active:
        raise NotShareable("This template is not active. Activate it, then share its link.")
    return template


@access("offers.read", needs_profile=True)
@require_safe
def acknowledgement_template_share(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the template's link, its QR code and the share buttons."""
    template = _shareable(request, pk)
    return share_answer(
        request,
        link=_link_of(template),
        title=f"Share {template.name}",
        hint="Everybody who opens this link and verifies an address can confirm receipt once.",
        qr_url_name="acknowledgement_template_qr",
        pk=pk,
        subject=f"{request.organisation.name} would like to know whether it arrived",
        way=_way(template.name),
    )


@access("offers.read", needs_profile=True)
@require_safe
def acknowledgement_template_qr(request: DeskRequest, pk: int, kind: str) -> HttpResponse:
    """Draw the QR code of the template's link."""
    return qr_answer(_link_of(_shareable(request, pk)), pk, kind)
