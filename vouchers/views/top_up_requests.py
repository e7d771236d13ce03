"""Asking a partner for more codes from a list's page (vouchers.md 7.3)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from vouchers.forms.top_up_requests import TopUpRequestForm
from vouchers.models import VoucherList
from vouchers.selectors import burn
from vouchers.services import top_up_requests
from vouchers.views.list_frame import TITLE, list_of

# What is proposed while a list's use says nothing yet.
AT_FIRST = 100


@access("vouchers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_list_ask(request: DeskRequest, list_id: str) -> HttpResponse:
    """Write to the list's partner for more codes, with a number that the use of the list proposes."""
    row, at = list_of(request, list_id), now()
    wanted, why = _proposed(row, at)
    form = TopUpRequestForm(
        request.POST or None, initial={"wanted": wanted, "to": row.partner.contact_email}
    )
    form.explain(why)
    back = reverse("voucher_list", args=[row.list_id])
    if request.method == "POST" and form.is_valid():
        of = form.cleaned_data
        try:
            top_up_requests.ask(
                voucher_list=row,
                to=of["to"],
                wanted=of["wanted"],
                note=of["note"],
                key=of["nonce"],
                actor=request.user,
                at=at,
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, back, f"{of['to']} is asked for {of['wanted']:,} codes.")
    return form_page(
        request,
        form,
        title="Ask for more codes",
        intro=f"{row.partner.name} gets an e-mail about “{row.name}”; answers come to you.",
        submit_label="Send the request",
        cancel_url=back,
        crumbs=[(TITLE, reverse("voucher_lists")), (row.name, back), ("Ask for codes", "")],
    )


def _proposed(row: VoucherList, at: datetime) -> tuple[int, str]:
    """Return how many codes to ask for, and the sentence that says where the number comes from."""
    rate = burn.rates_of(list_ids=[row.pk], at=at)[row.pk]
    if not rate:
        return AT_FIRST, "None was distributed in the last seven days, so choose what you expect."
    wanted = burn.forecast(available=0, rate=rate, expires_at=row.expires_at, at=at).top_up
    return wanted, f"What {burn.TOP_UP_DAYS} days use at the rate of the last seven days."
