"""The desk's pages over incoming requests: the list, one request, its members (incentives.md 8.1)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.views import Empty, PageAction, TableView
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.choices import Side
from incentives.choices.requests import RequestStatus
from incentives.filters.members import MemberFilter
from incentives.filters.requests import RequestFilter
from incentives.models import GroupMember, IncentiveRequest
from incentives.selectors import requests as request_rows
from incentives.services import distributions
from incentives.tables.requests import (
    RequestMemberTable,
    RequestTable,
)
from incentives.views.desks import REQUESTS
from incentives.views.details import history_entries

WRITE = "offers.write"


class RequestList(TableView):
    """What recipients asked of the business, newest first."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Incentive Requests"
    subtitle = "What people ask of you, and whose turn it is."
    table_class = RequestTable
    filter_class = RequestFilter
    actions = (PageAction("Incentive Programs", "programs", "programs.read", icon="target"),)
    empty = Empty(
        icon="inbox",
        title="Nobody has asked for an incentive yet",
        text="People ask from the public page of one of your active programs, or from your public"
        " provider page. Share those pages; what they ask for appears here, and you get an e-mail.",
        action_label="Open your programs",
        action_url_name="programs",
        permission="programs.read",
    )
    no_match = "No requests match your search"
    noun = ("request", "requests")
    export_name = "incentive-requests"
    tour = "requests.list"

    def get_queryset(self) -> QuerySet[IncentiveRequest]:
        return request_rows.requests_listed(business=self.request.organisation)  # type: ignore[attr-defined]


@require_safe
@access("offers.read", needs_profile=True)
def request_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the request: what is asked for, by whom, what happened and what may be done now."""
    found = request_rows.request_of(business=request.organisation, pk=pk)
    context = {
        "ask": found,
        "status": found.status_face,
        "terms": found.terms.value if found.terms else None,
        "confirmed": found.confirmed_terms.value if found.confirmed_terms else None,
        "members": list(request_rows.request_members(request=found)) if found.is_group else [],
        "counts": selectors.outcome_counts(subject=found),
        "unread": selectors.unread_count(subject=found, reader_kind=Side.PROVIDER),
        "history": history_entries(
            request_rows.request_history(request=found), faces=RequestStatus
        ),
        "words": request_rows.request_words(found),
        "next_step": request_rows.request_next_step(found, Side.PROVIDER),
        "next_link": _next_link(request, found),
        "crumbs": [(REQUESTS.list_label, REQUESTS.list_url), (found.reference, "")],
        "tour": "requests.detail",
    }
    return render(request, "incentives/requests/detail.html", context)


def _next_link(request: DeskRequest, found: IncentiveRequest) -> dict[str, str]:
    """Return the one place that leads on while it is the provider's turn."""
    if not may(request, WRITE) or found.waits_for != Side.PROVIDER:
        return {}
    if distributions.is_editable(found):
        return {
            "label": "Record distributions",
            "url": reverse("request_distributions", args=[found.pk]),
        }
    return {
        "label": "Answer",
        "url": f"{reverse('request_messages', args=[found.pk])}#composer",
    }


class RequestMembers(TableView):
    """Who joined a group request; a Single request's address answers 404."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Group Members"
    table_class = RequestMemberTable
    filter_class = MemberFilter
    empty = Empty(
        icon="users-group",
        title="Nobody has joined yet",
        text="The creator shares the link of the request; whoever confirms an address appears here.",
    )
    no_match = "No members match your search"
    noun = ("member", "members")
    export_name = "request-group-members"
    tour = "requests.members"
    template_name = "incentives/requests/members.html"

    @cached_property
    def ask(self) -> IncentiveRequest:
        """The group request of the address, of the business that asks."""
        business = self.request.organisation  # type: ignore[attr-defined]
        found = request_rows.request_of(business=business, pk=self.kwargs["pk"])
        if not found.is_group:
            raise NotFound("This request is for one person. It has no group.")
        return found

    @property
    def subtitle(self) -> str:  # type: ignore[override]
        taken = request_rows.request_seats_taken(request=self.ask)
        return (
            f"Incentive request {self.ask.reference} · {taken} of"
            f" {self.ask.max_required_members} places are taken"
        )

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return REQUESTS.crumbs(self.ask, self.title)

    def get_queryset(self) -> QuerySet[GroupMember]:
        return request_rows.members_listed(request=self.ask)

    def extra_context(self) -> dict[str, Any]:
        return {"ask": self.ask, "back_url": REQUESTS.list_url}
