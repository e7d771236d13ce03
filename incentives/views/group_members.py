"""Group Members: who is in a group offer, and what the provider does about it (incentives.md 2.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.contrib import messages as notes
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.errors import NotFound
from core.http import is_fragment, see_other
from core.views import Empty, TableView
from directory.permissions import access, may
from directory.sessions import DeskRequest
from incentives import selectors
from incentives.filters.members import MemberFilter
from incentives.models import GroupMember, Offer
from incentives.selectors import groups as group_rows
from incentives.services import actors, group_desk
from incentives.services.group_desk import NotPossible
from incentives.tables.members import MemberTable
from incentives.views.group_cards import fullness
from incentives.views.sharing import share_link

WRITE = "offers.write"


def group_of(request: DeskRequest, pk: int) -> Offer:
    """Return a group offer of the business; a Single one has no members and answers 404."""
    offer = selectors.offer_of(business=request.organisation, pk=pk)
    if not offer.is_group:
        raise NotFound("This offer has no group to list.")
    return offer


class GroupMembers(TableView):
    """Page 6: everybody who was invited or joined, and how many places are taken."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    table_class = MemberTable
    filter_class = MemberFilter
    noun = ("member", "members")
    no_match = "No members match your search"
    export_name = "group-members"
    tour = "offers.members"
    template_name = "incentives/groups/members.html"
    empty = Empty(
        icon="users-group",
        title="Nobody has joined yet",
        text="Share the link: whoever opens it and verifies an e-mail address gets a place.",
    )

    @cached_property
    def offer(self) -> Offer:
        """The offer of the address, of the business that asks."""
        return group_of(self.request, self.kwargs["pk"])  # type: ignore[arg-type]

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Group Members – offer {self.offer.pk}"

    @property
    def subtitle(self) -> str:  # type: ignore[override]
        return f"{self.offer.reference} · {self.offer.program}"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return [*_crumbs(self.offer), ("Group Members", "")]

    def get_queryset(self) -> QuerySet[GroupMember]:
        return group_rows.members_listed(offer=self.offer)

    def extra_context(self) -> Mapping[str, Any]:
        offer = self.offer
        return {
            "offer": offer,
            **fullness(offer),
            "share_url": share_link(offer) if offer.is_shareable else "",
            "may_write": may(self.request, WRITE),
        }


def _crumbs(offer: Offer) -> list[tuple[str, str]]:
    return [
        ("Incentive Offers", reverse("offers")),
        (offer.reference, reverse("offer_detail", args=[offer.pk])),
    ]


@require_safe
@access("offers.read", needs_profile=True)
def offer_members_progress(request: DeskRequest, pk: int) -> HttpResponse:
    """Draw how full the group is now; asked for every few seconds while the list is open."""
    offer = group_of(request, pk)
    shown = request.GET.get("shown", "")
    full = fullness(offer)
    context = {
        "offer": offer,
        **full,
        "has_changed": shown != str(full["taken"]),
        "shown": shown,
    }
    return render(request, "incentives/groups/_progress.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_member_resend(request: DeskRequest, pk: int, member_pk: int) -> HttpResponse:
    """Send an invitation once more; the link in the earlier e-mail stops working."""
    member = _member(request, pk, member_pk, "resend")
    question = {
        "title": "Resend the invitation?",
        "message": f"A new e-mail goes to {member.email}.",
        "consequences": ["The link in the earlier e-mail stops working."],
        "submit_label": "Resend invitation",
    }
    return _decide(request, member, question, group_desk.resend, "Invitation sent again")


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_member_remove(request: DeskRequest, pk: int, member_pk: int) -> HttpResponse:
    """Take somebody out of the group, after asking."""
    member = _member(request, pk, member_pk, "remove")
    consequences = ["They get an e-mail that says so, and their link stops working."]
    if member.role == "lead":
        consequences.append("The longest-standing member leads the group instead.")
    question = {
        "title": f"Remove {member.name or member.email}?",
        "message": f"{member.email} loses their place. They cannot join again.",
        "consequences": consequences,
        "submit_label": "Remove member",
        "danger": True,
    }
    return _decide(request, member, question, group_desk.remove, "Member removed")


@require_http_methods(["GET", "HEAD", "POST"])
@access(WRITE, needs_profile=True)
def offer_member_make_lead(request: DeskRequest, pk: int, member_pk: int) -> HttpResponse:
    """Let another member answer for the group, after asking."""
    member = _member(request, pk, member_pk, "make_lead")
    question = {
        "title": f"Let {member.name or member.email} lead the group?",
        "message": "Only the lead writes to you and answers for the group.",
        "consequences": [
            "They get an e-mail with their link.",
            "Whoever led so far stays in the group.",
        ],
        "submit_label": "Make lead",
    }
    return _decide(request, member, question, group_desk.make_lead, "The group has a new lead")


def _member(request: DeskRequest, pk: int, member_pk: int, act: str) -> GroupMember:
    """Return a member on whom the act is possible now, or refuse as the menu would not show it."""
    offer = group_of(request, pk)
    member = group_rows.member_of(offer=offer, pk=member_pk)
    if act not in group_desk.acts_on(offer, member):
        raise NotPossible(
            "That is not possible with this member now. Reload the list to see what is."
        )
    return member


def _decide(
    request: DeskRequest,
    member: GroupMember,
    question: dict[str, Any],
    act: Callable[..., None],
    done: str,
) -> HttpResponse:
    """Ask on GET, in the page's dialog where script runs; on POST carry the act out."""
    assert member.offer is not None
    back = reverse("offer_members", args=[member.offer.pk])
    if request.method == "POST":
        act(member=member, actor=actors.provider(request.user), at=now())
        notes.success(request, done)
        return see_other(back)
    return _ask(request, question, back, [*_crumbs(member.offer), ("Group Members", back)])


def _ask(
    request: HttpRequest, question: dict[str, Any], back: str, crumbs: list[tuple[str, str]]
) -> HttpResponse:
    context = {
        **question,
        "action": request.path,
        "in_dialog": is_fragment(request),
        "cancel_url": back,
        "crumbs": [*crumbs, (question["title"], "")],
    }
    name = "components/_confirm.html" if is_fragment(request) else "pages/confirm.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
