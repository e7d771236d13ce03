"""Making the codes of a file void: look at what it names first, then confirm (vouchers.md 8, page 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.files import File
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done
from vouchers.choices import ListStatus
from vouchers.forms.voiding import VoidFileForm
from vouchers.models import VoucherList
from vouchers.services import kept_files, voiding
from vouchers.services.lists import ListArchived
from vouchers.services.voiding import Named, Voided
from vouchers.views.list_frame import TITLE, list_of

SHOWN = 100


@access("vouchers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_codes_void(request: DeskRequest, list_id: str) -> HttpResponse:
    """Take a file of codes and say what would happen; make them void once that is confirmed."""
    row = list_of(request, list_id)
    if row.status == ListStatus.ARCHIVED:
        raise ListArchived(f"“{row.name}” is archived: nothing of it is given out.")
    form = VoidFileForm(request.POST or None, request.FILES or None)
    named = None
    if request.method == "POST" and form.is_valid():
        with _file(request) as file:
            try:
                if file is None:
                    raise voiding.NotAListOfCodes("Choose the file of codes.")
                if "confirm" in request.POST and "file" not in request.FILES:
                    return _void(request, row, form, file)
                named = voiding.look(voucher_list=row, file=file)
            except DomainError as error:
                form.refuse(error)
            else:
                word = kept_files.keep(file=file, user=request.user, at=now())
                form.keep(word, file.name or "")
    return render(
        request,
        "vouchers/lists/void.html",
        _context(row, form, named),
        status=422 if form.is_bound and form.errors else 200,
    )


def _void(
    request: DeskRequest, row: VoucherList, form: VoidFileForm, file: File[bytes]
) -> HttpResponse:
    cleaned = form.cleaned_data
    result = voiding.void_named(
        voucher_list=row,
        file=file,
        reason=cleaned["reason"],
        note=cleaned["note"],
        takes_back=cleaned["takes_back"],
        actor=request.user,
        at=now(),
    )
    return done(request, reverse("voucher_list_codes", args=[row.list_id]), _words(result))


def _words(result: Voided) -> str:
    many = result.free + result.taken_back
    if not many:
        return "No code became void: each of them is somebody's, used, or void already."
    words = "1 code is void now." if many == 1 else f"{many:,} codes are void now."
    if result.taken_back:
        words += f" {result.taken_back:,} of them were taken back from their recipients."
    return words


@contextmanager
def _file(request: DeskRequest) -> Iterator[File[bytes] | None]:
    """Open the file that was sent now, else the one that is kept from the time before."""
    sent: File[bytes] | None = request.FILES.get("file")
    if sent is not None:
        yield sent
        return
    kept = kept_files.take(word=request.POST.get("kept", ""), user=request.user, at=now())
    with kept or nullcontext():
        yield kept


def _context(row: VoucherList, form: VoidFileForm, named: Named | None) -> dict[str, Any]:
    codes = reverse("voucher_list_codes", args=[row.list_id])
    takes_back = form.is_bound and bool(form.cleaned_data.get("takes_back"))
    return {
        "voucher_list": row,
        "form": form,
        "named": named,
        "total": (named.free + (named.given if takes_back else 0)) if named else 0,
        "takes_back": takes_back,
        "lines": named.lines[:SHOWN] if named else (),
        "more_lines": max(0, len(named.lines) - SHOWN) if named else 0,
        "title": "Make codes void by file",
        "cancel_url": codes,
        "crumbs": [
            (TITLE, reverse("voucher_lists")),
            (row.name, reverse("voucher_list", args=[row.list_id])),
            ("Codes", codes),
            ("Make void", ""),
        ],
    }
