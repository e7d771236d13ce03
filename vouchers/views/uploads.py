"""Uploading codes: the file, its rehearsal, its progress, its reports (vouchers.md 8, pages 5 and 6)."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import exports
from core.clock import now
from core.errors import DomainError, NotFound
from core.http import is_fragment, redirect_or_hx
from directory.models import User
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from vouchers.choices import Download
from vouchers.forms.uploads import AgainForm, UploadForm
from vouchers.models import UploadBatch, VoucherList
from vouchers.selectors import lists
from vouchers.selectors import uploads as selectors
from vouchers.services import upload_ends, upload_reports, uploads, withdrawing
from vouchers.views.desk import business_of

SAMPLE = ("Voucher code", "HOLI-7H2K-93PM", "HOLI-Q4XR-7TWC", "HOLI-M9NA-5KZD")


@access("vouchers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_upload(request: DeskRequest, list_id: str) -> HttpResponse:
    """Take a file of codes; it is checked first unless the person asks for the import at once."""
    found = lists.voucher_list(business=business_of(request), list_id=list_id)
    at = now()
    uploads.check_open(found, at=at)
    form = UploadForm(
        request.POST or None, request.FILES or None, zone=business_of(request).time_zone
    )
    if request.method == "POST" and form.is_valid():
        try:
            batch = uploads.receive(
                voucher_list=found,
                is_rehearsal="now" not in request.POST,
                actor=request.user,
                at=at,
                **form.cleaned_data,
            )
        except uploads.NotACodeFile as error:
            form.add_error("file", error.message)
        else:
            return redirect_or_hx(request, upload_ends.page_of(batch))
    return form_page(
        request,
        form,
        title="Upload codes",
        template="vouchers/uploads/upload.html",
        voucher_list=found,
        crumbs=_crumbs(found, "Upload codes"),
        tour="vouchers.upload",
    )


@access("vouchers.read")
@require_safe
def voucher_upload_sample(request: DeskRequest) -> HttpResponse:
    """Send a file as it should look."""
    response = HttpResponse("".join(f"{line}\r\n" for line in SAMPLE), content_type="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="voucher-codes.csv"'
    return response


@access("vouchers.write")
@require_safe
def voucher_upload_detail(request: DeskRequest, list_id: str, number: int) -> HttpResponse:
    """Show what an upload found and how far it is; the fragment refreshes itself while it works."""
    batch = _batch(request, list_id, number)
    is_part = is_fragment(request)
    template = "_upload.html" if is_part else "detail.html"
    response = render(request, f"vouchers/uploads/{template}", _context(request, batch))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response


@access("vouchers.write")
@require_POST
def voucher_upload_start(request: DeskRequest, list_id: str, number: int) -> HttpResponse:
    """Import what was checked."""
    batch = uploads.start(batch=_batch(request, list_id, number), actor=request.user, at=now())
    return redirect_or_hx(request, upload_ends.page_of(batch))


@access("vouchers.write")
@require_POST
def voucher_upload_anyway(request: DeskRequest, list_id: str, number: int) -> HttpResponse:
    """Go on with a file that was imported before."""
    batch = uploads.take_anyway(
        batch=_batch(request, list_id, number), actor=request.user, at=now()
    )
    return redirect_or_hx(request, upload_ends.page_of(batch))


@access("vouchers.write")
@require_POST
def voucher_upload_again(request: DeskRequest, list_id: str, number: int) -> HttpResponse:
    """Check the file once more under other answers."""
    batch = _batch(request, list_id, number)
    form = AgainForm(request.POST)
    if not form.is_valid():
        context = _context(request, batch) | {"again": form}
        return render(request, "vouchers/uploads/detail.html", context, status=422)
    uploads.rehearse_again(batch=batch, actor=request.user, at=now(), **form.cleaned_data)
    return redirect_or_hx(request, upload_ends.page_of(batch))


@access("vouchers.write")
@require_POST
def voucher_upload_cancel(request: DeskRequest, list_id: str, number: int) -> HttpResponse:
    """Give the upload up; not one of its codes was ever seen."""
    batch = uploads.cancel(batch=_batch(request, list_id, number), actor=request.user, at=now())
    return done(request, upload_ends.page_of(batch), "Cancelled. No code was imported.")


@access("vouchers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_upload_withdraw(request: DeskRequest, list_id: str, number: int) -> HttpResponse:
    """Ask, then make every code of the upload void that nobody was given."""
    batch = _batch(request, list_id, number)
    if request.method == "POST":
        withdrawing.withdraw(batch=batch, actor=request.user, at=now())
        return done(request, upload_ends.page_of(batch), "Withdrawn: its unused codes are void.")
    free, held = selectors.unused_counts(batch)
    stay = batch.published_count - free - held
    consequences = [
        f"{free + held:,} codes become void and are never given out.",
        f"{stay:,} codes stay as they are: given out, or void already.",
    ]
    if held:
        words = "1 of them is" if held == 1 else f"{held:,} of them are"
        consequences.insert(1, f"{words} put aside for somebody: those reservations end.")
    return confirm_page(
        request,
        title=f"Withdraw upload {batch.number}?",
        message="Its codes that nobody was given become void. This cannot be taken back.",
        consequences=consequences,
        submit_label="Withdraw the upload",
        cancel_url=upload_ends.page_of(batch),
        danger=True,
        crumbs=_crumbs(batch.voucher_list, f"Upload {batch.number}"),
    )


@access("vouchers.write")
@require_POST
def voucher_upload_file(
    request: DeskRequest, list_id: str, number: int, kind: str
) -> HttpResponseBase:
    """Send one of the upload's files and write down who fetched it."""
    batch = _batch(request, list_id, number)
    if kind not in Download.values:
        raise NotFound("There is no such file.")
    if kind == Download.GENERATED:
        codes = upload_reports.generated_once(batch=batch, actor=request.user, at=now())
        response = _column(_name_of(batch, kind), ["Voucher code"], codes)
        response.headers["Cache-Control"] = "no-store"
        return response
    return file_of(batch, Download(kind), actor=request.user)


def file_of(
    batch: UploadBatch, kind: Download, *, actor: User | None, name: str = ""
) -> HttpResponseBase:
    """Return one of the files of an upload, at the desk and in the portal, and note who has it."""
    with upload_reports.original(batch=batch) as stream:
        stream.seek(0)
    upload_reports.note(batch=batch, kind=kind, actor=actor, name=name, at=now())
    response = _file(batch, kind)
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(batch: UploadBatch, kind: Download) -> HttpResponseBase:
    name = _name_of(batch, kind)
    if kind == Download.ORIGINAL:
        return FileResponse(
            upload_reports.original(batch=batch), as_attachment=True, filename=batch.file_name
        )
    if kind == Download.CORRECT:
        return _column(name, [], upload_reports.values_to_correct(batch=batch))
    rows = upload_reports.rows(batch=batch, everything=kind == Download.ALL)
    return exports.csv_response(name, upload_reports.HEAD, (row.cells for row in rows))


def _name_of(batch: UploadBatch, kind: str) -> str:
    return f"{batch.voucher_list.list_id}-{batch.number}-{kind}"


def _column(name: str, head: list[str], values: Any) -> StreamingHttpResponse:
    """Send values as they are, one a line, under a heading that an upload knows."""

    def pieces() -> Any:
        yield "".join(f"{title}\r\n" for title in head)
        for value in values:
            yield f"{value}\r\n"

    response = StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _batch(request: DeskRequest, list_id: str, number: int) -> UploadBatch:
    return selectors.upload(business=business_of(request), list_id=list_id, number=number)


def _context(request: DeskRequest, batch: UploadBatch) -> dict[str, Any]:
    reason = request.GET.get("reason", "")
    is_open = _is_open(batch.voucher_list)
    found = selectors.reasons(batch)
    return {
        "batch": batch,
        "voucher_list": batch.voucher_list,
        "crumbs": _crumbs(batch.voucher_list, f"Upload {batch.number}", is_of_uploads=True),
        "tour": "vouchers.upload_detail",
        "is_working": selectors.is_working(batch),
        "is_cancellable": selectors.is_cancellable(batch),
        "is_withdrawable": selectors.is_withdrawable(batch),
        "is_open": is_open,
        "progress": selectors.progress(batch, at=now()),
        "reasons": found,
        "most": max((row.count for row in found), default=1),
        "reason": reason,
        "problems": selectors.problems(batch, reason=reason),
        "more_lines": batch.rejected_count + batch.warning_count > selectors.SHOWN,
        "sentence": upload_ends.sentence(batch) if batch.ended_at else "",
        "downloads": selectors.downloads(batch),
        "again": AgainForm(
            initial={
                "is_damage_accepted": batch.is_damage_accepted,
                "issued_before_reason": batch.issued_before_reason,
            }
        ),
        "has_file": bool(batch.file) and batch.file_deleted_at is None,
    }


def _is_open(voucher_list: VoucherList) -> bool:
    try:
        uploads.check_open(voucher_list, at=now())
    except DomainError:
        return False
    return True


def _crumbs(
    voucher_list: VoucherList, last: str, *, is_of_uploads: bool = False
) -> list[tuple[str, str]]:
    of = [voucher_list.list_id]
    uploads_tab = [("Uploads", reverse("voucher_list_uploads", args=of))]
    return [
        ("Voucher Lists", reverse("voucher_lists")),
        (voucher_list.name, reverse("voucher_list", args=of)),
        *(uploads_tab if is_of_uploads else []),
        (last, ""),
    ]
