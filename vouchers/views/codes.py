"""One code: its time-line, looking at it, making it void, finding it (vouchers.md 8, page 8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import navigation
from core.clock import now
from core.errors import DomainError
from directory.forms import refusals
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import done
from vouchers.choices import CodeState
from vouchers.forms.lists import LookUpForm, RevealForm, VoidForm
from vouchers.masking import masked
from vouchers.models import VoucherCode
from vouchers.selectors import codes as selectors
from vouchers.selectors import lists as list_selectors
from vouchers.services import reveals
from vouchers.views.desk import business_of
from vouchers.views.list_frame import TITLE, list_of

asked = require_http_methods(["GET", "HEAD", "POST"])


@access("vouchers.read")
@require_safe
def code_page(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Show what happened to a code, the newest first; the code itself stays masked."""
    code = _code(request, pk)
    return render(request, "vouchers/codes/detail.html", _context(request, code))


@access("vouchers.reveal")
@asked
def code_reveal(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Ask why, then show the whole code once and write down who looked."""
    code = _code(request, pk)
    form = RevealForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            shown = reveals.reveal(
                code=code, actor=request.user, reason=form.cleaned_data["reason"], at=now()
            )
        except DomainError as error:
            if not error.fields:
                raise
            refusals.show(form, error)
    context = {**_context(request, code), "form": form, "shown": shown, "title": "Reveal the code"}
    status = 422 if form.is_bound and form.errors else 200
    response = render(request, "vouchers/codes/reveal.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@access("vouchers.write")
@asked
def code_void(request: DeskRequest, pk: UUID) -> HttpResponse:
    """Ask why, then make the code void for ever."""
    code = _code(request, pk)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reveals.void(
                code=code,
                actor=request.user,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                at=now(),
            )
        except DomainError as error:
            if not error.fields:
                raise
            refusals.show(form, error)
        else:
            url = reverse("voucher_code", args=[code.pk])
            return done(request, url, "The code is void. It is never given out.")
    context = {
        **_context(request, code),
        "form": form,
        "title": "Make the code void",
        "submit_label": "Make void",
        "cancel_url": reverse("voucher_code", args=[code.pk]),
        "danger": True,
        "consequences": [
            "It is never given out and never taken at the till. This cannot be undone.",
            "It no longer counts as uploaded.",
        ],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "pages/confirm.html", context, status=status)


@access("vouchers.read")
@require_POST
def code_look_up(request: DeskRequest, list_id: str) -> HttpResponse:
    """Lead to the page of the code that was typed; it stands in no address."""
    row = list_of(request, list_id)
    form = LookUpForm(request.POST)
    if form.is_valid():
        found = selectors.look_up(voucher_list=row, text=form.cleaned_data["code"])
        if found is not None:
            url = reverse("voucher_code", args=[found.pk])
            return done(request, url, "Found: this is the code you looked up.")
        form.add_error("code", "This list holds no such code. Mind upper and lower case.")
    context = {
        "voucher_list": row,
        "form": form,
        "crumbs": [
            (TITLE, reverse("voucher_lists")),
            (row.name, reverse("voucher_list", args=[row.list_id])),
            ("Codes", reverse("voucher_list_codes", args=[row.list_id])),
            ("Look up", ""),
        ],
    }
    return render(request, "vouchers/codes/look_up.html", context, status=422)


def _code(request: DeskRequest, pk: UUID) -> VoucherCode:
    return list_selectors.code(business=business_of(request), pk=pk)


def _context(request: DeskRequest, code: VoucherCode) -> dict[str, Any]:
    row = code.voucher_list
    issuances = selectors.issuances_of(code=code)
    is_free = code.state in (CodeState.AVAILABLE, CodeState.RESERVED)
    return {
        "code": code,
        "masked": masked(code.code),
        "voucher_list": row,
        "upload_url": navigation.address("voucher_upload_detail", row.list_id, code.batch.number),
        "issuance": issuances[0] if issuances else None,
        "items": sorted(
            selectors.timeline_of(code=code, issuances=issuances), key=_moment, reverse=True
        ),
        "may_reveal": may(request, "vouchers.reveal") and code.state != CodeState.RESERVED,
        "may_void": may(request, "vouchers.write") and is_free,
        "crumbs": [
            (TITLE, reverse("voucher_lists")),
            (row.name, reverse("voucher_list", args=[row.list_id])),
            ("Codes", reverse("voucher_list_codes", args=[row.list_id])),
            (masked(code.code), ""),
        ],
    }


def _moment(item: dict[str, Any]) -> datetime:
    at: datetime = item["at"]
    return at
