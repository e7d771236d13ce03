"""What stands around every page of a campaign: heading, tabs, and what may be done now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from directory.permissions import may
from directory.sessions import DeskRequest
from vouchers.campaign_acts import COPY, EDIT, PUBLISH, RESUME, acts_of
from vouchers.choices import CampaignStatus, Qualification
from vouchers.models import Campaign
from vouchers.selectors import campaign_desk as selectors
from vouchers.tables.campaigns import act_url
from vouchers.views.desk import business_of

TITLE = "Campaigns"
TABS = (
    ("voucher_campaign", "Overview"),
    ("voucher_campaign_lists", "Lists"),
    ("voucher_campaign_recipients", "Recipients"),
    ("voucher_campaign_waiting", "Wait list"),
    ("voucher_campaign_decisions", "Decisions"),
    ("voucher_campaign_runs", "Runs"),
    ("voucher_campaign_message", "Message"),
    ("voucher_campaign_settings", "Settings"),
    ("voucher_campaign_activity", "Activity"),
)
# What stands in the heading itself; the rest is in the menu beside it.
BUTTONS = (EDIT, PUBLISH, RESUME, COPY)


def campaign_of(request: DeskRequest, pk: int) -> Campaign:
    """Return a campaign of the business that asks; raises `NotFound`."""
    return selectors.campaign(business=business_of(request), pk=pk)


def frame(request: DeskRequest, campaign: Campaign, tab: str) -> dict[str, Any]:
    """Return what every tab of a campaign shows: heading, tabs, and what may be done now."""
    label = dict(TABS).get(tab, "")
    crumbs = [(TITLE, reverse("voucher_campaigns"))]
    if tab == "voucher_campaign":
        crumbs.append((campaign.name, ""))
    else:
        crumbs += [(campaign.name, reverse("voucher_campaign", args=[campaign.pk])), (label, "")]
    return {
        "campaign": campaign,
        "tabs": _tabs(campaign, tab),
        **_acts(request, campaign),
        "may_give": campaign.status == CampaignStatus.RUNNING and may(request, "vouchers.issue"),
        "crumbs": crumbs,
        "breadcrumbs": crumbs,
        "tour": "vouchers.campaign",
    }


def _tabs(campaign: Campaign, tab: str) -> list[dict[str, Any]]:
    """Return the tabs, with the number of people who wait; runs are for audiences alone."""
    counts = {"voucher_campaign_waiting": selectors.waiting_of(campaign=campaign).count()}
    is_live = campaign.qualification == Qualification.LIVE
    return [
        {
            "label": name,
            "url": reverse(url, args=[campaign.pk]),
            "current": url == tab,
            "count": counts.get(url, 0),
        }
        for url, name in TABS
        if url == tab or not (is_live and url == "voucher_campaign_runs")
    ]


def _acts(request: DeskRequest, campaign: Campaign) -> dict[str, list[dict[str, Any]]]:
    """Return what the status allows this member: the buttons of the heading, and its menu."""
    if not may(request, "campaigns.write"):
        return {"acts": [], "more_acts": []}
    known = [
        {"act": act, "url": act_url(campaign, act.name), "is_primary": act in (PUBLISH, RESUME)}
        for act in acts_of(campaign.status, campaign.status_set_by)
    ]
    return {
        "acts": [one for one in known if one["act"] in BUTTONS],
        "more_acts": [one for one in known if one["act"] not in BUTTONS],
    }
