"""Incentive programs: list, detail, add, edit, and the switch (incentives.md 2.9, 3.3)."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import navigation
from core.clock import now
from core.errors import DomainError
from core.idempotency import run_once
from core.views import Empty, PageAction, TableView
from directory.history import history_of
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from incentives.choices import IncentiveType
from incentives.filters.offers import ProgramFilter
from incentives.forms.programs import ProgramEditForm, ProgramForm
from incentives.models import Program
from incentives.selectors import dashboard, desk
from incentives.services import programs
from incentives.tables.offers import ProgramTable, program_badge

TITLE = "Incentive Programs"


class ProgramList(TableView):
    """The business's programs, newest first."""

    access = "programs.read"
    access_options = {"needs_profile": True}
    title = TITLE
    subtitle = "A program gives one product or service its incentives."
    table_class = ProgramTable
    filter_class = ProgramFilter
    actions = (
        PageAction("Add Incentive Program", "program_add", "programs.write", "plus", primary=True),
    )
    empty = Empty(
        icon="target",
        title="No programs yet",
        text="Offers are made for a program, and a program is about one of your products or"
        " services. Add the first one to begin.",
        action_label="Add Incentive Program",
        action_url_name="program_add",
        permission="programs.write",
    )
    no_match = "No programs match your search"
    noun = ("program", "programs")
    export_name = "incentive-programs"
    tour = "programs.list"

    def get_queryset(self) -> QuerySet[Program]:
        return desk.programs_listed(business=cast("DeskRequest", self.request).organisation)


@access("programs.write", needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def program_add(request: DeskRequest) -> HttpResponse:
    """Open a program for a product or service that has none; it is Active at once."""
    business, at = request.organisation, now()
    form = ProgramForm(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data

        def effect() -> str:
            made = programs.create(
                business=business,
                product_service=cleaned["product_service"],
                allowed_incentive_types=cleaned["allowed_incentive_types"],
                at=at,
            )
            return str(made.pk)

        scope = f"incentives.program_add:{request.user.pk}"
        try:
            outcome = run_once(scope=scope, key=cleaned["nonce"], at=at, effect=effect)
        except DomainError as error:
            form.refuse(error)
        else:
            url = reverse("program_detail", args=[int(outcome.result)])
            return done(request, url, "Program added. Offers can be made for it now")
    nothing_left = not desk.products_without_program(business=business).exists()
    return form_page(
        request,
        form,
        title="Add Incentive Program",
        template="incentives/programs/form.html",
        crumbs=_crumbs("Add"),
        submit_label="Add Program",
        cancel_url=reverse("programs"),
        nothing_left=nothing_left and not form.is_bound,
        product_add_url=navigation.address("product_add"),
    )


@access("programs.write", needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def program_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change which kinds of incentive the program gives; its product or service stays."""
    program = desk.program_of(business=request.organisation, pk=pk)
    form = ProgramEditForm(request.POST or None, program=program)
    url = reverse("program_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            programs.update(
                program=program,
                allowed_incentive_types=form.cleaned_data["allowed_incentive_types"],
                version=form.cleaned_data["version"],
                at=now(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return done(request, url, "Program updated")
    return form_page(
        request,
        form,
        title=f"Edit program {pk}",
        intro=f"{program.product_service.name}. Offers that were made already go on as they are.",
        crumbs=_crumbs(str(program), url, "Edit"),
        submit_label="Save",
        cancel_url=url,
    )


@access("programs.read", needs_profile=True)
@require_safe
def program_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a program, what it allows, and how its offers stand."""
    business = request.organisation
    program = desk.program_in_full(business=business, pk=pk)
    counts = dashboard.counts_by_status(business=business, program=program)
    allowed = program.allowed_incentive_types or IncentiveType.values
    context = {
        "program": program,
        "badge": program_badge(program),
        "crumbs": _crumbs(str(program)),
        "types": [IncentiveType(code).label for code in allowed],
        "counts": [(status, count) for status, count in counts.items() if count],
        "offers_url": f"{reverse('offers')}?program={pk}",
        "public_url": reverse("program_public", args=[program.slug]) if program.is_active else "",
        "history": history_of(program),
        "tour": "programs.detail",
    }
    return render(request, "incentives/programs/detail.html", context)


@access("programs.write", needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def program_deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then deactivate: no new offers, and its shared links pause (incentives.md 3.3)."""
    program = desk.program_of(business=request.organisation, pk=pk)
    url = reverse("program_detail", args=[pk])
    if request.method == "POST":
        programs.deactivate(program=program, at=now())
        return done(request, url, "Program deactivated")
    links = desk.open_link_count(program=program) + desk.open_template_count(program=program)
    consequences = [
        "No new offers or link templates may choose it.",
        "Offers that were made already go on.",
        "Its public page is taken down until it is active again.",
    ]
    if links:
        shown = "1 shared link that waits" if links == 1 else f"{links} shared links that wait"
        consequences.insert(
            1, f"{shown} to be claimed will say “This program is not active at the moment”."
        )
    return confirm_page(
        request,
        title=f"Deactivate “{program}”?",
        consequences=consequences,
        submit_label="Deactivate",
        cancel_url=url,
        crumbs=_crumbs(str(program), url, "Deactivate"),
    )


@access("programs.write", needs_profile=True)
@require_POST
def program_activate(request: DeskRequest, pk: int) -> HttpResponse:
    """Let new offers choose the program again."""
    program = desk.program_of(business=request.organisation, pk=pk)
    programs.activate(program=program, at=now())
    return done(request, reverse("program_detail", args=[pk]), "Program activated")


def _crumbs(*steps: str) -> list[tuple[str, str]]:
    """Return the way here: the list, then each step; an address follows the step that it belongs to."""
    crumbs = [(TITLE, reverse("programs"))]
    for step in steps:
        if step.startswith("/"):
            crumbs[-1] = (crumbs[-1][0], step)
        else:
            crumbs.append((step, ""))
    return crumbs
