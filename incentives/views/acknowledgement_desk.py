"""The provider's acknowledgements: the list, one in full, and what is done with its words
(incentives.md 2.1, 3.11)."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.views import Empty, PageAction, TableView
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives import words
from incentives.filters.acknowledgements import AcknowledgementFilter
from incentives.models import Acknowledgement
from incentives.selectors.acknowledgements import (
    acknowledgement_of,
    acknowledgements_listed,
    source_of,
)
from incentives.services import acknowledgements, publications
from incentives.tables.acknowledgements import (
    AcknowledgementTable,
    acts_of,
    embed_url,
    state_badge,
)
from incentives.views.questions import Question, decide

TITLE = "Incentive Acknowledgements"
WRITE = "offers.write"


class AcknowledgementList(TableView):
    """All acknowledgements of the business, newest invitation first."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = TITLE
    subtitle = "What recipients say about what they were given, and what of it is shown."
    table_class = AcknowledgementTable
    filter_class = AcknowledgementFilter
    actions = (
        PageAction("Link Templates", "acknowledgement_templates", icon="link"),
        PageAction("Acknowledgement Requests", "acknowledgement_requests", icon="list-details"),
        PageAction(
            "Request Acknowledgement",
            "acknowledgement_request_add",
            WRITE,
            icon="plus",
            primary=True,
        ),
    )
    empty = Empty(
        icon="award",
        title="No acknowledgements yet",
        text="Setting an offer to Completed invites its recipient to confirm receipt in their own"
        " words. You can also ask somebody directly, without an offer.",
        action_label="Request Acknowledgement",
        action_url_name="acknowledgement_request_add",
        permission=WRITE,
    )
    no_match = "No acknowledgements match your search"
    noun = ("acknowledgement", "acknowledgements")
    export_name = "incentive-acknowledgements"
    tour = "acknowledgements.list"
    template_name = "incentives/acknowledgements/list.html"

    def get_queryset(self) -> QuerySet[Acknowledgement]:
        business = cast("DeskRequest", self.request).organisation
        return acknowledgements_listed(business=business, at=now())


@access("offers.read", needs_profile=True)
@require_safe
def acknowledgement_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what was given, what the recipient wrote, and what may be done with it."""
    found = acknowledgements_listed(business=request.organisation, at=now()).filter(pk=pk).first()
    # The selector's refusal is the one sentence for an unknown id.
    row = found or acknowledgement_of(business=request.organisation, pk=pk)
    source = source_of(row)
    context = {
        "row": row,
        "source": source,
        "badge": state_badge(row),
        "gift": words.headline(row.value, source.incentive_type),
        "description": row.value.description if row.value.has_number else "",
        "acts": acts_of(row) if may(request, WRITE) else [],
        "why_not": publications.refusal_of(row) if row.is_submitted else "",
        "embed_url": embed_url(row) if row.is_published else "",
        "crumbs": [(TITLE, reverse("acknowledgements")), (f"No. {pk}", "")],
    }
    return render(request, "incentives/acknowledgements/detail.html", context)


def _question(row: Acknowledgement, title: str, submit: str, *lines: str) -> Question:
    url = reverse("acknowledgement_detail", args=[row.pk])
    return Question(
        title,
        submit,
        url,
        [(TITLE, reverse("acknowledgements")), (f"No. {row.pk}", url)],
        message=f"“{row.message}”" if row.message else "",
        consequences=lines,
    )


@access(WRITE, needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_publish(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then show the words on widgets and the program's page; only with public consent."""
    row = acknowledgement_of(business=request.organisation, pk=pk)
    if reason := publications.refusal_of(row):
        raise publications.NotPublishable(reason)
    shown = row.display_name or "Verified recipient"
    question = _question(
        row,
        "Publish again?" if row.published_at else "Publish these words?",
        "Publish",
        f"They can be read on widgets and on the program’s public page, signed “{shown}”.",
        "The recipient’s address is never shown. You can hide the words at any time.",
    )

    def act() -> str:
        publications.publish(acknowledgement=row, at=now())
        return "Acknowledgement published"

    return decide(request, question, act)


@access(WRITE, needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_hide(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then take the words off every widget and public page."""
    row = acknowledgement_of(business=request.organisation, pk=pk)
    if not row.is_published:
        raise publications.NotPublishable("Only published words can be hidden.")
    question = _question(
        row,
        "Hide these words?",
        "Hide",
        "Widgets that show them say within five minutes that there is nothing to show.",
        "The program’s public page no longer lists them. You can publish them again.",
    )

    def act() -> str:
        publications.hide(acknowledgement=row, at=now())
        return "Acknowledgement hidden"

    return decide(request, question, act)


@access(WRITE, needs_profile=True)
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledgement_resend(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then send the invitation once more with a link of seven days."""
    row = acknowledgement_of(business=request.organisation, pk=pk)
    if row.is_submitted:
        raise acknowledgements.NotWaiting("The recipient has answered already.")
    question = _question(
        row,
        "Send the invitation again?",
        "Resend invitation",
        f"A new e-mail goes to {row.email}; its link works once, for seven days.",
        "The link in the earlier e-mail stops working.",
    )

    def act() -> str:
        acknowledgements.resend(acknowledgement=row, at=now())
        return "Invitation sent again"

    return decide(request, question, act)
