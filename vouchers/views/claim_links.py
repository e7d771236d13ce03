"""Inviting people to claim a voucher of a campaign (vouchers.md 5.2, claim link)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core.clock import now
from core.errors import DomainError
from core.http import see_other
from directory.permissions import access
from directory.sessions import DeskRequest
from vouchers.forms.claim_links import ClaimLinkForm
from vouchers.models import Campaign, ClaimLink
from vouchers.services import claim_links
from vouchers.views.desk import business_of


@access("vouchers.issue")
def voucher_claim_links(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask whom to invite, then mail each their own link; nobody is mailed a second one."""
    business = business_of(request)
    campaign = get_object_or_404(
        Campaign.objects.select_related("business__provider_profile"), business=business, pk=pk
    )
    back = reverse("voucher_campaign", args=[pk])
    form = ClaimLinkForm(request.POST or None, business=business)
    if request.method == "POST" and form.is_valid():
        try:
            new = claim_links.invite_all(
                campaign=campaign, recipients=form.recipients, user=request.user, at=now()
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, sentence(new, len(form.recipients)))
            return see_other(back)
    context = {
        "title": "Send claim links",
        "intro": f"{campaign.reference} · {campaign.name}",
        "form": form,
        "submit_label": "Send the links",
        "cancel_url": back,
        "invited_count": ClaimLink.objects.filter(campaign=campaign).count(),
        "crumbs": [
            ("Campaigns", reverse("voucher_campaigns")),
            (campaign.name, back),
            ("Send claim links", ""),
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "vouchers/campaigns/claim_links.html", context, status=status)


def sentence(new: int, asked: int) -> str:
    """Return what sending did: how many links are on their way, and how many had theirs before."""
    links = "1 claim link is" if new == 1 else f"{new} claim links are"
    before = asked - new
    if not before:
        return f"{links} on the way."
    were = "1 person had theirs" if before == 1 else f"{before} people had theirs"
    return f"{links} on the way; {were} before."
