"""Addresses of campaigns and of issued vouchers."""

from __future__ import annotations

from django.urls import path

from vouchers.views import (
    builder,
    campaign_acts,
    campaign_overview,
    campaigns,
    issuances,
    people,
    runs,
)

ONE = "vouchers/campaigns/<int:pk>"
ISSUED = "vouchers/issuances/<uuid:public_id>"

urlpatterns = [
    path("vouchers/campaigns", campaigns.CampaignList.as_view(), name="voucher_campaigns"),
    path("vouchers/campaigns/new", builder.campaign_new, name="voucher_campaign_new"),
    path(ONE, campaign_overview.campaign_page, name="voucher_campaign"),
    path(f"{ONE}/edit/<str:step>", builder.campaign_step, name="voucher_campaign_step"),
    path(
        f"{ONE}/edit/<str:step>/words",
        builder.campaign_words_of_step,
        name="voucher_campaign_words",
    ),
    path(f"{ONE}/lists", campaigns.campaign_lists, name="voucher_campaign_lists"),
    path(
        f"{ONE}/recipients", campaigns.RecipientList.as_view(), name="voucher_campaign_recipients"
    ),
    path(f"{ONE}/waiting", campaigns.WaitList.as_view(), name="voucher_campaign_waiting"),
    path(
        f"{ONE}/waiting/<int:entry_pk>/serve", campaign_acts.wait_serve, name="voucher_wait_serve"
    ),
    path(
        f"{ONE}/waiting/<int:entry_pk>/remove",
        campaign_acts.wait_remove,
        name="voucher_wait_remove",
    ),
    path(f"{ONE}/decisions", campaigns.DecisionList.as_view(), name="voucher_campaign_decisions"),
    path(f"{ONE}/runs", runs.campaign_runs, name="voucher_campaign_runs"),
    path(f"{ONE}/runs/new", runs.campaign_run, name="voucher_campaign_run"),
    path(f"{ONE}/settings", campaigns.campaign_settings, name="voucher_campaign_settings"),
    path(f"{ONE}/message", campaigns.campaign_message, name="voucher_campaign_message"),
    path(f"{ONE}/activity", campaigns.campaign_activity, name="voucher_campaign_activity"),
    path(f"{ONE}/give", issuances.campaign_give, name="voucher_campaign_give"),
    path(f"{ONE}/<str:act>", campaign_acts.campaign_act, name="voucher_campaign_act"),
    path("vouchers/people/new", people.people_new, name="voucher_people_new"),
    path("vouchers/issuances", issuances.IssuanceList.as_view(), name="voucher_issuances"),
    path(ISSUED, issuances.issuance_page, name="voucher_issuance"),
    path(f"{ISSUED}/resend", issuances.issuance_resend, name="voucher_issuance_resend"),
    path(f"{ISSUED}/revoke", issuances.issuance_revoke, name="voucher_issuance_revoke"),
]
