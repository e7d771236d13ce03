"""The team of a business: who is in it, in which role, and who was asked to join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from django.contrib.auth import login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import tokens
from core.clock import now
from core.errors import DomainError
from core.http import public
from core.models import LinkToken
from core.views import Empty, PageAction, TableView
from directory import selectors, sessions
from directory.choices import Role
from directory.filters import TeamFilter
from directory.forms import refusals
from directory.forms.accounts import InvitationForm, JoinForm, RoleForm
from directory.models import Invitation, Membership, Organisation, User
from directory.permissions import access
from directory.selectors import network
from directory.services import members
from directory.sessions import DeskRequest
from directory.tables import TeamTable
from directory.views.pages import confirm_page, done, form_page

ROLE_LINES = (
    "Admin: everything, including profile, team and API keys.",
    "Offers: programs, offers, distributions, contacts.",
    "Marketing: programs, offers, contacts.",
    "Finance: sees everything, records distributions.",
    "Analyst: sees everything, changes nothing.",
)


MERCHANT_ROLE_LINES = (
    "Admin: the merchant's reward offers, and its team.",
    "Marketing: makes, activates and deletes the merchant's reward offers, and grants its gifts.",
    "Offers: makes the merchant's reward offers.",
    "Finance and Analyst: see the merchant's reward offers, events and awards.",
    "Whatever the role: nobody of a merchant sees contacts, wallets or anybody else's offers.",
)
NETWORK = "Merchants and venues"


class TeamList(TableView):
    """Members, with the open invitations above them."""

    access = "team.manage"
    title = "Team"
    template_name = "directory/team/list.html"
    table_class = TeamTable
    filter_class = TeamFilter
    actions: Sequence[PageAction] = (
        PageAction("Invite somebody", "team_invite", "team.manage", "user-plus", primary=True),
    )
    empty = Empty(icon="users", title="Nobody here yet")
    no_match = "No team member matches your search"
    export_name = "team"

    @cached_property
    def organisation(self) -> Organisation:
        return _desk(self.request).organisation

    def get_queryset(self) -> QuerySet[Membership]:
        return selectors.team_of(organisation=self.organisation)

    def extra_context(self) -> Mapping[str, Any]:
        return {
            "invitations": selectors.open_invitations(organisation=self.organisation),
            "at": now(),
        }


class MerchantTeam(TeamList):
    """The people of one merchant, whom its business invites first; they invite others themselves."""

    subtitle = "They see this merchant's own reward offers, events and awards, and nothing else."
    actions = ()
    empty = Empty(
        icon="users",
        title="Nobody here yet",
        text="Invite somebody of the merchant as an administrator. They can invite their colleagues.",
    )
    export_name = "merchant-team"

    @cached_property
    def organisation(self) -> Organisation:
        business = _desk(self.request).organisation
        return network.merchant(business=business, pk=self.kwargs["pk"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Team of {self.organisation.name}"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return [(NETWORK, reverse("network")), (self.title, "")]

    def buttons(self) -> list[PageAction]:
        args = (self.organisation.pk,)
        return [
            PageAction(
                "Invite somebody", "merchant_invite", icon="user-plus", primary=True, args=args
            )
        ]


@access("team.manage")
def team_invite(request: DeskRequest) -> HttpResponse:
    """Ask somebody to join by e-mail."""
    return _invite(request, request.organisation)


@access("network.write")
def merchant_invite(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask somebody to join the team of a merchant by e-mail."""
    return _invite(request, network.merchant(business=request.organisation, pk=pk))


def _invite(request: DeskRequest, organisation: Organisation) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = members.invite(
                organisation=organisation,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            sent = f"Invitation sent to {invitation.email}."
            return done(request, _team_page(request, organisation), sent)
    return form_page(
        request,
        form,
        title="Invite somebody",
        intro="They get an e-mail with a link that works once, for seven days.",
        submit_label="Send invitation",
        cancel_url=_team_page(request, organisation),
        crumbs=_crumbs(request, organisation, "Invite somebody"),
        side="directory/team/_roles.html",
        role_lines=_role_lines(organisation),
    )


@access("team.manage")
def team_role(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    membership = selectors.member(organisation=request.organisation, pk=pk)
    form = RoleForm(request.POST or None, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        role = Role(form.cleaned_data["role"])
        try:
            members.change_role(membership=membership, role=role, at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            message = f"{membership.user.display_name} is now {role.label}."
            return done(request, _team_page(request, membership.organisation), message)
    return form_page(
        request,
        form,
        title=f"Role of {membership.user.display_name}",
        submit_label="Save role",
        cancel_url=_team_page(request, membership.organisation),
        crumbs=_crumbs(request, membership.organisation, "Role"),
        side="directory/team/_roles.html",
        role_lines=_role_lines(membership.organisation),
    )


@access("team.manage")
def team_deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then shut the member out."""
    membership = selectors.member(organisation=request.organisation, pk=pk)
    organisation, name = membership.organisation, membership.user.display_name
    if request.method == "POST":
        members.deactivate(membership=membership, at=now())
        return done(request, _team_page(request, organisation), f"{name} was deactivated.")
    return confirm_page(
        request,
        title=f"Deactivate {name}?",
        consequences=[
            f"{name} can no longer open anything of {organisation.name}, from now on.",
            "What they did stays, under their name.",
            "You can reactivate them at any time.",
        ],
        submit_label="Deactivate",
        cancel_url=_team_page(request, organisation),
        danger=True,
        crumbs=_crumbs(request, organisation, "Deactivate"),
    )


@access("team.manage")
@require_POST
def team_reactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Let a former member in again."""
    membership = selectors.member(organisation=request.organisation, pk=pk)
    members.reactivate(membership=membership, at=now())
    words = f"{membership.user.display_name} is active again."
    return done(request, _team_page(request, membership.organisation), words)


@access("team.manage")
@require_POST
def invitation_resend(request: DeskRequest, pk: int) -> HttpResponse:
    """Send the invitation's link again; the earlier one stops working."""
    invitation = selectors.invitation(organisation=request.organisation, pk=pk)
    members.resend(invitation=invitation, actor=request.user, at=now())
    words = f"A new invitation went to {invitation.email}."
    return done(request, _team_page(request, invitation.organisation), words)


@access("team.manage")
@require_POST
def invitation_revoke(request: DeskRequest, pk: int) -> HttpResponse:
    """Take the invitation back."""
    invitation = selectors.invitation(organisation=request.organisation, pk=pk)
    members.revoke(invitation=invitation, at=now())
    words = f"The invitation of {invitation.email} was revoked."
    return done(request, _team_page(request, invitation.organisation), words)


@public("the e-mailed token is the key; opening shows, only the form accepts")
@never_cache
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Show the invitation; accept it for the signed-in owner of the address or for a new account."""
    token = tokens.resolve(request.GET.get("token", ""), purposes=[members.PURPOSE], at=now())
    invitation = members.invitation_of(token)
    if request.user.is_authenticated:
        return _accept_as_member(request, token, invitation)
    if selectors.user_by_email(email=invitation.email) is not None:
        return _show(request, invitation, sign_in=True)
    return _accept_as_newcomer(request, token, invitation)


def _accept_as_member(
    request: HttpRequest, token: LinkToken, invitation: Invitation
) -> HttpResponse:
    user = cast("User", request.user)
    if request.method == "POST":
        membership = members.accept(token=token, user=user, at=now())
        return _welcome(request, membership)
    return _show(request, invitation, wrong_account=user.email.lower() != invitation.email.lower())


def _accept_as_newcomer(
    request: HttpRequest, token: LinkToken, invitation: Invitation
) -> HttpResponse:
    form = JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        membership = members.join(token=token, **form.cleaned_data, at=now())
        login(request, membership.user, backend="django.contrib.auth.backends.ModelBackend")
        return _welcome(request, membership)
    return _show(request, invitation, form=form)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    sessions.act_for(request, membership)
    return done(request, reverse("home"), f"Welcome to {membership.organisation.name}.")


def _show(request: HttpRequest, invitation: Invitation, **context: Any) -> HttpResponse:
    form = context.get("form")
    return render(
        request,
        "directory/team/accept.html",
        {"invitation": invitation, "here": request.get_full_path(), **context},
        status=422 if form is not None and form.is_bound and form.errors else 200,
    )


def _team_page(request: DeskRequest, organisation: Organisation) -> str:
    """Return the page of the team: one's own, or that of a merchant of the business."""
    if organisation.pk == request.organisation.pk:
        return reverse("team_list")
    return reverse("merchant_team", args=[organisation.pk])


def _role_lines(organisation: Organisation) -> tuple[str, ...]:
    return ROLE_LINES if organisation.is_business else MERCHANT_ROLE_LINES


def _crumbs(request: DeskRequest, organisation: Organisation, last: str) -> list[tuple[str, str]]:
    page = _team_page(request, organisation)
    if organisation.pk == request.organisation.pk:
        return [("Team", page), (last, "")]
    return [(NETWORK, reverse("network")), (f"Team of {organisation.name}", page), (last, "")]


def _desk(request: HttpRequest) -> DeskRequest:
    return cast("DeskRequest", request)
