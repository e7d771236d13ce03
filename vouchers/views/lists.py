"""Vouchers › Lists: the list of lists, a new one, its page, its editing (vouchers.md 8, 1 to 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.core.files import File
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.errors import DomainError
from core.http import redirect_or_hx
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.models import Organisation
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from vouchers.choices import ListStatus
from vouchers.filters.lists import ListFilter
from vouchers.forms.lists import ListEditForm, ListForm
from vouchers.models import VoucherList
from vouchers.selectors import alerts as alert_selectors
from vouchers.selectors import burn, by_day
from vouchers.selectors import lists as selectors
from vouchers.selectors.numbers import numbers
from vouchers.services import kept_files, lists, top_up_requests
from vouchers.services.lists import EditedMeanwhile, ListArchived
from vouchers.services.new_list import open_list
from vouchers.services.uploads import NotACodeFile
from vouchers.tables.lists import ListTable, use_bar
from vouchers.tags import normal_tag, tag_problem
from vouchers.views import list_charts
from vouchers.views.desk import business_of
from vouchers.views.list_frame import frame, list_of

asked = require_http_methods(["GET", "HEAD", "POST"])


class ListList(TableView):
    """The voucher lists of the business."""

    access = "vouchers.read"
    title = "Voucher Lists"
    subtitle = "Pools of partners' codes that campaigns give out."
    table_class = ListTable
    filter_class = ListFilter
    actions = (
        PageAction("New voucher list", "voucher_list_new", "vouchers.write", "plus", primary=True),
    )
    empty = Empty(
        icon="ticket",
        title="No voucher lists yet",
        text="A list holds one partner's codes under one name, with conditions and an expiry."
        " Make one, upload the partner's codes, and let campaigns give them out: every person gets"
        " a code of their own.",
        action_label="New voucher list",
        action_url_name="voucher_list_new",
        permission="vouchers.write",
    )
    no_match = "No voucher lists match your search"
    noun = ("voucher list", "voucher lists")
    export_name = "voucher-lists"
    tour = "vouchers.lists"
    template_name = "vouchers/lists/list.html"

    @cached_property
    def business(self) -> Organisation:
        return business_of(cast("DeskRequest", self.request))

    def get_queryset(self) -> QuerySet[VoucherList]:
        rows = selectors.lists_listed(business=self.business)
        if self.request.GET.get("status") == ListStatus.ARCHIVED:
            return rows
        return rows.exclude(status=ListStatus.ARCHIVED)

    def extra_context(self) -> Mapping[str, Any]:
        return {"overview": selectors.overview(business=self.business, at=now())}


@access("vouchers.write")
@asked
def voucher_list_new(request: DeskRequest) -> HttpResponse:
    """Make a list, with its first file of codes if there is one."""
    form = ListForm(
        request.POST or None,
        request.FILES or None,
        business=business_of(request),
        partner=request.GET.get("partner", ""),
    )
    at = now()
    file = _file(request, form, at)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_list(
                partner=form.cleaned_data["partner"],
                data=form.data_for_service(),
                file=file,
                mode=form.cleaned_data["mode"],
                header=form.cleaned_data["header"],
                actor=request.user,
                at=at,
            )
        except DomainError as error:
            _show(form, error)
        else:
            batch = made.batches.first()
            words = "Its codes are being imported." if batch else "Upload its codes next."
            url = reverse("voucher_list", args=[made.list_id])
            return done(request, url, f"“{made.name}” was made, {made.list_id}. {words}")
    if form.errors and file is not None and "file" not in form.errors:
        form.offer_kept(kept_files.keep(file=file, user=request.user, at=at), file.name or "")
    return form_page(
        request,
        form,
        title="New voucher list",
        template="vouchers/lists/new.html",
        crumbs=[(ListList.title, reverse("voucher_lists")), ("New", "")],
        cancel_url=reverse("voucher_lists"),
        tag=tag_state(request),
        side="vouchers/lists/_new_side.html",
        tour="vouchers.new_list",
    )


def _file(request: DeskRequest, form: ListForm, at: datetime) -> File[bytes] | None:
    """Return the file that was sent now, else the one that is kept from the time before."""
    sent = request.FILES.get("file")
    if sent is not None or not form.is_bound:
        return sent
    return kept_files.take(word=request.POST.get("kept", ""), user=request.user, at=at)


@access("vouchers.write")
@require_safe
def voucher_list_tag(request: DeskRequest) -> HttpResponse:
    """Say how the typed tag is kept, and whether the chosen partner can use it."""
    return render(request, "vouchers/lists/_tag.html", {"tag": tag_state(request)})


def tag_state(request: DeskRequest) -> dict[str, str]:
    """Return what there is to say about the tag in the form: its kept form, tone and words."""
    given = request.POST or request.GET
    tag = normal_tag(given.get("list_tag", "")[:200])
    if not tag:
        return {}
    if problem := tag_problem(tag):
        return {"tag": tag, "tone": "bad", "words": problem}
    key = given.get("partner", "")
    partners = selectors.partners_of(business=business_of(request))
    partner = partners.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if partner is None:
        return {"tag": tag, "tone": "", "words": "Choose a partner to see whether it is free."}
    if lists.is_tag_taken(partner=partner, tag=tag):
        return {"tag": tag, "tone": "bad", "words": f"In use by a list of {partner.name}."}
    before = lists.generations(partner=partner, tag=tag)
    words = f"Free at {partner.name}."
    if before:
        words += (
            " An archived list had it before; codes that were issued from it are not taken again."
        )
    return {"tag": tag, "tone": "good", "words": words}


@access("vouchers.read")
@require_safe
def voucher_list_page(request: DeskRequest, list_id: str) -> HttpResponse:
    """Show a list: its counters, thirty days of use, how long it lasts, its alerts and conditions."""
    row, at = list_of(request, list_id), now()
    found = numbers(row, at=at)
    rate = burn.rates_of(list_ids=[row.pk], at=at)[row.pk]
    use = by_day.use_of(list_ids=[row.pk], zone=row.business.time_zone, at=at)
    is_open = row.status in (ListStatus.ACTIVE, ListStatus.PAUSED) and row.expires_at > at
    context = {
        **frame(request, row, "voucher_list"),
        "numbers": found,
        "use": ""
        if found.utilisation is None
        else use_bar(float(found.utilisation), row.warn_used_percent),
        "forecast": burn.forecast(
            available=found.distributable, rate=rate, expires_at=row.expires_at, at=at
        ),
        "waiting": burn.waiting_of(list_ids=[row.pk])[row.pk],
        "alerts": alert_selectors.alerts_of_list(voucher_list=row).filter(resolved_at=None),
        "charts": list_charts.of_list(use=use, numbers=found),
        "asked": top_up_requests.last_of(voucher_list=row) if is_open else None,
        "is_open": is_open,
    }
    return render(request, "vouchers/lists/overview.html", context)


@access("vouchers.write")
@asked
def voucher_list_edit(request: DeskRequest, list_id: str) -> HttpResponse:
    """Change name, description, expiry and the rule of validity; extending revives an expired list."""
    row, at = list_of(request, list_id), now()
    if row.status == ListStatus.ARCHIVED:
        raise ListArchived(f"“{row.name}” is archived, and archived lists do not change.")
    form = ListEditForm(request.POST or None, business=row.business, voucher_list=row)
    theirs: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            saved = lists.update(
                voucher_list=row,
                data=form.edit_for_service(),
                version=form.cleaned_data["version"] or 0,
                actor=request.user,
                at=at,
            )
        except EditedMeanwhile as error:
            theirs = _differences(form, error.current)
            sent = request.POST.copy()
            sent["version"] = str(error.current.version)
            form.data = sent
            form.add_error(None, error.message)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _saved_words(row, saved))
            return redirect_or_hx(request, reverse("voucher_list", args=[row.list_id]))
    found = numbers(row, at=at)
    return form_page(
        request,
        form,
        title=f"Edit “{row.name}”",
        template="vouchers/lists/edit.html",
        crumbs=[
            (ListList.title, reverse("voucher_lists")),
            (row.name, reverse("voucher_list", args=[row.list_id])),
            ("Edit", ""),
        ],
        cancel_url=reverse("voucher_list", args=[row.list_id]),
        voucher_list=row,
        theirs=theirs,
        consequences=_extending(row, found.available, at),
    )


def _show(form: ListEditForm, error: DomainError) -> None:
    """Show a refusal; what is wrong with expiry or file stands at their fields."""
    if "expires_at" in error.fields:
        error.fields["expires_on"] = error.fields.pop("expires_at")
    if isinstance(error, NotACodeFile):
        error.fields["file"] = error.message
    refusals.show(form, error)


def _extending(row: VoucherList, available: int, at: datetime) -> list[str]:
    """Say what a later expiry does to this list."""
    waiting = burn.waiting_of(list_ids=[row.pk])[row.pk]
    codes = "1 code becomes" if available == 1 else f"{available:,} codes become"
    found = []
    if row.status == ListStatus.EXPIRED or row.expires_at <= at:
        if row.status_before_expiry == ListStatus.PAUSED:
            found.append("The list is paused again, as it was before it expired.")
        else:
            found.append(f"{codes} distributable at once.")
            if waiting:
                people = "1 person is" if waiting == 1 else f"{waiting:,} people are"
                found.append(f"{people} waiting and will be served first.")
    else:
        found.append("The codes that are left can be given out for longer.")
    if row.redeem_rule == "same_as_list":
        found.append("Codes that people have are good until the new expiry, never for less long.")
    return found


def _differences(form: ListEditForm, current: VoucherList) -> list[tuple[str, str]]:
    """Return what the other person saved, for each field where the typed value differs."""
    theirs = form.initial_of(current)
    found = []
    for name, value in theirs.items():
        if name == "version" or form.cleaned_data.get(name) in (value, value or None):
            continue
        found.append((str(form.fields[name].label), "–" if value in (None, "") else str(value)))
    return found


def _saved_words(before: VoucherList, saved: VoucherList) -> str:
    if before.status == saved.status:
        return f"“{saved.name}” was saved."
    return f"“{saved.name}” was saved. It is {saved.state.label.lower()} again."
