"""The ledger's lists: entries, one wallet's movements, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from core.columns import row_url
from core.money import Money
from core.tables import Column, CountColumn, WhenColumn
from directory.tables import DeskTable
from wallet import words
from wallet.choices import AccountKind, Operation, Pocket
from wallet.models import Account, Entry, Posting, Wallet
from wallet.tables.contacts import MONEY, amount_link

POCKET_OF: dict[str, str] = {
    AccountKind.OPEN: Pocket.OPEN.label,
    AccountKind.BUSINESS: Pocket.BUSINESS.label,
    AccountKind.BUSINESS_REDEEMED: Pocket.BUSINESS.label,
    AccountKind.COMMERCE_LOT: Pocket.COMMERCE.label,
    AccountKind.HOLD: AccountKind.HOLD.label,
    AccountKind.PAYOUT_TRANSIT: AccountKind.PAYOUT_TRANSIT.label,
    AccountKind.CONTACT_DEBT: "Debt",
}


class LinesTable(DeskTable):
    """What tables of entries share: when, which operation, why."""

    row_prefix = "entry"
    default_order = ("-effective_at",)

    def name_of(self, record: Entry) -> str:
        return f"entry {record.pk}"

    def _page(self, record: Entry) -> str:
        return row_url("entry_detail", record.pk)

    def render_id(self, value: int, record: Entry) -> Any:
        return format_html('<a class="row-link" href="{}">E-{}</a>', self._page(record), value)

    def value_id(self, value: int, record: Entry) -> str:
        return f"E-{value}"

    def render_operation(self, value: str, record: Entry) -> Any:
        icon = words.OPERATION_ICONS.get(value, "transfer")
        label = Operation(value).label
        facts = {"label": label, "tone": "neutral", "icon": icon, "hint": ""}
        key = ("operation", value)
        if key not in self.drawn:
            self.drawn[key] = self.component("components/_badge.html", facts)
        return self.drawn[key]

    def value_operation(self, value: str, record: Entry) -> str:
        return str(Operation(value).label)

    def render_reason(self, value: Any, record: Entry) -> Any:
        memo = format_html('<div class="cell-second">{}</div>', record.memo) if record.memo else ""
        if not record.subject:
            return memo or "–"
        return format_html(
            '<a href="{}">{}</a>{}',
            words.reason_url(record.subject), words.subject(record.subject), memo,
        )  # fmt: skip

    def value_reason(self, value: Any, record: Entry) -> str:
        return " ".join(part for part in (record.subject, record.memo) if part)


def sides(record: Entry) -> tuple[list[Account], list[Account]]:
    """Return the accounts that the entry took from and gave to, each once."""
    lines: Sequence[Posting] = record.lines  # type: ignore[attr-defined]
    sources = {line.source_id: line.source for line in lines}
    targets = {line.target_id: line.target for line in lines}
    return list(sources.values()), list(targets.values())


def people(record: Entry) -> dict[str, str]:
    """Return the contacts whose money the entry moved, with their wallets' addresses."""
    found: dict[str, str] = {}
    for account in [one for side in sides(record) for one in side]:
        here: Sequence[Wallet] = (
            [account.wallet]
            if account.wallet
            else getattr(account.holder, "wallets_here", [])
            if account.holder
            else []
        )
        for wallet in here:
            found[str(wallet.contact)] = reverse("contact_wallet", args=[wallet.contact_id])
    return found


class EntryTable(LinesTable):
    """Entries of the ledger."""

    id = Column("Entry", accessor="pk", css="cell-id")
    effective_at = WhenColumn("When", sortable=True)
    operation = Column("Operation", sortable=True, css="cell-status")
    way = Column("From → to", accessor="pk", css="cell-words")
    people = Column("Contact", accessor="pk", css="cell-person")
    amount = Column("Amount", accessor="pk", css=MONEY)
    currency = Column("Currency", accessor="pk", visible=True, css="d-none")
    reason = Column("Reason", accessor="pk")

    caption = "Entries of the ledger"

    def render_way(self, value: int, record: Entry) -> Any:
        return " → ".join(self._kinds(side) for side in sides(record))

    value_way = render_way

    @staticmethod
    def _kinds(accounts: Sequence[Account]) -> str:
        return ", ".join(dict.fromkeys(AccountKind(one.kind).label for one in accounts))

    def render_people(self, value: int, record: Entry) -> Any:
        links = ((url, name) for name, url in people(record).items())
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"

    def value_people(self, value: int, record: Entry) -> str:
        return ", ".join(people(record))

    def render_amount(self, value: int, record: Entry) -> Any:
        return amount_link(self._page(record), words.total_of(record))

    def value_amount(self, value: int, record: Entry) -> Any:
        return words.total_of(record).amount

    def render_currency(self, value: int, record: Entry) -> str:
        return words.total_of(record).currency

    value_currency = render_currency


class MovementTable(LinesTable):
    """What moved in one contact's wallet, signed as the contact sees it."""

    id = Column("Entry", accessor="pk", css="cell-id")
    effective_at = WhenColumn("When", sortable=True)
    operation = Column("Operation", sortable=True, css="cell-status")
    change = Column("Change", accessor="pk", css=MONEY)
    currency = Column("Currency", accessor="pk", css="d-none")
    reason = Column("Reason", accessor="pk")

    caption = "Movements of this wallet"
    wallet: Wallet

    def render_change(self, value: int, record: Entry) -> Any:
        changes = changes_of(record, self.wallet)
        url = self._page(record)
        return format_html_join(
            "",
            '<div><a href="{}">{}</a> <span class="cell-second">{}</span></div>',
            ((url, words.signed(money), pocket) for pocket, money in changes),
        )

    def value_change(self, value: int, record: Entry) -> str:
        return "; ".join(
            f"{pocket} {money.amount:+}" for pocket, money in changes_of(record, self.wallet)
        )

    def render_currency(self, value: int, record: Entry) -> str:
        return self.wallet.currency

    value_currency = render_currency


def movements_of(wallet: Wallet) -> type[MovementTable]:
    """Return the table for one wallet: a list page makes its table without arguments."""
    return type("MovementTable", (MovementTable,), {"wallet": wallet})


def changes_of(entry: Entry, wallet: Wallet) -> list[tuple[str, Money]]:
    """Return what the entry changed in each pocket of the wallet, leaving out what cancels out."""
    sums: dict[str, int] = {}
    lines: Sequence[Posting] = entry.lines  # type: ignore[attr-defined]
    for line in lines:
        for account, minor in ((line.source, -line.amount), (line.target, line.amount)):
            if account.wallet_id == wallet.pk or account.holder_id == wallet.holder_id:
                pocket = POCKET_OF[account.kind]
                sums[pocket] = sums.get(pocket, 0) + minor
    return [(pocket, Money(minor, wallet.currency)) for pocket, minor in sums.items() if minor]


class AccountTable(DeskTable):
    """Accounts with what lies on them."""

    id = Column("Account", accessor="pk", css="cell-id")
    kind = Column("Kind", sortable=True)
    owner = Column("Whose", accessor="pk", css="cell-person")
    currency = Column("Currency", sortable=True, stacked=False)
    balance = Column("Balance", sortable=True, css=MONEY, initial_sort_descending=True)
    version = CountColumn("Postings", sortable=True, initial_sort_descending=True)
    created_at = WhenColumn("Opened", sortable=True, stacked=False)

    default_order = ("-pk",)
    caption = "Accounts"
    row_prefix = "account"

    def name_of(self, record: Account) -> str:
        return words.account_name(record)

    def render_id(self, value: int, record: Account) -> Any:
        name = str(record.public_id)[:8].upper()
        return format_html(
            '<a class="row-link" href="{}">A-{}</a>', row_url("account_detail", value), name
        )

    def value_id(self, value: int, record: Account) -> str:
        return str(record.public_id)

    def render_kind(self, value: str, record: Account) -> str:
        return str(AccountKind(value).label)

    value_kind = render_kind

    def render_owner(self, value: int, record: Account) -> Any:
        if record.wallet is not None:
            url = reverse("contact_wallet", args=[record.wallet.contact_id])
            return format_html('<a href="{}">{}</a>', url, record.wallet.contact)
        return words.owner_of(record) or "The business"

    def value_owner(self, value: int, record: Account) -> str:
        return words.owner_of(record) or "The business"

    def render_balance(self, value: int, record: Account) -> Any:
        return amount_link(row_url("account_detail", record.pk), Money(value, record.currency))

    def value_balance(self, value: int, record: Account) -> Any:
        return Money(value, record.currency).amount
