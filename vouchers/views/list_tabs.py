"""The tabs of a list besides its overview: codes, uploads, campaigns, alerts, activity."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.errors import DomainError
from core.views import Empty, TableView
from directory.forms import refusals
from directory.history import history_of
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import done
from vouchers.choices import ListStatus
from vouchers.filters.lists import BatchFilter, CodeFilter
from vouchers.forms.alerts import ThresholdsForm
from vouchers.forms.lists import LinkForm, LookUpForm
from vouchers.models import ListStatusChange, UploadAct, UploadBatch, VoucherCode, VoucherList
from vouchers.selectors import alerts as alert_selectors
from vouchers.selectors import audit
from vouchers.selectors import lists as selectors
from vouchers.services import campaign_lists, lists
from vouchers.tables.lists import BatchTable, CodeTable
from vouchers.views.list_frame import frame, list_of


class ListTab(TableView):
    """A tab of one list that is a list itself."""

    access = "vouchers.read"
    tab = ""
    template_name = "vouchers/lists/tab_list.html"

    @cached_property
    def voucher_list(self) -> VoucherList:
        """The list of the address, of the business that asks."""
        return list_of(cast("DeskRequest", self.request), self.kwargs["list_id"])

    def extra_context(self) -> Mapping[str, Any]:
        return frame(cast("DeskRequest", self.request), self.voucher_list, self.tab)


class CodeList(ListTab):
    """The codes of a list, masked."""

    tab = "voucher_list_codes"
    title = "Codes"
    table_class = CodeTable
    filter_class = CodeFilter
    empty = Empty(
        icon="ticket",
        title="No codes in this list yet",
        text="Codes appear here once an upload is complete. They are masked: whoever reads a code"
        " can spend it.",
    )
    no_match = "No codes match these filters"
    noun = ("code", "codes")
    export_name = "voucher-codes"
    template_name = "vouchers/lists/codes.html"

    def get_queryset(self) -> QuerySet[VoucherCode]:
        return selectors.codes_of(voucher_list=self.voucher_list)

    def extra_context(self) -> Mapping[str, Any]:
        request = cast("DeskRequest", self.request)
        is_open = self.voucher_list.status != ListStatus.ARCHIVED
        return {
            **super().extra_context(),
            "look_up": LookUpForm(),
            "may_void": is_open and may(request, "vouchers.write"),
        }


class BatchList(ListTab):
    """The uploads of a list."""

    tab = "voucher_list_uploads"
    title = "Uploads"
    table_class = BatchTable
    filter_class = BatchFilter
    empty = Empty(
        icon="upload",
        title="No uploads yet",
        text="Every file, API call and run of the generator that adds codes is listed here, with"
        " what was taken and what was refused.",
    )
    no_match = "No uploads match your search"
    noun = ("upload", "uploads")
    export_name = "voucher-uploads"

    def get_queryset(self) -> QuerySet[UploadBatch]:
        return selectors.batches_of(voucher_list=self.voucher_list)


@access("vouchers.read")
@require_safe
def voucher_list_campaigns(request: DeskRequest, list_id: str) -> HttpResponse:
    """Show which campaigns take codes from the list."""
    row = list_of(request, list_id)
    return _campaigns(request, row, LinkForm(voucher_list=row))


@access("campaigns.write")
@require_POST
def list_link(request: DeskRequest, list_id: str) -> HttpResponse:
    """Let a campaign take codes from the list."""
    row = list_of(request, list_id)
    form = LinkForm(request.POST, voucher_list=row)
    if form.is_valid():
        campaign = form.cleaned_data["campaign"]
        try:
            campaign_lists.link(
                campaign=campaign,
                voucher_list=row,
                quota=form.cleaned_data["quota"],
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            url = reverse("voucher_list_campaigns", args=[row.list_id])
            return done(request, url, f"“{campaign.name}” takes codes from this list now.")
    return _campaigns(request, row, form)


def _campaigns(request: DeskRequest, row: VoucherList, form: LinkForm) -> HttpResponse:
    open_now = row.status == ListStatus.ACTIVE and row.expires_at > now() and row.partner.is_active
    context = {
        **frame(request, row, "voucher_list_campaigns"),
        "mappings": selectors.mappings_of(voucher_list=row),
        "form": form,
        "may_link": may(request, "campaigns.write"),
        "can_link": open_now,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vouchers/lists/campaigns.html", context, status=status)


@access("vouchers.read")
@require_safe
def voucher_list_alerts(request: DeskRequest, list_id: str) -> HttpResponse:
    """Show when the list warns, and the alerts it raised."""
    row = list_of(request, list_id)
    form = ThresholdsForm(initial=ThresholdsForm.initial_of(row))
    return _alerts(request, row, form)


@access("vouchers.write")
@require_POST
def voucher_list_thresholds(request: DeskRequest, list_id: str) -> HttpResponse:
    """Save when the list warns."""
    row = list_of(request, list_id)
    form = ThresholdsForm(request.POST)
    if form.is_valid():
        try:
            lists.set_thresholds(
                voucher_list=row,
                thresholds=form.thresholds(),
                version=form.cleaned_data["version"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            url = reverse("voucher_list_alerts", args=[row.list_id])
            return done(request, url, "Thresholds saved.")
    return _alerts(request, row, form)


def _alerts(request: DeskRequest, row: VoucherList, form: ThresholdsForm) -> HttpResponse:
    context = {
        **frame(request, row, "voucher_list_alerts"),
        "form": form,
        "alerts": alert_selectors.alerts_of_list(voucher_list=row)[:50],
        "may_write": may(request, "vouchers.write") and row.status != ListStatus.ARCHIVED,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "vouchers/lists/alerts.html", context, status=status)


@access("vouchers.read")
@require_safe
def voucher_list_activity(request: DeskRequest, list_id: str) -> HttpResponse:
    """Show what was done with the list, when and by whom."""
    row = list_of(request, list_id)
    items = [
        *(_change(one) for one in selectors.changes_of(voucher_list=row)),
        *(_act(one) for one in selectors.acts_of(voucher_list=row)),
        *audit.of_list(row),
    ]
    context = {
        **frame(request, row, "voucher_list_activity"),
        "items": sorted(items, key=lambda item: item["at"], reverse=True),
        "history": history_of(row, shows_values=True),
    }
    return render(request, "vouchers/lists/activity.html", context)


def _act(act: UploadAct) -> dict[str, Any]:
    words = f"{act.get_kind_display()}: upload {act.batch.number}"
    return {"who": act.user_name, "what": words, "at": act.at, "icon": "upload", "text": act.note}


def _change(change: ListStatusChange) -> dict[str, Any]:
    to = ListStatus(change.to_status).label
    words = f"{ListStatus(change.from_status).label} → {to}" if change.from_status else "Made"
    return {"who": change.actor_name, "what": words, "at": change.at, "icon": "route"}
