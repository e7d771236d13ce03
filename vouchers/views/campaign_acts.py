"""What is done with a campaign from its menu: pause, resume, end, copy …, and its wait list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import NotFound, StaleStatus
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from vouchers import campaign_acts
from vouchers.choices import Outcome
from vouchers.forms.seen import SeenForm
from vouchers.models import Campaign
from vouchers.selectors import campaign_desk, campaign_words
from vouchers.services import campaign_statuses, campaigns, waiting
from vouchers.views.campaign_frame import TITLE, campaign_of

asked = require_http_methods(["GET", "HEAD", "POST"])
STATUS_ACTS: dict[str, Callable[..., Campaign]] = {
    "pause": campaign_statuses.pause,
    "resume": campaign_statuses.resume,
    "cancel": campaign_statuses.cancel,
    "end": campaign_statuses.end,
    "archive": campaign_statuses.archive,
}
SAID = {
    "pause": "is paused. Nothing is given out until you resume it.",
    "resume": "goes on.",
    "cancel": "is a draft again.",
    "end": "has ended.",
    "archive": "is archived.",
}
MENDING = {
    "pause": "Pause it",
    "resume": "Resume it",
    "cancel": "Make it a draft again",
    "end": "End it",
    "archive": "Archive it",
    "copy": "Make the copy",
    "delete": "Delete the draft",
}
COPIED = (
    "The copy is a draft with the same conditions, lists, limits and message.",
    "It has no dates, and nobody was given a code by it.",
)


@access("campaigns.write")
@asked
def campaign_act(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """Ask before an act, saying what it does; then do it, if the campaign still stands as it was seen.

    The form posts the status it was drawn from (R-RACE): if that has changed, the answer is 409 and
    says how the campaign stands now and who changed it.
    """
    if act not in MENDING:
        raise NotFound("There is no such action.")
    campaign = campaign_of(request, pk)
    if request.method == "POST":
        return _acted(request, campaign, act)
    found = campaign_acts.BY_NAME[act]
    _check_allowed(campaign, act)
    return confirm_page(
        request,
        title=f"{found.label} “{campaign.name}”?",
        consequences=found.consequences or COPIED,
        submit_label=MENDING[act],
        cancel_url=_page_of(campaign),
        danger=found.is_danger,
        form=SeenForm(initial={"seen": campaign.status}),
        crumbs=[
            (TITLE, reverse("voucher_campaigns")),
            (campaign.name, _page_of(campaign)),
            (found.label, ""),
        ],
    )


@access("campaigns.write")
@require_POST
def wait_serve(request: DeskRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Give somebody who waits a code now, before those who stand in front."""
    campaign = campaign_of(request, pk)
    entry = campaign_desk.wait_entry(campaign=campaign, pk=entry_pk)
    result = waiting.serve_entry(entry=entry, at=now())
    if result.outcome in (Outcome.ISSUED, Outcome.ALREADY_ISSUED, Outcome.FALLBACK):
        return done(request, _waiting_of(campaign), "They were given a code.")
    context: dict[str, Any] = {
        "heading": "No code was given",
        "message": campaign_words.refusal(result.outcome, result.reason),
        "next_label": "Back to the wait list",
        "next_url": _waiting_of(campaign),
    }
    return render(request, "409.html", context, status=409)


@access("campaigns.write")
@asked
def wait_remove(request: DeskRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Ask, then take somebody off the wait list."""
    campaign = campaign_of(request, pk)
    entry = campaign_desk.wait_entry(campaign=campaign, pk=entry_pk)
    if request.method == "POST":
        waiting.withdraw(entry=entry, reason=f"removed by {request.user.display_name}", at=now())
        return done(request, _waiting_of(campaign), "They do not wait any more.")
    names = campaign_desk.names_of(business=campaign.business, keys=[entry.recipient_key])
    return confirm_page(
        request,
        title=f"Remove {names[entry.recipient_key]} from the wait list?",
        consequences=["They get no code when there is one. Who stands behind moves up."],
        submit_label="Remove",
        cancel_url=_waiting_of(campaign),
        danger=True,
        crumbs=[
            (TITLE, reverse("voucher_campaigns")),
            (campaign.name, _page_of(campaign)),
            ("Wait list", _waiting_of(campaign)),
            ("Remove", ""),
        ],
    )


def _acted(request: DeskRequest, campaign: Campaign, act: str) -> HttpResponse:
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else ""
    if seen and seen != campaign.status:
        raise StaleStatus(_stands_now(campaign))
    _check_allowed(campaign, act)
    at = now()
    if act == "copy":
        made = campaigns.copy(campaign=campaign, actor=request.user, at=at)
        url = reverse("voucher_campaign_step", args=[made.pk, "start"])
        return done(request, url, "Copied. The copy is a draft; check it, then publish it.")
    if act == "delete":
        campaigns.delete(campaign=campaign)
        return done(request, reverse("voucher_campaigns"), f"“{campaign.name}” was deleted.")
    try:
        STATUS_ACTS[act](campaign=campaign, actor=request.user, at=at)
    except StaleStatus as error:
        raise StaleStatus(_stands_now(campaign_of(request, campaign.pk))) from error
    return done(request, _page_of(campaign), f"“{campaign.name}” {SAID[act]}")


def _check_allowed(campaign: Campaign, act: str) -> None:
    """Raise `StaleStatus` unless the act belongs to the campaign's status."""
    acts = campaign_acts.acts_of(campaign.status, campaign.status_set_by)
    if act not in {one.name for one in acts}:
        raise StaleStatus(_stands_now(campaign))


def _stands_now(campaign: Campaign) -> str:
    """Say how the campaign stands and who made it so."""
    change = campaign_desk.last_change_of(campaign=campaign)
    who = f" (by {change.actor_name})" if change is not None and change.actor_name else ""
    return (
        f"“{campaign.name}” is now {campaign.state.label}{who}, so this was not done."
        " Look at it, then choose again."
    )


def _page_of(campaign: Campaign) -> str:
    return reverse("voucher_campaign", args=[campaign.pk])


def _waiting_of(campaign: Campaign) -> str:
    return reverse("voucher_campaign_waiting", args=[campaign.pk])
