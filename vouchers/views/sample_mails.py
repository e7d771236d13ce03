"""Sending a campaign's mail to be looked at (vouchers.md 8, page 11)."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core import ratelimit
from core.clock import now
from core.errors import DomainError
from core.http import see_other
from directory.permissions import access
from directory.sessions import DeskRequest
from vouchers.choices import CampaignStatus
from vouchers.forms.sample_mails import SampleMailForm
from vouchers.models import Campaign
from vouchers.services import sample_mails
from vouchers.views.desk import business_of

SENDS_PER_HOUR = 20


@access("campaigns.write")
def voucher_send_test(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask for addresses and send them the mail with made-up values; no code is used."""
    campaigns = Campaign.objects.select_related("business__provider_profile")
    campaign = get_object_or_404(campaigns, business=business_of(request), pk=pk)
    is_draft = campaign.status == CampaignStatus.DRAFT
    back = (
        reverse("voucher_campaign_step", args=[pk, "message"])
        if is_draft
        else reverse("voucher_campaign_message", args=[pk])
    )
    form = SampleMailForm(request.POST or None, initial={"addresses": request.user.email})
    if request.method == "POST" and form.is_valid():
        at = now()
        try:
            bucket = f"voucher-test:{request.user.pk}"
            ratelimit.hit(bucket=bucket, limit=SENDS_PER_HOUR, per=timedelta(hours=1), at=at)
            count = sample_mails.send(
                campaign=campaign,
                addresses=form.cleaned_data["addresses"],
                key=form.cleaned_data["nonce"],
                at=at,
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            mails = "1 test mail is" if count == 1 else f"{count} test mails are"
            messages.success(request, f"{mails} on the way. No code was used.")
            return see_other(back)
    context = {
        "title": "Send a test",
        "intro": f"{campaign.reference} · {campaign.name}. Names and code are made up.",
        "form": form,
        "submit_label": "Send the test",
        "cancel_url": back,
        "crumbs": [
            ("Campaigns", reverse("voucher_campaigns")),
            (campaign.name, reverse("voucher_campaign", args=[pk])),
            ("Send a test", ""),
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "pages/form.html", context, status=status)
