"""The partner portal: own lists with counts, codes in, redemptions in (vouchers.md 8, page 21).

The session lies in a cookie of its own and opens these pages alone. Nothing here tells of recipients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import tokens
from core.clock import now
from core.errors import DomainError, NotFound
from core.http import View, is_fragment, public, redirect_or_hx, see_other
from directory.forms import refusals
from directory.forms.portal import AddressForm
from directory.models import Organisation
from directory.views.portal_pages import keep_private
from vouchers.choices import BatchKind, Download, ListStatus
from vouchers.forms.portal import PortalCodesForm
from vouchers.forms.redemptions import RedemptionUploadForm
from vouchers.models import Partner, PartnerContact, UploadBatch, VoucherList
from vouchers.outside_choices import Channel
from vouchers.selectors import lists as list_selectors
from vouchers.selectors import redemptions as redemption_selectors
from vouchers.selectors import uploads as upload_selectors
from vouchers.selectors.numbers import numbers_of
from vouchers.services import partner_portal, redemption_uploads, uploads
from vouchers.views.redemptions import file_context, report_of
from vouchers.views.uploads import file_of
from vouchers.views.voucher_cards import heading_of

COOKIE = "partner"
PATH = "/partner"
ASKS_PER_HOUR = 30
POSTS_PER_HOUR = 60
NEWEST = 20
LISTS = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody of a partner looks at its page."""

    contact: PartnerContact
    at: datetime

    @property
    def partner(self) -> Partner:
        return self.contact.partner

    @property
    def business(self) -> Organisation:
        return self.contact.partner.business


def partner_page(view: Callable[..., HttpResponseBase]) -> View:
    """Let the view answer whoever holds a session, and lead everybody else to ask for a link."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        at = now()
        secret = request.COOKIES.get(COOKIE, "")
        contact = partner_portal.contact_in_session(secret=secret, at=at)
        if contact is None:
            return keep_private(_to_the_door(ended=bool(secret)))
        timezone.activate(contact.partner.business.time_zone)
        return keep_private(view(request, Visit(contact, at), *args, **kwargs))

    mark = public(
        "the session names the one partner whose page this is", posts_per_hour=POSTS_PER_HOUR
    )
    return mark(inner)


@public("whoever asks gets a mail to their own address, or none", posts_per_hour=ASKS_PER_HOUR)
@require_http_methods(["GET", "HEAD", "POST"])
def partner_portal_ask(request: HttpRequest) -> HttpResponseBase:
    """Take an address and mail its links; the answer is the same whether it is known or not."""
    form = AddressForm(request.POST or None)
    form.fields["email"].help_text = "The one that the business knows you by."
    if request.method == "POST" and form.is_valid():
        partner_portal.ask_for_link(address=form.cleaned_data["email"], at=now())
        return keep_private(see_other(reverse("partner_portal_asked")))
    status = 422 if form.is_bound else 200
    context = {"form": form, "ended": "ended" in request.GET}
    return keep_private(render(request, "vouchers/portal/ask.html", context, status=status))


@public("says the same to everybody")
@require_safe
def partner_portal_asked(request: HttpRequest) -> HttpResponseBase:
    """Say that the mail is on its way, if the address is known."""
    return keep_private(render(request, "vouchers/portal/asked.html"))


@public("the e-mailed token names the one partner whose page it opens")
@require_http_methods(["GET", "HEAD", "POST"])
def partner_portal_open(request: HttpRequest) -> HttpResponseBase:
    """Show whose page the link opens; the button begins the session. GET changes nothing."""
    secret = request.GET.get("token", "").strip()
    try:
        if request.method == "POST":
            session = partner_portal.begin(secret=secret, at=now())
            return keep_private(_let_in(see_other(reverse("partner_portal")), session))
        contact = partner_portal.follow(secret=secret, at=now())
    except tokens.TokenError as refusal:
        shown = {"heading": heading_of(refusal), "message": refusal.message}
        return keep_private(
            render(request, "vouchers/portal/refused.html", shown, status=refusal.status)
        )
    return keep_private(render(request, "vouchers/portal/open.html", {"contact": contact}))


@partner_page
@require_safe
def partner_portal_home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the partner's lists with counts, and what was sent lately."""
    rows = list(_lists(visit).order_by("-updated_at", "-pk")[:LISTS])
    counts = numbers_of(rows, at=visit.at)
    context = {
        "visit": visit,
        "lists": sorted(
            ((row, counts[row.pk], _takes_codes(row, visit.at)) for row in rows),
            key=lambda shown: not shown[2],
        ),
        "uploads": UploadBatch.objects.filter(voucher_list__partner=visit.partner, kind="portal")
        .select_related("voucher_list")
        .order_by("-created_at", "-pk")[:NEWEST],
        "files": redemption_selectors.uploads_of(
            business=visit.business, partner=visit.partner
        ).order_by("-created_at", "-pk")[:NEWEST],
    }
    return render(request, "vouchers/portal/home.html", context)


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def partner_portal_codes(request: HttpRequest, visit: Visit, list_id: str) -> HttpResponse:
    """Take a file of codes for one of the partner's lists."""
    row = _list(visit, list_id)
    form = PortalCodesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = uploads.receive(
                voucher_list=row,
                file=form.cleaned_data["file"],
                mode=form.cleaned_data["mode"],
                is_same_file_fine=True,
                kind=BatchKind.PORTAL,
                uploaded_by_name=visit.contact.email,
                actor=None,
                at=visit.at,
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            url = reverse("partner_portal_upload", args=[row.list_id, batch.number])
            return redirect_or_hx(request, url)
    context = {"visit": visit, "voucher_list": row, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "vouchers/portal/codes.html", context, status=status)


@partner_page
@require_safe
def partner_portal_upload(
    request: HttpRequest, visit: Visit, list_id: str, number: int
) -> HttpResponse:
    """Show how far an upload of the portal is and what was refused."""
    batch = _upload(visit, list_id, number)
    row = batch.voucher_list
    context = {
        "visit": visit,
        "batch": batch,
        "voucher_list": row,
        "is_working": upload_selectors.is_working(batch),
        "progress": upload_selectors.progress(batch, at=visit.at),
        "reasons": upload_selectors.reasons(batch),
        "problems": batch.lines.order_by("line_no", "pk")[:1_000],
        "takes_codes": _takes_codes(row, visit.at),
        "has_file": bool(batch.file) and batch.file_deleted_at is None,
    }
    template = "_upload.html" if is_fragment(request) else "upload.html"
    return render(request, f"vouchers/portal/{template}", context)


@partner_page
@require_POST
def partner_portal_upload_file(
    request: HttpRequest, visit: Visit, list_id: str, number: int, kind: str
) -> HttpResponseBase:
    """Send what was refused of an own upload, as a report or as values to correct, and note it."""
    batch = _upload(visit, list_id, number)
    if kind not in (Download.REJECTED, Download.CORRECT):
        raise NotFound("There is no such file.")
    return file_of(batch, Download(kind), actor=None, name=visit.contact.email)


@partner_page
@require_http_methods(["GET", "HEAD", "POST"])
def partner_portal_redemptions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take a file of redemptions of the partner's codes."""
    form = RedemptionUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = redemption_uploads.receive(
                business=visit.business,
                partner=visit.partner,
                file=form.cleaned_data["file"],
                channel=Channel.PORTAL,
                name=visit.contact.email,
                at=visit.at,
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return redirect_or_hx(request, reverse("partner_portal_file", args=[upload.number]))
    status = 422 if form.is_bound else 200
    context = {"visit": visit, "form": form}
    return render(request, "vouchers/portal/redemptions.html", context, status=status)


@partner_page
@require_safe
def partner_portal_file(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show how far a file of redemptions is and what was refused."""
    upload = redemption_selectors.upload(
        business=visit.business, number=number, partner=visit.partner
    )
    context = file_context(upload) | {
        "visit": visit,
        "report_url": reverse("partner_portal_report", args=[upload.number]),
        "more_url": reverse("partner_portal_redemptions"),
    }
    if is_fragment(request):
        return render(request, "vouchers/redemptions/_file.html", context)
    return render(request, "vouchers/portal/file.html", context)


@partner_page
@require_safe
def partner_portal_report(request: HttpRequest, visit: Visit, number: int) -> HttpResponseBase:
    """Send the refused rows as a file."""
    return report_of(
        redemption_selectors.upload(business=visit.business, number=number, partner=visit.partner)
    )


@partner_page
@require_POST
def partner_portal_leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """End the sessions of this contact."""
    partner_portal.leave(contact=visit.contact, at=visit.at)
    response = _to_the_door(ended=True)
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def _lists(visit: Visit) -> Any:
    rows = list_selectors.lists_of(business=visit.business).filter(partner=visit.partner)
    return rows.exclude(status=ListStatus.ARCHIVED).select_related("partner")


def _list(visit: Visit, list_id: str) -> VoucherList:
    found: VoucherList | None = _lists(visit).filter(list_id=list_id).first()
    if found is None:
        raise NotFound("There is no voucher list with this List ID.")
    return found


def _upload(visit: Visit, list_id: str, number: int) -> UploadBatch:
    row = _list(visit, list_id)
    found = row.batches.filter(number=number, kind=BatchKind.PORTAL) if number < 2**31 else None
    batch = found.select_related("voucher_list__partner").first() if found is not None else None
    if batch is None:
        raise NotFound("There is no such upload.")
    return batch


def _takes_codes(row: VoucherList, at: datetime) -> bool:
    return row.status in (ListStatus.ACTIVE, ListStatus.PAUSED) and row.expires_at > at


def _to_the_door(*, ended: bool) -> HttpResponse:
    """Lead to where a link is asked for; `ended` says there that a session is over."""
    return see_other(reverse("partner_portal_ask") + ("?ended=1" if ended else ""))


def _let_in(response: HttpResponse, secret: str) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=partner_portal.SESSION_LASTS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
