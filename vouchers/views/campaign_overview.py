"""The overview of a campaign: figures, rules in words, what happens next (vouchers.md 8, page 12)."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.charts import Chart, Series
from core.clock import now
from directory.permissions import access
from directory.sessions import DeskRequest
from vouchers.choices import CampaignStatus, OnExhaustion, Qualification
from vouchers.models import Campaign
from vouchers.selectors import absences, campaign_words, coverage
from vouchers.selectors import campaign_desk as selectors
from vouchers.selectors.burn import runs_out_at
from vouchers.selectors.by_day import DAYS
from vouchers.views.campaign_frame import campaign_of, frame


class Next(NamedTuple):
    """What happens next, and where something is done for it."""

    text: str
    url: str = ""
    label: str = ""


@access("vouchers.read")
@require_safe
def campaign_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a campaign: its figures, its rules in words, and what happens next."""
    campaign, at = campaign_of(request, pk), now()
    figures = selectors.figures_of(campaign=campaign, at=at)
    left = coverage.distributable(campaign=campaign, at=at)
    if campaign.max_total is not None:
        left = min(left, max(campaign.max_total - figures.issued, 0))
    context = {
        **frame(request, campaign, "voucher_campaign"),
        "figures": figures,
        "left": left,
        "runs_out_at": runs_out_at(available=left, rate=figures.rate, at=at),
        "chart": _chart(figures),
        "lines": campaign_words.lines_of(campaign=campaign, at=at),
        "next_steps": next_steps(campaign, figures, left),
    }
    return render(request, "vouchers/campaigns/overview.html", context)


def next_steps(campaign: Campaign, figures: selectors.Figures, left: int) -> list[Next]:
    """Say what happens next with the campaign, and what somebody must do for it."""
    found = [Next(_goes_on(campaign, left))]
    if outlook := absences.outlook(campaign):
        found.append(Next(outlook))
    lists = reverse("voucher_campaign_lists", args=[campaign.pk])
    if figures.waiting and campaign.status in selectors.live_statuses():
        people = "1 person waits" if figures.waiting == 1 else f"{figures.waiting:,} people wait"
        words = f"{people} for a code. Upload codes to one of its lists, and they are served."
        found.append(Next(words, lists, "See its lists"))
    elif not left and campaign.status == CampaignStatus.RUNNING:
        found.append(Next("Upload codes to one of its lists.", lists, "See its lists"))
    if figures.undelivered:
        mails = "1 mail" if figures.undelivered == 1 else f"{figures.undelivered:,} mails"
        url = f"{reverse('voucher_campaign_recipients', args=[campaign.pk])}?attention=yes"
        words = f"{mails} did not arrive. Correct the address and send the same code again."
        found.append(Next(words, url, "See them"))
    return found


def _goes_on(campaign: Campaign, left: int) -> str:
    status = CampaignStatus(campaign.status)
    if status != CampaignStatus.RUNNING:
        return STEPS[status]
    if not left:
        return OUT_OF_CODES[OnExhaustion(campaign.on_exhaustion)]
    if campaign.qualification == Qualification.AUDIENCE:
        return "Those who qualified at its start are given a code, one after the other."
    return "Whoever qualifies is given a code."


STEPS = {
    CampaignStatus.DRAFT: "Finish its five steps and publish it. Until then nothing is given out.",
    CampaignStatus.SCHEDULED: "It starts by itself at its start.",
    CampaignStatus.PAUSED: "Nothing is given out. Resume it, or end it.",
    CampaignStatus.EXHAUSTED: "Nothing is left to give: upload codes, or raise the cap.",
    CampaignStatus.ENDED: "It is over. Copy it to do the same again.",
    CampaignStatus.ARCHIVED: "It is kept for the record.",
}
OUT_OF_CODES = {
    OnExhaustion.WAITLIST: "No code is left. Whoever qualifies is put on the wait list.",
    OnExhaustion.FALLBACK_CODE: "No code is left. Whoever qualifies is given the code for everybody.",
    OnExhaustion.STOP: "No code is left. The next who qualifies stops the campaign.",
}


def _chart(figures: selectors.Figures) -> Chart:
    return Chart(
        id="campaign-by-day",
        title=f"Codes given on each of the last {DAYS} days",
        label="Day",
        labels=[f"{day.day} {day:%b}" for day in figures.days],
        series=[Series("Codes", figures.counts)],
    )
