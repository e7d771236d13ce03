"""Who is in a scheme, and the codes that let contacts in (rewards.md 2.3)."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.models import Contact
from directory.permissions import access, may
from directory.selectors.people import contact as contact_of
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from rewards.filters.offers import CodeFilter, MemberFilter
from rewards.forms.schemes import CodesForm, MemberForm
from rewards.models import RewardScheme, SignUpCode
from rewards.selectors import schemes as selectors
from rewards.services import memberships, schemes
from rewards.tables.schemes import CodeTable, MemberTable
from rewards.views.desk import business_of

asked = require_http_methods(["GET", "HEAD", "POST"])


class _OfScheme(TableView):
    """A list below one scheme."""

    below = ""
    template_name = "rewards/offers/list.html"

    @cached_property
    def scheme(self) -> RewardScheme:
        return _scheme(cast("DeskRequest", self.request), self.kwargs["pk"])

    @cached_property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return _crumbs(self.scheme, self.below)


class MemberList(_OfScheme):
    """The contacts that are in a scheme now."""

    access = "schemes.read"
    title = "Members"
    below = "Members"
    table_class = MemberTable
    filter_class = MemberFilter
    empty = Empty(
        icon="users",
        title="Nobody is in this scheme yet",
        text="Every contact joins an automatic scheme when it is first activated. Into the others"
        " contacts come by themselves, by a code or an address, or because you add them.",
    )
    no_match = "No member matches your search"
    noun = ("member", "members")
    export_name = "scheme-members"

    def get_queryset(self) -> QuerySet[Contact]:
        return selectors.members_of(scheme=self.scheme)

    def buttons(self) -> list[PageAction]:
        if not may(self.request, "schemes.write"):
            return []
        args = (self.scheme.pk,)
        return [
            PageAction("Add a member", "reward_member_add", icon="user-plus", primary=True,
                       args=args),
        ]  # fmt: skip


class CodeList(_OfScheme):
    """The sign-up codes of a closed loop."""

    access = "schemes.write"
    title = "Sign-up codes"
    below = "Sign-up codes"
    subtitle = "Each lets one contact in, once."
    table_class = CodeTable
    filter_class = CodeFilter
    empty = Empty(
        icon="ticket",
        title="No codes yet",
        text="Import the codes that you give out. A contact who enters one joins the scheme, and the"
        " code is used up.",
    )
    no_match = "No code matches your search"
    noun = ("code", "codes")
    export_name = "sign-up-codes"

    def get_queryset(self) -> QuerySet[SignUpCode]:
        return selectors.codes_of(scheme=self.scheme)

    def buttons(self) -> list[PageAction]:
        args = (self.scheme.pk,)
        return [
            PageAction("Import codes", "reward_codes_import", icon="file-import", primary=True,
                       args=args),
        ]  # fmt: skip


@access("schemes.write")
@asked
def member_add(request: DeskRequest, pk: int) -> HttpResponse:
    """Put a contact into the scheme, whatever its way of joining."""
    scheme = _scheme(request, pk)
    form = MemberForm(request.POST or None, business=business_of(request))
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"]
        try:
            joined = memberships.add(scheme=scheme, contact=contact, actor=request.user, at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            words = "is a member now" if joined.is_new else "was a member already"
            return done(request, reverse("reward_members", args=[pk]), f"{contact} {words}.")
    return form_page(
        request,
        form,
        title=f"Add a member to {scheme.name}",
        intro="Purchases after joining count; a sign-up offer of the scheme awards a first joining.",
        submit_label="Add",
        cancel_url=reverse("reward_members", args=[pk]),
        crumbs=[*_crumbs(scheme, "Members", linked=True), ("Add", "")],
    )


@access("schemes.write")
@asked
def member_leave(request: DeskRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Ask, then take a contact out of the scheme."""
    scheme = _scheme(request, pk)
    contact = contact_of(business=business_of(request), pk=contact_pk)
    if request.method == "POST":
        memberships.leave(scheme=scheme, contact=contact, at=now())
        url = reverse("reward_members", args=[pk])
        return done(request, url, f"{contact} is no member any more.")
    return confirm_page(
        request,
        title=f"Take {contact} out of {scheme.name}?",
        consequences=[
            "Purchases from now on earn nothing by the offers of the scheme.",
            "Awards that were given stay. The contact may join again.",
        ],
        submit_label="Take out",
        cancel_url=reverse("reward_members", args=[pk]),
        danger=True,
        crumbs=[*_crumbs(scheme, "Members", linked=True), (str(contact), "")],
    )


@access("schemes.write")
@asked
def codes_import(request: DeskRequest, pk: int) -> HttpResponse:
    """Add sign-up codes from what was typed or a file."""
    scheme = _scheme(request, pk)
    form = CodesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = schemes.import_codes(scheme=scheme, codes=form.cleaned_data["found"], at=now())
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, reverse("reward_codes", args=[pk]), _imported(found))
    return form_page(
        request,
        form,
        title=f"Import codes of {scheme.name}",
        submit_label="Import",
        cancel_url=reverse("reward_codes", args=[pk]),
        crumbs=[*_crumbs(scheme, "Sign-up codes", linked=True), ("Import", "")],
    )


def _imported(found: schemes.ImportedCodes) -> str:
    words = f"{found.new:,} new code{'' if found.new == 1 else 's'}, {found.known:,} known already"
    if not found.bad:
        return f"{words}."
    first = ", ".join(found.bad[:5])
    return f"{words}, {len(found.bad):,} that are none: {first}."


def _scheme(request: DeskRequest, pk: int) -> RewardScheme:
    return selectors.scheme(business=business_of(request), pk=pk)


def _crumbs(scheme: RewardScheme, last: str, *, linked: bool = False) -> list[tuple[str, str]]:
    name = "reward_members" if last == "Members" else "reward_codes"
    return [
        ("Reward Schemes", reverse("reward_schemes")),
        (scheme.name, reverse("reward_scheme", args=[scheme.pk])),
        (last, reverse(name, args=[scheme.pk]) if linked else ""),
    ]
