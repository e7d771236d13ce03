"""The pages of a group's members: the invitation, taking a place, giving it back (incentives.md 5.4).

Each is opened by the member's own link. A GET shows; only a press of the button changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core import idempotency
from core.clock import now
from core.errors import DomainError, NotFound
from core.http import see_other
from incentives.choices import OfferStatus
from incentives.forms.groups import JoinForm, PressForm
from incentives.models import GroupMember
from incentives.selectors.groups import seats_taken
from incentives.services import claims, groups, memberships, visitors
from incentives.services.claims import Claim
from incentives.views.claim_pages import claim_url, is_own, offer_context
from incentives.views.group_cards import fullness
from incentives.views.token_pages import secret_in, token_page

REASON = "the e-mailed token names the one member of the group that it belongs to"


def invitation_page(
    request: HttpRequest, claim: Claim, form: JoinForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Show somebody invited what is offered and how full the group is, with *Join* and *Decline*."""
    assert claim.member is not None
    offer = claim.offer
    full = fullness(offer)
    context = {
        **offer_context(offer),
        **full,
        "form": form or JoinForm(name=claim.member.name),
        "member": claim.member,
        "is_open": offer.is_joinable and not full["is_full"],
        "is_own": is_own(request, offer),
        "secret": secret_in(request),
    }
    return render(request, "incentives/groups/invitation.html", context, status=status)


def _open(request: HttpRequest, at: datetime) -> tuple[Claim, GroupMember]:
    """Return the claim and the member that it names; a link of a Single offer has no such page."""
    claim = claims.open_claim(secret=secret_in(request), at=at)
    if claim.member is None:
        raise NotFound("This offer is for one person, so there is no group.")
    return claim, claim.member


@token_page(REASON)
@require_POST
def group_join(request: HttpRequest) -> HttpResponse:
    """Seat somebody who was invited by e-mail."""
    at = now()
    claim, member = _open(request, at)
    if not claim.is_invitation:
        return see_other(claim_url(secret_in(request)))
    visitors.refuse_own_users(subject=claim.offer, user=request.user)
    form = JoinForm(request.POST, name=member.name)
    if not form.is_valid():
        return invitation_page(request, claim, form, status=422)

    def effect() -> str:
        groups.accept_invitation(member=member, name=form.cleaned_data["name"], at=at)
        return "joined"

    try:
        _once(claim, form, effect, at)
    except DomainError as refusal:
        form.refuse(refusal)
        fresh = claims.open_claim(secret=secret_in(request), at=at)
        return invitation_page(request, fresh, form, status=refusal.status)
    return see_other(claim_url(secret_in(request)))


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def group_turn_down(request: HttpRequest) -> HttpResponse:
    """Ask before an invitation is declined, then note it; the others go on."""
    at = now()
    claim, member = _open(request, at)
    if not claim.is_invitation:
        raise NotFound("This invitation was answered already.")
    question = {
        "heading": "Decline the invitation?",
        "text": "You give up the place that is kept for you. The others can go on without you.",
        "submit": "Yes, decline the invitation",
        "keep": "No, keep the invitation",
        "action": reverse("group_turn_down"),
    }
    return _decide(
        request, claim, question, lambda: memberships.decline(member=member, at=at), at=at
    )


@token_page(REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def group_leave(request: HttpRequest) -> HttpResponse:
    """Ask before somebody leaves, saying what follows, then give their place back."""
    at = now()
    claim, member = _open(request, at)
    if not memberships.may_leave(claim.offer, member):
        raise NotFound("You can leave the group until you have claimed your incentive.")
    question = {
        "heading": "Leave the group?",
        "text": _leaving(claim),
        "submit": "Yes, leave the group",
        "keep": "No, stay in the group",
        "action": reverse("group_leave"),
    }
    return _decide(request, claim, question, lambda: memberships.leave(member=member, at=at), at=at)


def _leaving(claim: Claim) -> str:
    """Say what follows from leaving now."""
    offer = claim.offer
    if offer.status == OfferStatus.APPROVED_CONFIRMED:
        return (
            "You give up your incentive for good: the provider records that it was not delivered."
        )
    if seats_taken(offer=offer) > 1:
        after = "Somebody else gets your place."
        return f"{after} The longest-standing member leads the group." if claim.answers else after
    if offer.status == OfferStatus.OFFERED:
        return "You are the only member. Others can still join and lead the group."
    return "You are the only member. By leaving you decline the offer for the group."


def _decide(
    request: HttpRequest,
    claim: Claim,
    question: dict[str, str],
    act: Callable[[], None],
    *,
    at: datetime,
) -> HttpResponse:
    """Ask on GET; on POST carry the act out once and lead back, where the link says what it did."""
    visitors.refuse_own_users(subject=claim.offer, user=request.user)
    form: Any = PressForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {
            **offer_context(claim.offer),
            "question": question,
            "form": form,
            "secret": secret_in(request),
        }
        status = 422 if form.errors else 200
        return render(request, "incentives/groups/question.html", context, status=status)

    def effect() -> str:
        act()
        return "done"

    _once(claim, form, effect, at)
    return see_other(claim_url(secret_in(request)))


def _once(claim: Claim, form: PressForm, effect: Callable[[], str], at: datetime) -> None:
    """Act once for each nonce; a second press meets the first result (incentives.md 4.4)."""
    idempotency.run_once(
        scope=f"group:{claim.token.pk}", key=form.cleaned_data["nonce"], at=at, effect=effect
    )
