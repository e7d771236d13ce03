"""Vouchers › Campaigns: the list, and one campaign with its tabs (vouchers.md 8, pages 10 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import navigation
from core.charts import Chart, Series
from core.clock import now
from core.views import Empty, PageAction, TableView
from directory.history import history_of
from directory.permissions import access, may
from directory.sessions import DeskRequest
from vouchers.campaign_acts import acts_of
from vouchers.choices import CampaignStatus
from vouchers.filters.campaigns import CampaignFilter, DecisionFilter, IssuanceFilter, WaitFilter
from vouchers.models import Attempt, Campaign, Issuance, WaitEntry
from vouchers.selectors import campaign_desk as selectors
from vouchers.selectors import campaign_words
from vouchers.selectors.burn import rates_of, runs_out_at
from vouchers.selectors.issuances import issuances_of
from vouchers.selectors.numbers import numbers_of
from vouchers.tables.campaigns import CampaignTable, DecisionTable, WaitTable, act_url
from vouchers.tables.issuances import IssuanceTable
from vouchers.views.desk import business_of

TITLE = "Campaigns"
TABS = (
    ("voucher_campaign", "Overview"),
    ("voucher_campaign_lists", "Lists"),
    ("voucher_campaign_recipients", "Recipients"),
    ("voucher_campaign_waiting", "Wait list"),
    ("voucher_campaign_decisions", "Decisions"),
    ("voucher_campaign_message", "Message"),
    ("voucher_campaign_activity", "Activity"),
)


class CampaignList(TableView):
    """The campaigns of the business."""

    access = "vouchers.read"
    title = TITLE
    subtitle = "Who is given a code, from which lists, how many and when."
    table_class = CampaignTable
    filter_class = CampaignFilter
    actions = (
        PageAction("New campaign", "voucher_campaign_new", "campaigns.write", "plus", primary=True),
    )
    empty = Empty(
        icon="speakerphone",
        title="No campaigns yet",
        text="A campaign says who is given a code and from which lists: everybody in a segment"
        " today, or whoever buys, joins or refers from now on. It is a draft until you publish it,"
        " and previews never use a code.",
        action_label="New campaign",
        action_url_name="voucher_campaign_new",
        permission="campaigns.write",
    )
    no_match = "No campaigns match your search"
    noun = ("campaign", "campaigns")
    export_name = "voucher-campaigns"
    tour = "vouchers.campaigns"
    template_name = "vouchers/campaigns/page_list.html"

    def get_queryset(self) -> QuerySet[Campaign]:
        business = business_of(cast("DeskRequest", self.request))
        rows = selectors.campaigns_listed(business=business)
        if self.request.GET.get("status") == CampaignStatus.ARCHIVED:
            return rows
        return rows.exclude(status=CampaignStatus.ARCHIVED)


@access("vouchers.read")
@require_safe
def campaign_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a campaign: its figures, its rules in words, and what happens next."""
    campaign, at = campaign_of(request, pk), now()
    figures = selectors.figures_of(campaign=campaign, at=at)
    context = {
        **frame(request, campaign, "voucher_campaign"),
        "figures": figures,
        "chart": _chart(figures),
        "lines": campaign_words.lines_of(campaign=campaign, at=at),
        "next_steps": next_steps(campaign, figures),
    }
    return render(request, "vouchers/campaigns/overview.html", context)


@access("vouchers.read")
@require_safe
def campaign_lists(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the lists that the campaign takes codes from, in their order, with what they hold."""
    campaign, at = campaign_of(request, pk), now()
    mappings = selectors.mappings_of(campaign=campaign)
    lists = [one.voucher_list for one in mappings]
    keys = [one.pk for one in lists]
    numbers = numbers_of(lists, at=at)
    taken = selectors.taken_from(campaign=campaign, list_ids=keys)
    rates = rates_of(list_ids=keys, at=at)
    rows = [
        {
            "mapping": one,
            "list": one.voucher_list,
            "numbers": numbers[one.voucher_list_id],
            "taken": taken[one.voucher_list_id],
            "runs_out": runs_out_at(
                available=numbers[one.voucher_list_id].distributable,
                rate=rates[one.voucher_list_id],
                at=at,
            ),
            "url": navigation.address("voucher_list", one.voucher_list.list_id),
        }
        for one in mappings
    ]
    context = {**frame(request, campaign, "voucher_campaign_lists"), "rows": rows}
    return render(request, "vouchers/campaigns/lists.html", context)


@access("vouchers.read")
@require_safe
def campaign_message(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the campaign's mail as recipients read it, with a sample code."""
    campaign = campaign_of(request, pk)
    context = {
        **frame(request, campaign, "voucher_campaign_message"),
        "preview": campaign_words.preview_of(campaign),
        "may_edit_message": may(request, "campaigns.write") and campaign.code_in_mail != "none",
    }
    return render(request, "vouchers/campaigns/message.html", context)


@access("vouchers.read")
@require_safe
def campaign_activity(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what was done with the campaign, when and by whom."""
    campaign = campaign_of(request, pk)
    items = [
        {
            "who": change.actor_name or "The clock",
            "what": f"{CampaignStatus(change.from_status).label} → {_label(change.to_status)}"
            if change.from_status
            else f"Created as {_label(change.to_status)}",
            "at": change.at,
            "icon": "route",
        }
        for change in selectors.changes_of(campaign=campaign)
    ]
    context = {
        **frame(request, campaign, "voucher_campaign_activity"),
        "items": items,
        "history": history_of(campaign),
    }
    return render(request, "vouchers/campaigns/activity.html", context)


class CampaignTab(TableView):
    """A tab of one campaign that is a list."""

    access = "vouchers.read"
    tab = ""
    template_name = "vouchers/campaigns/list.html"

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign of the address, of the business that asks."""
        return campaign_of(cast("DeskRequest", self.request), self.kwargs["pk"])

    @property
    def subtitle(self) -> str:  # type: ignore[override]
        return self.campaign.name

    def extra_context(self) -> Mapping[str, Any]:
        return frame(cast("DeskRequest", self.request), self.campaign, self.tab)


class RecipientList(CampaignTab):
    """Who was given a code by the campaign."""

    tab = "voucher_campaign_recipients"
    title = "Recipients"
    table_class = IssuanceTable
    filter_class = IssuanceFilter
    empty = Empty(
        icon="users",
        title="Nobody was given a code yet",
        text="Everybody who is given one appears here, with the delivery of the mail.",
    )
    no_match = "Nobody matches your search"
    noun = ("recipient", "recipients")
    export_name = "campaign-recipients"

    def get_queryset(self) -> QuerySet[Issuance]:
        return issuances_of(business=self.campaign.business).filter(campaign=self.campaign)


class WaitList(CampaignTab):
    """Who waits for a code, in the order of serving."""

    tab = "voucher_campaign_waiting"
    title = "Wait list"
    table_class = WaitTable
    filter_class = WaitFilter
    empty = Empty(
        icon="hourglass",
        title="Nobody waits",
        text="Who qualifies while no code is left waits here. After a top-up they are served in this"
        " order, before anybody new; their conditions are checked again.",
    )
    no_match = "Nobody on the wait list matches your search"
    noun = ("person", "people")
    export_name = "campaign-wait-list"

    def get_queryset(self) -> QuerySet[WaitEntry]:
        place = Window(RowNumber(), order_by=[F("qualified_at").asc(), F("pk").asc()])
        return selectors.waiting_of(campaign=self.campaign).order_by().annotate(position=place)


class DecisionList(CampaignTab):
    """Who was considered, and why they were given a code or not."""

    tab = "voucher_campaign_decisions"
    title = "Decisions"
    table_class = DecisionTable
    filter_class = DecisionFilter
    empty = Empty(
        icon="message-question",
        title="Nobody was considered yet",
        text="Each time somebody is considered, the outcome and the reason are written down here:"
        " search for a person to see why they got no code. Kept for 180 days.",
    )
    no_match = "Nobody by that name was considered"
    noun = ("decision", "decisions")
    export_name = "campaign-decisions"

    def get_queryset(self) -> QuerySet[Attempt]:
        rows = selectors.decisions_of(campaign=self.campaign).order_by()
        return rows.select_related("issuance")


def campaign_of(request: DeskRequest, pk: int) -> Campaign:
    """Return a campaign of the business that asks; raises `NotFound`."""
    return selectors.campaign(business=business_of(request), pk=pk)


def frame(request: DeskRequest, campaign: Campaign, tab: str) -> dict[str, Any]:
    """Return what every tab of a campaign shows: heading, tabs, and what may be done now."""
    acts = acts_of(campaign.status, campaign.status_set_by)
    label = dict(TABS).get(tab, "")
    crumbs = [(TITLE, reverse("voucher_campaigns"))]
    if tab == "voucher_campaign":
        crumbs.append((campaign.name, ""))
    else:
        crumbs += [(campaign.name, reverse("voucher_campaign", args=[campaign.pk])), (label, "")]
    return {
        "campaign": campaign,
        "tabs": [
            {"label": name, "url": reverse(url, args=[campaign.pk]), "current": url == tab}
            for url, name in TABS
        ],
        "acts": [
            {"act": act, "url": act_url(campaign, act.name)}
            for act in acts
            if may(request, "campaigns.write")
        ],
        "may_give": campaign.status == CampaignStatus.RUNNING and may(request, "vouchers.issue"),
        "crumbs": crumbs,
        "breadcrumbs": crumbs,
        "tour": "vouchers.campaign",
    }


def next_steps(campaign: Campaign, figures: selectors.Figures) -> list[str]:
    """Say what happens next with the campaign, and what somebody must do for it."""
    found = [STEPS[CampaignStatus(campaign.status)]]
    if figures.waiting and campaign.status in selectors.live_statuses():
        people = "1 person waits" if figures.waiting == 1 else f"{figures.waiting:,} people wait"
        found.append(f"{people} for a code. Upload codes to one of its lists, and they are served.")
    if figures.undelivered:
        mails = "1 mail" if figures.undelivered == 1 else f"{figures.undelivered:,} mails"
        found.append(f"{mails} did not arrive. Correct the address and send the same code again.")
    return found


STEPS = {
    CampaignStatus.DRAFT: "Finish its five steps and publish it. Until then nothing is given out.",
    CampaignStatus.SCHEDULED: "It starts by itself at its start.",
    CampaignStatus.RUNNING: "Whoever qualifies is given a code.",
    CampaignStatus.PAUSED: "Nothing is given out. Resume it, or end it.",
    CampaignStatus.EXHAUSTED: "Nothing is left to give: upload codes, or raise the cap.",
    CampaignStatus.ENDED: "It is over. Copy it to do the same again.",
    CampaignStatus.ARCHIVED: "It is kept for the record.",
}


def _label(status: str) -> str:
    return CampaignStatus(status).label


def _chart(figures: selectors.Figures) -> Chart:
    return Chart(
        id="campaign-by-day",
        title=f"Codes given in the last {selectors.CHART_DAYS} days",
        label="Day",
        labels=[f"{day.day} {day:%b}" for day in figures.days],
        series=[Series("Codes", figures.counts)],
    )
