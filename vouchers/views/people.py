"""Lists of people for campaigns: e-mail addresses and phone numbers from a file (vouchers.md 5.1)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from vouchers.forms.people import PeopleForm
from vouchers.services import people
from vouchers.views.campaign_frame import TITLE
from vouchers.views.desk import business_of


@access("campaigns.write")
@require_http_methods(["GET", "HEAD", "POST"])
def people_new(request: DeskRequest) -> HttpResponse:
    """Store a list of people, so that a campaign can be given to whom it names."""
    form = PeopleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = people.create(
                business=business_of(request),
                name=form.cleaned_data["name"],
                lines=form.lines,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            left = len(made.unreadable)
            note = f" {left} lines could not be read and were left out." if left else ""
            words = f"“{made.people.name}” has {made.people.size:,} people.{note}"
            return done(request, reverse("voucher_campaigns"), words)
    return form_page(
        request,
        form,
        title="Upload a list of people",
        intro="A campaign can then ask whether somebody stands on it.",
        submit_label="Upload",
        cancel_url=reverse("voucher_campaigns"),
        multipart=True,
        crumbs=[(TITLE, reverse("voucher_campaigns")), ("Upload people", "")],
    )
