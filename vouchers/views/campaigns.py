"""Vouchers › Campaigns: the list, and one campaign with its tabs (vouchers.md 8, pages 10 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import navigation
from core.clock import now
from core.views import Empty, PageAction, TableView
from directory.history import history_of
from directory.permissions import access, may
from directory.sessions import DeskRequest
from vouchers.campaign_acts import EDITABLE, STARTED
from vouchers.choices import CampaignStatus
from vouchers.filters.campaigns import CampaignFilter, DecisionFilter, IssuanceFilter, WaitFilter
from vouchers.models import Attempt, Campaign, Issuance, WaitEntry
from vouchers.selectors import audit, campaign_words, eligibility
from vouchers.selectors import campaign_desk as selectors
from vouchers.selectors.burn import rates_of, runs_out_at
from vouchers.selectors.issuances import issuances_of
from vouchers.selectors.numbers import numbers_of
from vouchers.tables.campaigns import CampaignTable, DecisionTable, WaitTable
from vouchers.tables.issuances import RecipientTable
from vouchers.views.campaign_frame import TITLE, campaign_of, frame
from vouchers.views.desk import business_of


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
    may_edit = campaign.status in EDITABLE and may(request, "campaigns.write")
    context = {
        **frame(request, campaign, "voucher_campaign_lists"), "rows": rows, "may_edit": may_edit,
    }  # fmt: skip
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
        "may_change": campaign.status in EDITABLE and may(request, "campaigns.write"),
    }
    return render(request, "vouchers/campaigns/message.html", context)


@access("vouchers.read")
@require_safe
def campaign_settings(request: DeskRequest, pk: int) -> HttpResponse:
    """Show everything that was set, in the order of the builder, with the way to change it."""
    campaign, at = campaign_of(request, pk), now()
    may_write = may(request, "campaigns.write")
    context = {
        **frame(request, campaign, "voucher_campaign_settings"),
        **answers(campaign, at),
        "may_change": may_write and campaign.status in EDITABLE,
        "is_started": may_write and campaign.status in STARTED,
    }
    return render(request, "vouchers/campaigns/settings.html", context)


def answers(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """Return what was set in the five steps, for the settings and for the builder's review."""
    asked = eligibility.describe(campaign=campaign, at=at)
    sources = campaign_words.takes_from(campaign=campaign)
    return {
        "asked": asked,
        "sources": sources,
        "lines": campaign_words.describe(campaign=campaign, asked=asked, sources=sources),
        "preview": campaign_words.preview_of(campaign),
    }


@access("vouchers.read")
@require_safe
def campaign_activity(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what was done with the campaign, when and by whom."""
    campaign = campaign_of(request, pk)
    items: list[dict[str, Any]] = [
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
    items = sorted(
        [*items, *audit.of_campaign(campaign)], key=lambda item: item["at"], reverse=True
    )
    context = {
        **frame(request, campaign, "voucher_campaign_activity"),
        "items": items,
        "history": history_of(campaign, shows_values=True),
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
    table_class = RecipientTable
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


def _label(status: str) -> str:
    return CampaignStatus(status).label
