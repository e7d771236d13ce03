"""Manual journals: proposed by one person, checked before they are posted, confirmed by another."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
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
from wallet import words
from wallet.choices import JournalDirection, JournalState, Pocket
from wallet.errors import InsufficientFunds
from wallet.filters.desk import JournalFilter
from wallet.forms.contacts import JournalForm, renew
from wallet.models import Journal, Wallet
from wallet.selectors import books, desk, pockets, settings_of
from wallet.services import journals
from wallet.services.journals import Line
from wallet.tables.contacts import JournalTable
from wallet.views.contacts import found_wallet
from wallet.views.shared import (
    JOURNALS,
    contact_crumbs,
    crumbs,
    rights,
    wallet_url,
)


class JournalList(TableView):
    """All journals; those that wait for a second person first among the chips."""

    template_name = "wallet/list.html"
    access = "wallet.read"
    title = JOURNALS
    subtitle = "Credits and debits by hand. Above the limit a second person confirms."
    table_class = JournalTable
    filter_class = JournalFilter
    empty = Empty(
        icon="pencil",
        title="No journals yet",
        text="Open a contact's wallet to credit or debit it by hand, with a reason.",
        action_label="Go to the wallets",
        action_url_name="wallet_list",
        permission="wallet.read",
    )
    no_match = "No journal matches your filters"
    noun = ("journal", "journals")
    export_name = "journals"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return crumbs((JOURNALS, ""))

    def get_queryset(self) -> QuerySet[Journal]:
        return desk.journals_of(business=cast("DeskRequest", self.request).organisation)


@access("wallet.write")
def journal_add(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask what to credit or debit, show the balance before and after, then post or propose it."""
    contact, wallet = found_wallet(request, pk)
    data = request.POST if request.method == "POST" else None
    form = JournalForm(data, wallet=wallet, business=request.organisation)
    if request.method == "POST" and form.is_valid():
        line = form.line()
        check = _check(wallet, line)
        if check["short"]:
            refusals.show(form, InsufficientFunds(_short_words(check)))
        elif "confirmed" not in request.POST:
            return _check_page(request, wallet, line, check)
        else:
            try:
                journal = journals.write(
                    wallet=wallet,
                    line=line,
                    by=request.user,
                    key=form.cleaned_data["nonce"],
                    at=now(),
                )
            except DomainError as error:
                refusals.show(form, error)
                renew(form)
            else:
                return done(request, _page_of(journal), _said(journal))
    return form_page(
        request,
        form,
        title=f"Journal for {contact}",
        intro="You see the balance before and after it before anything is posted.",
        submit_label="Check",
        cancel_url=wallet_url(pk),
        crumbs=contact_crumbs(contact, ("Journal", "")),
        side="wallet/journals/_side.html",
        four_eyes=_four_eyes(request),
        pockets=_in_money(wallet),
    )


@access("wallet.read")
@require_safe
def journal_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a journal: what, why, by whom, and what it would do or did."""
    journal = desk.journal(business=request.organisation, pk=pk)
    line = Line(
        JournalDirection(journal.direction),
        Pocket(journal.pocket),
        journal.amount_minor,
        journal.reason,
        journal.pool,
    )
    is_pending = journal.state == JournalState.PENDING
    return render(
        request,
        "wallet/journals/detail.html",
        {
            "journal": journal,
            "contact": journal.wallet.contact,
            "amount": Money(journal.amount_minor, journal.currency),
            "words": words.journal_line(journal),
            "state": JournalState(journal.state),
            "is_pending": is_pending,
            "is_own": journal.created_by_id == request.user.pk,
            "check": _check(journal.wallet, line) if is_pending else None,
            "entries": list(
                books.entries_about(
                    business=request.organisation, subject=f"wallet.journal:{journal.pk}"
                )
            ),
            "crumbs": _crumbs(journal),
            **rights(request),
        },
    )


@access("wallet.approve")
def journal_approve(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then post a journal that another person proposed."""
    journal = desk.journal(business=request.organisation, pk=pk)
    form = OnceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            journals.confirm(
                journal=journal, by=request.user, key=form.cleaned_data["nonce"], at=now()
            )
        except DomainError as error:
            refusals.show(form, error)
            renew(form)
        else:
            return done(request, _page_of(journal), "The journal was posted.")
    return _asked(
        request,
        form,
        title=f"{words.journal_line(journal)}?",
        message=f"{journal.created_by.display_name} proposed it: “{journal.reason}”",
        consequences=[
            "The money moves at once.",
            "Your name stays with it as the one who confirmed it.",
        ],
        submit_label="Approve and post",
        cancel_url=_page_of(journal),
        crumbs=_crumbs(journal, "Approve"),
    )


@access("wallet.write")
def journal_refuse(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then close a pending journal without posting it; its author may take it back so."""
    journal = desk.journal(business=request.organisation, pk=pk)
    is_own = journal.created_by_id == request.user.pk
    form = OnceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            journals.refuse(
                journal=journal, by=request.user, key=form.cleaned_data["nonce"], at=now()
            )
        except DomainError as error:
            refusals.show(form, error)
            renew(form)
        else:
            return done(request, _page_of(journal), "The journal was closed. No money moved.")
    return _asked(
        request,
        form,
        title="Take the journal back?" if is_own else "Refuse the journal?",
        message=words.journal_line(journal),
        consequences=["No money moves.", "The journal stays in the list as refused."],
        submit_label="Take it back" if is_own else "Refuse",
        cancel_url=_page_of(journal),
        danger=True,
        crumbs=_crumbs(journal, "Refuse"),
    )


def _check_page(
    request: DeskRequest, wallet: Wallet, line: Line, check: dict[str, Any]
) -> HttpResponse:
    """Show what would happen, and carry what was typed along."""
    limit = settings_of(business=request.organisation).four_eyes_above_minor
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "confirmed")
    ]
    contact = wallet.contact
    return render(
        request,
        "wallet/journals/check.html",
        {
            "title": "Check the journal",
            "contact": contact,
            "line": line,
            "pocket": line.pocket.label,
            "direction": line.direction.label,
            "amount": Money(line.minor, wallet.currency),
            "check": check,
            "hidden": hidden,
            "needs_second": line.minor > limit,
            "limit": Money(limit, wallet.currency),
            "cancel_url": wallet_url(contact.pk),
            "crumbs": contact_crumbs(contact, ("Journal", "")),
        },
    )


def _check(wallet: Wallet, line: Line) -> dict[str, Any]:
    """Return the pocket's balance before and after the line, and whether it would fall short."""
    has = pockets(wallet=wallet)
    before = {
        Pocket.OPEN: has.open_minor,
        Pocket.BUSINESS: has.business_minor,
        Pocket.COMMERCE: has.commerce_minor,
    }[line.pocket]
    is_credit = line.direction == JournalDirection.CREDIT
    after = before + (line.minor if is_credit else -line.minor)
    repaid = min(has.debt_minor, line.minor) if is_credit else 0
    return {
        "before": Money(before, wallet.currency),
        "after": Money(after - repaid, wallet.currency),
        "repaid": Money(repaid, wallet.currency) if repaid else None,
        "short": after < 0,
        "pocket": line.pocket.label,
    }


def _short_words(check: dict[str, Any]) -> str:
    return (
        f"The {check['pocket'].lower()} holds {check['before'].format()}."
        " Debit at most that, or choose the other pocket."
    )


def _said(journal: Journal) -> str:
    if journal.state == JournalState.PENDING:
        return "The journal waits for a second person to confirm it."
    return "The journal was posted."


def _four_eyes(request: DeskRequest) -> Money:
    business = request.organisation
    minor = settings_of(business=business).four_eyes_above_minor
    return Money(minor, business.base_currency)


def _in_money(wallet: Wallet) -> dict[str, Money]:
    has = pockets(wallet=wallet)
    return {
        "business": Money(has.business_minor, wallet.currency),
        "commerce": Money(has.commerce_minor, wallet.currency),
    }


def _asked(request: DeskRequest, form: OnceForm, **context: Any) -> HttpResponse:
    response = confirm_page(request, form=form, **context)
    response.status_code = 422 if form.is_bound and form.errors else 200
    return response


def _page_of(journal: Journal) -> str:
    return reverse("journal_detail", args=[journal.pk])


def _crumbs(journal: Journal, title: str = "") -> list[tuple[str, str]]:
    name = f"Journal J-{journal.pk}"
    last = ((name, _page_of(journal)), (title, "")) if title else ((name, ""),)
    return crumbs((JOURNALS, reverse("journal_list")), *last)
