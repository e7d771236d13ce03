"""Addresses for inviting people to claim, and for trying a campaign's mail."""

from __future__ import annotations

from django.urls import path

from vouchers.views import claim_links, sample_mails

ONE = "vouchers/campaigns/<int:pk>"

urlpatterns = [
    path(f"{ONE}/claim-links", claim_links.voucher_claim_links, name="voucher_claim_links"),
    path(f"{ONE}/send-test", sample_mails.voucher_send_test, name="voucher_send_test"),
]
