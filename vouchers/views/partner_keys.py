"""An API key for a brand partner: for its own lists alone (vouchers.md 9.1)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import references
from core.calendar import day_bounds
from core.clock import now
from core.errors import DomainError
from directory.forms import refusals
from directory.permissions import access
from directory.services import api_keys
from directory.sessions import DeskRequest
from directory.views.pages import form_page
from vouchers.api.callers import PARTNER
from vouchers.forms.portal import PartnerKeyForm
from vouchers.selectors import lists as selectors
from vouchers.views.desk import business_of


@access("keys.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def partner_key_new(request: DeskRequest, pk: int) -> HttpResponse:
    """Make a key that reads, uploads and redeems for this partner's lists; shown this once."""
    business = business_of(request)
    partner = selectors.partner(business=business, pk=pk)
    form = PartnerKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        last_day = form.cleaned_data["expires_on"]
        try:
            key, secret = api_keys.create(
                organisation=business,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=day_bounds(last_day, business.time_zone).end if last_day else None,
                limited_to=references.reference(PARTNER, partner.pk),
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            context = {"key": key, "secret": secret}
            return render(request, "directory/api_key/created.html", context)
    page = reverse("voucher_partner", args=[partner.pk])
    return form_page(
        request,
        form,
        title=f"API key for {partner.name}",
        intro="It reaches this partner's lists alone and tells nothing of recipients.",
        submit_label="Create key",
        cancel_url=page,
        crumbs=[
            ("Voucher Partners", reverse("voucher_partners")),
            (partner.name, page),
            ("Key", ""),
        ],
    )
