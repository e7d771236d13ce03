"""Acts on a list: pause, activate, archive, delete, unlink (vouchers.md 3).

Each posts the status that was seen; a list that has another one by then is left alone (R-RACE).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.clock import now
from core.errors import DomainError
from directory.forms import refusals
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from vouchers.choices import ListStatus
from vouchers.forms.lists import ArchiveForm
from vouchers.models import VoucherList
from vouchers.selectors import lists as selectors
from vouchers.selectors.numbers import numbers
from vouchers.services import campaign_lists, list_statuses, lists
from vouchers.services.lists import ListArchived
from vouchers.views.list_frame import TITLE, list_of

asked = require_http_methods(["GET", "HEAD", "POST"])


@access("vouchers.write")
@require_POST
def voucher_list_pause(request: DeskRequest, list_id: str) -> HttpResponse:
    """Stop giving out the list's codes."""
    row = list_of(request, list_id)
    list_statuses.pause(
        voucher_list=row, actor=request.user, at=now(), seen=_seen(request, ListStatus.ACTIVE)
    )
    return done(request, _back(request, row), f"“{row.name}” is paused. Reservations are kept.")


@access("vouchers.write")
@require_POST
def voucher_list_activate(request: DeskRequest, list_id: str) -> HttpResponse:
    """Give out the list's codes again."""
    row = list_of(request, list_id)
    list_statuses.activate(
        voucher_list=row, actor=request.user, at=now(), seen=_seen(request, ListStatus.PAUSED)
    )
    return done(request, _back(request, row), f"“{row.name}” is active again.")


@access("vouchers.write")
@asked
def voucher_list_archive(request: DeskRequest, list_id: str) -> HttpResponse:
    """Say what archiving does and what stands against it, then archive for good."""
    row = list_of(request, list_id)
    if row.status == ListStatus.ARCHIVED:
        raise ListArchived(f"“{row.name}” is archived already.")
    form = ArchiveForm(request.POST or None, initial={"status": row.status})
    if request.method == "POST" and form.is_valid():
        try:
            list_statuses.archive(
                voucher_list=row,
                typed_tag=form.cleaned_data["tag"],
                actor=request.user,
                at=now(),
                seen=form.cleaned_data["status"],
            )
        except DomainError as error:
            if not error.fields:
                raise
            refusals.show(form, error)
        else:
            return done(request, reverse("voucher_lists"), f"“{row.name}” was archived.")
    held = [
        one
        for one in selectors.mappings_of(voucher_list=row)
        if one.campaign.status in list_statuses.HOLDING
    ]
    context: dict[str, Any] = {
        "title": f"Archive “{row.name}”?",
        "voucher_list": row,
        "form": form,
        "held": held,
        "may_unlink": may(request, "campaigns.write"),
        "left": numbers(row, at=now()).available,
        "can_delete": lists.is_untouched(row),
        "crumbs": _crumbs(row, "Archive"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vouchers/lists/archive.html", context, status=status)


@access("vouchers.write")
@asked
def voucher_list_delete(request: DeskRequest, list_id: str) -> HttpResponse:
    """Ask, then remove a list that was a mistake."""
    row = list_of(request, list_id)
    if request.method == "POST":
        lists.delete(voucher_list=row)
        return done(request, reverse("voucher_lists"), f"“{row.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{row.name}”?",
        message="It never had codes, campaigns or issued vouchers, so nothing is lost.",
        submit_label="Delete",
        danger=True,
        cancel_url=reverse("voucher_list", args=[row.list_id]),
        crumbs=_crumbs(row, "Delete"),
    )


@access("campaigns.write")
@require_POST
def voucher_list_unlink(request: DeskRequest, list_id: str, pk: int) -> HttpResponse:
    """Take the list from a campaign; reservations end, issued codes stay."""
    row = list_of(request, list_id)
    mapping = selectors.mapping(voucher_list=row, pk=pk)
    campaign_lists.unlink(mapping=mapping, actor=request.user, at=now())
    page = "voucher_list_archive" if "archive" in request.GET else "voucher_list_campaigns"
    words = f"“{mapping.campaign.name}” takes no more codes from this list."
    return done(request, reverse(page, args=[row.list_id]), words)


def _seen(request: DeskRequest, usual: str) -> str:
    """Return the status that the page showed when the button was pressed."""
    seen = request.POST.get("seen") or request.GET.get("seen", "")
    return seen if seen in ListStatus.values else usual


def _back(request: DeskRequest, row: VoucherList) -> str:
    """Return to the list's own page if the button stood there, else to all lists."""
    if "from" in request.GET:
        return reverse("voucher_list", args=[row.list_id])
    return reverse("voucher_lists")


def _crumbs(row: VoucherList, last: str) -> list[tuple[str, str]]:
    page = reverse("voucher_list", args=[row.list_id])
    return [(TITLE, reverse("voucher_lists")), (row.name, page), (last, "")]
