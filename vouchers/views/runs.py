"""The audience runs of a campaign: what became of whom, and a further run (vouchers.md 5.2)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.http import is_fragment
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from vouchers.choices import CampaignStatus, Qualification
from vouchers.models import Campaign
from vouchers.selectors import coverage
from vouchers.selectors import runs as selectors
from vouchers.services import runs
from vouchers.views.campaign_frame import TITLE, campaign_of, frame


@access("vouchers.read")
@require_safe
def campaign_runs(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the runs of the campaign, the newest first; a run under way asks for its progress again."""
    campaign = campaign_of(request, pk)
    found = selectors.runs_of(campaign=campaign)
    context = {
        "campaign": campaign,
        "runs": found,
        "is_under_way": any(one.is_under_way for one in found),
        "is_running": campaign.status == CampaignStatus.RUNNING,
        "may_run": _may_run(request, campaign),
    }
    if is_fragment(request):
        return render(request, "vouchers/campaigns/_runs.html", context)
    frame_of = frame(request, campaign, "voucher_campaign_runs")
    return render(request, "vouchers/campaigns/runs.html", {**frame_of, **context})


@access("campaigns.write")
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_run(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then take down who qualifies now and was served by no run before."""
    campaign, at = campaign_of(request, pk), now()
    back = reverse("voucher_campaign_runs", args=[campaign.pk])
    if request.method == "POST":
        run = runs.start_again(campaign=campaign, at=at)
        people = "1 person is" if run.size == 1 else f"{run.size:,} people are"
        return done(request, back, f"{people} taken down and served one after the other.")
    found = coverage.coverage_of(campaign=campaign, at=at)
    return confirm_page(
        request,
        title="Take people down once more?",
        message=f"“{campaign.name}” has served its audience as it was at the start.",
        consequences=[
            f"{found.audience or 0:,} contacts qualify now. Whom a run has served is left out.",
            f"The lists can give {found.distributable:,} codes now.",
        ],
        submit_label="Take them down and serve them",
        cancel_url=back,
        crumbs=[
            (TITLE, reverse("voucher_campaigns")),
            (campaign.name, reverse("voucher_campaign", args=[campaign.pk])),
            ("Runs", back),
            ("Once more", ""),
        ],
    )


def _may_run(request: DeskRequest, campaign: Campaign) -> bool:
    return (
        campaign.qualification == Qualification.AUDIENCE
        and campaign.status == CampaignStatus.RUNNING
        and may(request, "campaigns.write")
    )
