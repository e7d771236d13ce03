"""The ledger: entries with their postings, accounts line by line, the trial balance, purchases."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import exports
from core.clock import now
from core.money import Money
from core.views import Empty, PageAction, TableView
from directory.permissions import access
from directory.sessions import DeskRequest
from wallet import words
from wallet.choices import AccountKind, Operation
from wallet.filters.desk import AccountFilter, EntryFilter
from wallet.models import Account, Entry, Posting
from wallet.selectors import books, desk
from wallet.tables.books import AccountTable, EntryTable, people
from wallet.views.shared import LEDGER, contact_crumbs, crumbs, rights

LEGS_SHOWN = 25


class Ledger(TableView):
    """Every entry of the business's books, the newest first."""

    template_name = "wallet/list.html"
    access = "wallet.read"
    title = LEDGER
    subtitle = (
        "Every movement of money, each with its reason. Nothing here is ever changed or deleted."
    )
    table_class = EntryTable
    filter_class = EntryFilter
    actions = (
        PageAction("Accounts", "account_list", "wallet.read", "list-details"),
        PageAction("Trial balance", "trial_balance", "wallet.read", "report-money"),
    )
    empty = Empty(
        icon="database",
        title="No entries yet",
        text="Awards, purchases, top-ups and journals are written here as soon as they happen.",
    )
    no_match = "No entry matches your filters"
    noun = ("entry", "entries")
    export_name = "ledger"
    tour = "wallet.ledger"
    count_cap = 1_000

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return crumbs((LEDGER, ""))

    def get_queryset(self) -> QuerySet[Entry]:
        return books.entries_of(business=cast("DeskRequest", self.request).organisation)


class AccountList(TableView):
    """The accounts of the business and of its wallets, with what lies on them."""

    template_name = "wallet/list.html"
    access = "wallet.read"
    title = "Accounts"
    subtitle = "Where money lies, and the reasons for which it came and went."
    table_class = AccountTable
    filter_class = AccountFilter
    empty = Empty(
        icon="list-details",
        title="No accounts yet",
        text="An account is opened when money first comes to it.",
    )
    no_match = "No account matches your filters"
    noun = ("account", "accounts")
    export_name = "accounts"
    count_cap = 1_000

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return crumbs((LEDGER, reverse("ledger")), ("Accounts", ""))

    def get_queryset(self) -> QuerySet[Account]:
        return books.accounts_of(business=cast("DeskRequest", self.request).organisation)


@access("wallet.read")
@require_safe
def entry_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show an entry: its postings, the command that wrote it, its reason and its reversal."""
    business = request.organisation
    entry = books.entry(business=business, pk=pk)
    reversal = getattr(entry, "reversed_by", None)
    return render(
        request,
        "wallet/ledger/entry.html",
        {
            "entry": entry,
            "operation": Operation(entry.operation).label,
            "icon": words.OPERATION_ICONS.get(entry.operation, "transfer"),
            "total": words.total_of(entry),
            "lines": [_line(line) for line in entry.lines],  # type: ignore[attr-defined]
            "people": people(entry),
            "subject": words.subject(entry.subject),
            "subject_url": words.reason_url(entry.subject),
            "reversal": reversal,
            "correction": ""
            if reversal or entry.reverses_id
            else words.CORRECTIONS.get(entry.operation, ""),
            "together": [
                one
                for one in books.entries_of(business=business)
                .filter(command=entry.command_id)
                .order_by("pk")
                if one.pk != entry.pk
            ],
            "crumbs": crumbs((LEDGER, reverse("ledger")), (f"Entry E-{entry.pk}", "")),
            **rights(request),
        },
    )


def _line(line: Posting) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "source": words.account_name(line.source),
        "source_url": _account_url(line.source),
        "source_after": words.minus(Money(line.source_after, line.currency)),
        "target": words.account_name(line.target),
        "target_url": _account_url(line.target),
        "target_after": words.minus(Money(line.target_after, line.currency)),
        "amount": Money(line.amount, line.currency),
    }


def _account_url(account: Account) -> str:
    """Return the account's page; an open pocket is the contact's, whom other businesses share."""
    if account.kind == AccountKind.OPEN:
        return ""
    return reverse("account_detail", args=[account.pk])


@access("wallet.read")
@require_safe
def account_detail(request: DeskRequest, pk: int) -> HttpResponseBase:
    """Show an account line by line with its running balance, or send all lines as a file."""
    account = books.account(business=request.organisation, pk=pk)
    if (kind := request.GET.get("export", "")) in exports.KINDS:
        return _account_file(kind, account)
    newest = _version_asked(request, account)
    legs = books.legs_of(account=account, newest=newest, oldest=newest - LEGS_SHOWN + 1)
    oldest = max(newest - LEGS_SHOWN + 1, 1)
    contact = account.wallet.contact if account.wallet else None
    name = words.account_name(account)
    return render(
        request,
        "wallet/ledger/account.html",
        {
            "account": account,
            "name": name,
            "kind": AccountKind(account.kind).label,
            "contact": contact,
            "balance": Money(account.balance, account.currency),
            "balance_words": words.minus(Money(account.balance, account.currency)),
            "legs": [_leg(leg, account.currency) for leg in legs],
            "shown": f"Showing lines {oldest:,} to {newest:,} of {account.version:,}"
            if account.version
            else "No lines yet",
            "newer": min(newest + LEGS_SHOWN, account.version) if newest < account.version else 0,
            "older": oldest - 1,
            "export_kinds": exports.KINDS,
            "crumbs": contact_crumbs(contact, (AccountKind(account.kind).label, ""))
            if contact
            else crumbs(
                (LEDGER, reverse("ledger")), ("Accounts", reverse("account_list")), (name, "")
            ),
        },
    )


def _version_asked(request: DeskRequest, account: Account) -> int:
    """Return the version that the page begins with; anything that is none means the newest."""
    asked = request.GET.get("line", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        return max(min(int(asked), account.version), 1)
    return account.version


def _leg(leg: books.Leg, currency: str) -> dict[str, Any]:
    return {
        "leg": leg,
        "operation": Operation(leg.operation).label,
        "icon": words.OPERATION_ICONS.get(leg.operation, "transfer"),
        "other": AccountKind(leg.other_kind).label,
        "other_url": ""
        if leg.other_kind == AccountKind.OPEN
        else reverse("account_detail", args=[leg.other_id]),
        "change": words.signed(Money(leg.change, currency)),
        "gain": leg.change > 0,
        "after": words.minus(Money(leg.after, currency)),
        "subject": words.subject(leg.subject),
        "url": words.reason_url(leg.subject),
    }


def _account_file(kind: str, account: Account) -> HttpResponseBase:
    head = [
        "Line", "Entry", "Operation", "When", "Other account", "Change", "Balance after",
        "Currency", "Reference", "Memo",
    ]  # fmt: skip
    currency = account.currency
    rows = (
        [
            leg.version, f"E-{leg.entry_id}", Operation(leg.operation).label, leg.effective_at,
            AccountKind(leg.other_kind).label, Money(leg.change, currency).amount,
            Money(leg.after, currency).amount, currency, leg.subject, leg.memo,
        ]
        for leg in books.every_leg(account=account)
    )  # fmt: skip
    return _send(kind, "account", head, rows)


@access("wallet.read")
@require_safe
def trial_balance(request: DeskRequest) -> HttpResponseBase:
    """Show the sum of each kind of account; a currency's lines sum to zero."""
    lines = books.trial_balance(business=request.organisation)
    if (kind := request.GET.get("export", "")) in exports.KINDS:
        head = ["Account", "Currency", "Accounts", "Balance"]
        rows = (
            [line.label, line.currency, line.accounts, Money(line.minor, line.currency).amount]
            for line in lines
        )
        return _send(kind, "trial-balance", head, rows)
    sums = books.totals(lines)
    tables = [
        {
            "currency": currency,
            "lines": [_balance_line(line) for line in lines if line.currency == currency],
            "total": Money(total, currency),
            "is_sound": total == 0,
        }
        for currency, total in sums.items()
    ]
    return render(
        request,
        "wallet/ledger/trial_balance.html",
        {
            "tables": tables,
            "at": now(),
            "export_kinds": exports.KINDS,
            "crumbs": crumbs((LEDGER, reverse("ledger")), ("Trial balance", "")),
        },
    )


def _balance_line(line: books.Line) -> dict[str, Any]:
    money = Money(line.minor, line.currency)
    is_open = line.kind == AccountKind.OPEN
    url = (
        f"{reverse('ledger')}?kind=OPEN"
        if is_open
        else f"{reverse('account_list')}?kind={line.kind}"
    )
    return {
        "label": f"{line.label}, moved with you" if is_open else line.label,
        "accounts": line.accounts,
        "held": money.format() if line.minor > 0 else "",
        "given": (-money).format() if line.minor < 0 else "",
        "url": url,
        "is_zero": not line.minor,
    }


def _send(kind: str, name: str, head: list[str], rows: Any) -> HttpResponseBase:
    if kind == "csv":
        return exports.csv_response(name, head, rows)
    return exports.xlsx_response(name, head, rows)


@access("wallet.read")
@require_safe
def use_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show what the wallet did for one purchase: from where, for which line, what went back."""
    business = request.organisation
    use = desk.use(business=business, pk=pk)
    currency = use.currency
    parts = use.parts.select_related("lot__pool_version__pool").order_by("pk")
    return render(
        request,
        "wallet/purchases/detail.html",
        {
            "use": use,
            "contact": use.wallet.contact,
            "name": words.subject(use.reference),
            "source_url": words.own_page(use.reference),
            "total": Money(use.total_minor, currency),
            "commerce": Money(use.commerce_minor, currency),
            "business_money": Money(use.business_minor, currency),
            "open_money": Money(use.open_minor, currency),
            "due": Money(
                use.total_minor - use.instant_minor - (use.paid_minor if use.is_spent else 0),
                currency,
            ),
            "returned": Money(use.returned_to_wallet_minor, currency),
            "parts": [
                {
                    "part": part,
                    "kind": AccountKind(part.kind).label,
                    "amount": Money(part.amount_minor, currency),
                    "back": Money(part.back_minor, currency) if part.back_minor else None,
                    "line": part.line + 1 if part.line is not None else None,
                }
                for part in parts
            ],
            "entries": list(books.entries_about(business=business, subject=use.reference)),
            "earned": [
                (lot, Money(lot.amount_minor, lot.currency))
                for lot in desk.earned_by(business=business, reference=use.reference)
            ],
            "crumbs": contact_crumbs(use.wallet.contact, (words.subject(use.reference), "")),
        },
    )
