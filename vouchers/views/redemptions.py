"""Vouchers › Redemptions: the list, files and their reports (vouchers.md 8, page 14)."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.errors import DomainError
from core.exports import csv_response
from core.http import is_fragment, redirect_or_hx
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import form_page
from vouchers.choices import BatchStatus
from vouchers.filters.redemptions import RedemptionFilter, RedemptionUploadFilter
from vouchers.forms.redemptions import RedemptionUploadForm
from vouchers.models import Redemption, RedemptionUpload
from vouchers.outside_choices import Channel, Refusal
from vouchers.selectors import redemptions as selectors
from vouchers.services import redemption_uploads
from vouchers.tables.redemptions import RedemptionTable, RedemptionUploadTable
from vouchers.views.desk import business_of

TITLE = "Redemptions"
MOST_PROBLEMS = 1_000
REPORT = ("line", "code", "reference", "outcome", "reason_code", "message")


class RedemptionList(TableView):
    """What was spent where, and which codes were refused."""

    access = "vouchers.read"
    title = TITLE
    subtitle = (
        "As tills, partners and files report it. Partners need not report: no row is no news."
    )
    table_class = RedemptionTable
    filter_class = RedemptionFilter
    actions = (
        PageAction("Files", "voucher_redemption_files", "vouchers.read", "file-text"),
        PageAction("Upload a file", "voucher_redemption_upload", "vouchers.redeem", "upload"),
        PageAction("Redeem a code", "voucher_redeem", "vouchers.redeem", "circle-check", True),
    )
    empty = Empty(
        icon="circle-check",
        title="No redemptions yet",
        text="They arrive by the API, from a file, from a partner's portal, or by hand. A code that"
        " is presented before anybody was given it is made void and stands here as refused.",
    )
    no_match = "No redemptions match your search"
    noun = ("redemption", "redemptions")
    export_name = "voucher-redemptions"
    tour = "vouchers.redemptions"
    template_name = "vouchers/list.html"

    def get_queryset(self) -> QuerySet[Redemption]:
        return selectors.redemptions_of(business=business_of(cast("DeskRequest", self.request)))


class RedemptionFileList(TableView):
    """The files of redemptions, the newest first."""

    access = "vouchers.read"
    title = "Redemption files"
    table_class = RedemptionUploadTable
    filter_class = RedemptionUploadFilter
    actions = (
        PageAction("Upload a file", "voucher_redemption_upload", "vouchers.redeem", "upload", True),
    )
    empty = Empty(
        icon="upload",
        title="No files yet",
        text="A partner that has no API sends a CSV file with a column “code”. Each file says row by"
        " row what was refused and why.",
    )
    no_match = "No files match your search"
    noun = ("file", "files")
    export_name = "voucher-redemption-files"
    template_name = "vouchers/list.html"

    def get_queryset(self) -> QuerySet[RedemptionUpload]:
        return selectors.uploads_of(business=business_of(cast("DeskRequest", self.request)))


@access("vouchers.redeem")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_redemption_upload(request: DeskRequest) -> HttpResponse:
    """Take a file of redemptions; it is worked through in the background."""
    form = RedemptionUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = redemption_uploads.receive(
                business=business_of(request),
                file=form.cleaned_data["file"],
                channel=Channel.FILE,
                actor=request.user,
                name=request.user.email,
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            url = reverse("voucher_redemption_file", args=[upload.number])
            return redirect_or_hx(request, url)
    return form_page(
        request,
        form,
        title="Upload redemptions",
        intro="Good rows are applied at once; refused ones are reported line by line.",
        template="vouchers/redemptions/upload.html",
        side="vouchers/redemptions/_columns.html",
        submit_label="Upload",
        cancel_url=reverse("voucher_redemptions"),
        crumbs=[(TITLE, reverse("voucher_redemptions")), ("Upload", "")],
    )


@access("vouchers.read")
@require_safe
def voucher_redemption_file(request: DeskRequest, pk: int) -> HttpResponse:
    """Show how far the file with the number is and what was refused.

    The fragment refreshes itself while a worker is on it.
    """
    upload = selectors.upload(business=business_of(request), number=pk)
    template = "_file.html" if is_fragment(request) else "file.html"
    crumbs = [("Redemption files", reverse("voucher_redemption_files")), (str(upload), "")]
    context = file_context(upload) | {
        "crumbs": crumbs,
        "report_url": reverse("voucher_redemption_report", args=[upload.number]),
        "more_url": reverse("voucher_redemption_upload") if may(request, "vouchers.redeem") else "",
    }
    response = render(request, f"vouchers/redemptions/{template}", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response


@access("vouchers.read")
@require_safe
def voucher_redemption_report(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Send the refused rows as a file."""
    upload = selectors.upload(business=business_of(request), number=pk)
    return report_of(upload)


def file_context(upload: RedemptionUpload) -> dict[str, Any]:
    """Return what the page of a file shows, at the desk and in the portal."""
    labels = dict(Refusal.choices)
    found = {name: count for name, count in upload.reasons.items() if name in labels}
    done_percent = round(100 * upload.cursor_line / max(upload.line_count, 1))
    return {
        "upload": upload,
        "is_working": upload.status == BatchStatus.IN_PROGRESS,
        "percent": min(done_percent, 100),
        "repeated": upload.reasons.get(redemption_uploads.REPEATED, 0),
        "reasons": sorted((labels[name], count) for name, count in found.items()),
        "problems": upload.lines.order_by("line_no")[:MOST_PROBLEMS],
    }


def report_of(upload: RedemptionUpload) -> HttpResponseBase:
    """Return the refused rows as CSV, with codes masked."""
    rows = (
        (row.line_no, row.masked_code, row.reference, "rejected", row.reason, row.message)
        for row in upload.lines.order_by("line_no").iterator(1_000)
    )
    return csv_response(f"redemptions-{upload.number}", REPORT, rows)
