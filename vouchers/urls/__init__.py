"""The addresses of partner vouchers: flat names, one module for each subject."""

from __future__ import annotations

from vouchers.urls import (
    alerts,
    campaigns,
    claim_links,
    lists,
    portal,
    recipients,
    redemptions,
    reports,
    uploads,
    webhooks,
)

urlpatterns = [
    *lists.urlpatterns,
    *alerts.urlpatterns,
    # Before the campaigns: one of theirs takes any word after a campaign.
    *claim_links.urlpatterns,
    *campaigns.urlpatterns,
    *recipients.urlpatterns,
    *uploads.urlpatterns,
    *redemptions.urlpatterns,
    *reports.urlpatterns,
    *webhooks.urlpatterns,
    *portal.urlpatterns,
]
