"""Lots and holds: what one award became, its cancellation, a later expiry, the release of a hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.clock import now
from core.errors import DomainError
from core.forms import OnceForm
from core.money import Money
from core.views import Empty, TableView
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from events.conditions import EVERYTHING
from wallet import words
from wallet.choices import HoldState
from wallet.filters.desk import LotFilter
from wallet.forms.contacts import ExpiryForm, ReasonForm, renew
from wallet.models import Account, AwardReturn, Entry, Lot
from wallet.rules.expiry import midnight
from wallet.selectors import books, desk
from wallet.selectors import pools as pool_selectors
from wallet.services import awards, holds
from wallet.services import lots as services
from wallet.tables.contacts import LotTable
from wallet.views.shared import LOTS, actor_of, contact_crumbs, crumbs, rights


class LotList(TableView):
    """All lots: one award or other conditional credit each."""

    template_name = "wallet/list.html"
    access = "wallet.read"
    title = LOTS
    subtitle = "Commerce money, award by award: what was granted, what is left, until when."
    table_class = LotTable
    filter_class = LotFilter
    empty = Empty(
        icon="gift",
        title="No commerce money yet",
        text="Each award becomes a lot with the conditions of its pool.",
    )
    no_match = "No lot matches your filters"
    noun = ("lot", "lots")
    export_name = "lots"
    count_cap = 1_000

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return crumbs((LOTS, ""))

    def get_queryset(self) -> QuerySet[Account]:
        return desk.lots_listed(business=cast("DeskRequest", self.request).organisation)


@access("wallet.read")
@require_safe
def lot_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show one lot: its conditions, what is left, and every entry that touched it."""
    account, lot = _found(request, pk)
    version = lot.pool_version
    sets = pool_selectors.conditions_by_id(versions=[version])
    record = desk.return_of(lot=lot)
    entries = books.entries_of(business=request.organisation).filter(
        pk__in=books.touching(Q(lot=lot))
    )
    return render(
        request,
        "wallet/lots/detail.html",
        {
            "account": account,
            "lot": lot,
            "contact": lot.wallet.contact,
            "granted": Money(lot.amount_minor, lot.currency),
            "left": Money(account.balance, lot.currency),
            "taken_back": Money(record.clawed_back_minor, lot.currency) if record else None,
            "record": record,
            "status": _status(lot, account, record, now()),
            "expiry": words.expiry(lot.expires_at, request.organisation.time_zone),
            "lines": words.pool_lines(version, sets.get(version.conditions_id or 0, EVERYTHING)),
            "source_url": words.own_page(lot.reference) if lot.reference else "",
            "source_words": words.subject(lot.reference),
            "earned_url": words.reason_url(lot.earned_by),
            "earned_words": words.subject(lot.earned_by),
            "movements": movements(entries.order_by("-pk")[:50], lot),
            "changes": desk.expiry_changes(lot=lot),
            "version_changes": desk.version_changes(lot=lot),
            "can_cancel": desk.is_cancellable(lot=lot, record=record, at=now()),
            "can_extend": lot.expires_at is not None and lot.expires_at > now(),
            "crumbs": contact_crumbs(lot.wallet.contact, (f"Lot L-{lot.pk}", "")),
            **rights(request),
        },
    )


def movements(entries: Any, lot: Lot) -> list[dict[str, Any]]:
    """Return what each entry changed on the lot's accounts, with where it came from or went."""
    found = []
    for entry in entries:
        for line in entry.lines:
            for account, other, sign in (
                (line.source, line.target, -1),
                (line.target, line.source, 1),
            ):
                if account.lot_id == lot.pk:
                    after = line.source_after if sign < 0 else line.target_after
                    found.append(
                        {
                            "entry": entry,
                            "change": words.signed(Money(sign * line.amount, lot.currency)),
                            "gain": sign > 0,
                            "after": Money(after, lot.currency),
                            "account": account,
                            "other": words.account_name(other),
                            "other_id": other.pk,
                            "url": words.reason_url(entry.subject),
                            "subject": words.subject(entry.subject),
                        }
                    )
    return found


@access("wallet.write")
def lot_cancel(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then take an award back (wallet.md 6.6)."""
    account, lot = _found(request, pk)
    record = desk.return_of(lot=lot)
    left = Money(awards.standing_of(lot, record or AwardReturn(lot=lot)), lot.currency)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        of = form.cleaned_data
        try:
            awards.cancel(
                lot=lot, reason=of["reason"], key=of["nonce"], actor=actor_of(request), at=now()
            )
        except DomainError as error:
            refusals.show(form, error)
            renew(form)
        else:
            return done(request, _page_of(lot), f"The award of {left.format()} was cancelled.")
    on_lot = Money(min(account.balance, left.minor), lot.currency)
    return _asked(
        request,
        form,
        title=f"Cancel the award of {left.format()}?",
        consequences=[
            f"{on_lot.format()} is taken from what is left of it.",
            f"Up to {(left - on_lot).format()} is taken from what it brought into other pockets.",
            "Your redemption settings say who bears what was spent already.",
        ],
        submit_label="Cancel the award",
        cancel_url=_page_of(lot),
        danger=True,
        crumbs=_crumbs(lot, "Cancel"),
    )


@access("wallet.write")
def lot_extend(request: DeskRequest, pk: int) -> HttpResponse:
    """Move the last usable day of a lot later (wallet.md 9.5)."""
    _, lot = _found(request, pk)
    zone = request.organisation.time_zone
    form = ExpiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last_day"]
        try:
            services.move_expiry(
                lot=lot,
                expires_at=_end_of(last, zone),
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, _page_of(lot), "The expiry was moved later.")
    return form_page(
        request,
        form,
        title=f"Move the expiry of lot L-{lot.pk}",
        intro=f"Its last usable day is {words.expiry(lot.expires_at, zone)}. It is only ever moved"
        " later.",
        submit_label="Move the expiry",
        cancel_url=_page_of(lot),
        crumbs=_crumbs(lot, "Expiry"),
    )


@access("wallet.read")
@require_safe
def hold_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what a till set aside, where it came from, and what became of it."""
    hold = desk.hold(business=request.organisation, pk=pk)
    contact = hold.wallet.contact
    parts = hold.parts.select_related("account").order_by("pk")
    return render(
        request,
        "wallet/holds/detail.html",
        {
            "hold": hold,
            "contact": contact,
            "amount": Money(hold.amount_minor, hold.currency),
            "parts": [(part.account, Money(part.amount_minor, hold.currency)) for part in parts],
            "reference_url": words.reason_url(hold.reference),
            "reference_words": words.subject(hold.reference),
            "entries": list(_entries_of_hold(request, hold.account_id)),
            "is_open": hold.state == HoldState.OPEN,
            "crumbs": contact_crumbs(contact, (f"Hold H-{hold.pk}", "")),
            **rights(request),
        },
    )


@access("wallet.write")
def hold_release(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then give held money back where it came from."""
    hold = desk.hold(business=request.organisation, pk=pk)
    url = reverse("hold_detail", args=[hold.pk])
    form = OnceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            holds.release(
                hold=hold, key=form.cleaned_data["nonce"], actor=actor_of(request), at=now()
            )
        except DomainError as error:
            refusals.show(form, error)
            renew(form)
        else:
            return done(request, url, "The money went back where it came from.")
    amount = Money(hold.amount_minor, hold.currency).format()
    return _asked(
        request,
        form,
        title=f"Release {amount}?",
        consequences=[
            "The money goes back to the very lots and pockets from which it came.",
            "The till can no longer capture it: it has to ask for a new quote.",
        ],
        submit_label="Release",
        cancel_url=url,
        danger=True,
        crumbs=contact_crumbs(hold.wallet.contact, (f"Hold H-{hold.pk}", url), ("Release", "")),
    )


def _asked(request: DeskRequest, form: OnceForm, **context: Any) -> HttpResponse:
    """Draw the question, with 422 where the answer was not accepted."""
    response = confirm_page(request, form=form, **context)
    response.status_code = 422 if form.is_bound and form.errors else 200
    return response


def _entries_of_hold(request: DeskRequest, account_id: int) -> QuerySet[Entry]:
    return (
        books.entries_of(business=request.organisation)
        .filter(pk__in=books.touching(Q(pk=account_id)))
        .order_by("pk")
    )


def _found(request: DeskRequest, pk: int) -> tuple[Account, Lot]:
    """Return the account of the lot with its lot, which has its wallet at hand."""
    account = desk.lot(business=request.organisation, pk=pk)
    lot, wallet = account.lot, account.wallet
    assert lot is not None
    assert wallet is not None
    lot.wallet = wallet
    return account, lot


def _status(lot: Lot, account: Account, record: AwardReturn | None, at: datetime) -> dict[str, str]:
    """Return the state of a lot as a badge: usable, not yet, used up, expired, cancelled."""
    if record is not None and record.cancelled_at is not None:
        return {"label": "Cancelled", "tone": "danger", "icon": "ban"}
    if not account.balance:
        return {"label": "Used up", "tone": "neutral", "icon": "circle-check"}
    if lot.expires_at is not None and lot.expires_at <= at:
        return {"label": "Expired", "tone": "warning", "icon": "clock-off"}
    if lot.starts_at > at:
        return {"label": "Not usable yet", "tone": "info", "icon": "clock"}
    return {"label": "Usable", "tone": "success", "icon": "circle-check"}


def _end_of(last: date | None, zone: str) -> datetime | None:
    """Return the midnight at which money with that last usable day expires."""
    return midnight(last + timedelta(days=1), zone) if last is not None else None


def _page_of(lot: Lot) -> str:
    return reverse("lot_detail", args=[lot.pk])


def _crumbs(lot: Lot, title: str) -> list[tuple[str, str]]:
    return contact_crumbs(lot.wallet.contact, (f"Lot L-{lot.pk}", _page_of(lot)), (title, ""))
