"""The lists of wallets, of lots and of journals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from core.money import Money
from core.tables import (
    ActionsColumn,
    ChoiceColumn,
    Column,
    RowAction,
    StatusColumn,
    WhenColumn,
)
from directory.tables import DeskTable
from wallet import words
from wallet.choices import JournalState, LotSource
from wallet.models import Account, Journal, Wallet

MONEY = "text-end cell-money"


def amount_link(url: str, money: Money) -> Any:
    """Draw an amount as the link to its reason."""
    return format_html('<a href="{}">{}</a>', url, words.minus(money))


class WalletTable(DeskTable):
    """Contacts and what they have."""

    contact = Column(
        "Contact", accessor="contact", order_by=("contact__last_name", "contact__first_name"),
        css="cell-person",
    )  # fmt: skip
    code = Column("Wallet code", accessor="holder__code", css="cell-id", stacked=False)
    business_minor = Column(
        "Business pocket", sortable=True, css=MONEY, initial_sort_descending=True
    )
    commerce_minor = Column(
        "Commerce pocket", sortable=True, css=MONEY, initial_sort_descending=True
    )
    held_minor = Column("On hold", sortable=True, css=MONEY, stacked=False)
    next_expiry = Column("Next expiry", sortable=True)
    blocked = Column("Spending", accessor="contact__spend_blocked", css="cell-status")
    created_at = WhenColumn("Opened", sortable=True, stacked=False)
    menu = ActionsColumn()

    default_order = ("-created_at",)
    caption = "Contacts' wallets"

    def name_of(self, record: Wallet) -> str:
        return str(record.contact)

    def _page(self, record: Wallet) -> str:
        return reverse("contact_wallet", args=[record.contact_id])

    def render_contact(self, value: Any, record: Wallet) -> Any:
        return format_html(
            '<a class="row-link" href="{}">{}</a><div class="cell-second">{}</div>',
            self._page(record), value, record.contact.code,
        )  # fmt: skip

    def value_contact(self, value: Any, record: Wallet) -> str:
        return str(value)

    def _money(self, value: int, record: Wallet, anchor: str) -> Any:
        return amount_link(f"{self._page(record)}#{anchor}", Money(value, record.currency))

    def render_business_minor(self, value: int, record: Wallet) -> Any:
        url = f"{reverse('contact_wallet_history', args=[record.contact_id])}?pocket=BUSINESS"
        return amount_link(url, Money(value, record.currency))

    def render_commerce_minor(self, value: int, record: Wallet) -> Any:
        return self._money(value, record, "pools")

    def render_held_minor(self, value: int, record: Wallet) -> Any:
        return self._money(value, record, "holds") if value else "–"

    def _amount(self, value: int, record: Wallet) -> Any:
        return Money(value, record.currency).amount

    value_business_minor = value_commerce_minor = value_held_minor = _amount

    def render_next_expiry(self, value: Any, record: Wallet) -> str:
        return words.expiry(value, self.zone)

    value_next_expiry = render_next_expiry

    @property
    def zone(self) -> str:
        organisation: Any = self.request.organisation  # type: ignore[union-attr]
        return str(organisation.time_zone)

    def render_blocked(self, value: bool, record: Wallet) -> Any:
        facts = (
            {"label": "Blocked", "tone": "danger", "icon": "ban", "hint": ""}
            if value
            else {"label": "Open", "tone": "success", "icon": "circle-check", "hint": ""}
        )
        return self.component("components/_badge.html", facts)

    def value_blocked(self, value: bool, record: Wallet) -> str:
        return "Blocked" if value else "Open"

    def actions(self, record: Wallet) -> Sequence[RowAction]:
        """Return what may be done with the wallet."""
        pk = record.contact_id
        found = [
            RowAction("Open", self._page(record), "eye"),
            RowAction("History", reverse("contact_wallet_history", args=[pk]), "history"),
        ]
        if self.may("wallet.write"):
            found.append(RowAction("Journal", reverse("journal_add", args=[pk]), "pencil"))
        return found


class LotTable(DeskTable):
    """Lots: one award or other conditional credit each."""

    lot = Column("Lot", accessor="lot_id", css="cell-id")
    contact = Column("Contact", accessor="wallet__contact", css="cell-person")
    pool = Column("Pool", accessor="lot__pool_version__pool__name")
    source = ChoiceColumn("From", accessor="lot__source", choices=LotSource, stacked=False)
    amount = Column(
        "Granted", accessor="lot__amount_minor", order_by="lot__amount_minor", css=MONEY
    )
    balance = Column("Left", sortable=True, css=MONEY, initial_sort_descending=True)
    awarded_at = WhenColumn("Granted on", accessor="lot__awarded_at", order_by="lot__awarded_at")
    expires_at = Column(
        "Last usable day", accessor="lot__expires_at", order_by="lot__expires_at", default="Never"
    )

    default_order = ("-pk",)
    caption = "Lots of commerce money"
    row_prefix = "lot"

    def name_of(self, record: Account) -> str:
        return f"lot {record.lot_id}"

    def _page(self, record: Account) -> str:
        return reverse("lot_detail", args=[record.lot_id])

    def render_lot(self, value: int, record: Account) -> Any:
        return format_html('<a class="row-link" href="{}">L-{}</a>', self._page(record), value)

    def value_lot(self, value: int, record: Account) -> str:
        return f"L-{value}"

    def render_contact(self, value: Any, record: Account) -> Any:
        assert record.wallet is not None
        url = reverse("contact_wallet", args=[record.wallet.contact_id])
        return format_html('<a href="{}">{}</a>', url, value)

    def value_contact(self, value: Any, record: Account) -> str:
        return str(value)

    def render_amount(self, value: int, record: Account) -> Any:
        return amount_link(self._page(record), Money(value, record.currency))

    def render_balance(self, value: int, record: Account) -> Any:
        return amount_link(self._page(record), Money(value, record.currency))

    def value_amount(self, value: int, record: Account) -> Any:
        return Money(value, record.currency).amount

    value_balance = value_amount

    def render_expires_at(self, value: Any, record: Account) -> str:
        organisation: Any = self.request.organisation  # type: ignore[union-attr]
        return words.expiry(value, organisation.time_zone)

    value_expires_at = render_expires_at


class JournalTable(DeskTable):
    """Manual journals, those that wait for a second person among them."""

    id = Column("Journal", accessor="pk", css="cell-id")
    contact = Column("Contact", accessor="wallet__contact", css="cell-person")
    what = Column("What", accessor="pk")
    amount_minor = Column("Amount", sortable=True, css=MONEY, initial_sort_descending=True)
    reason = Column("Reason", css="cell-words", stacked=False)
    created_by = Column("Proposed by", accessor="created_by", stacked=False)
    state = StatusColumn("State", choices=JournalState)
    created_at = WhenColumn("Proposed", sortable=True)

    default_order = ("-created_at",)
    caption = "Manual journals"
    row_prefix = "journal"

    def name_of(self, record: Journal) -> str:
        return f"journal {record.pk}"

    def render_id(self, value: int, record: Journal) -> Any:
        url = reverse("journal_detail", args=[value])
        return format_html('<a class="row-link" href="{}">J-{}</a>', url, value)

    def value_id(self, value: int, record: Journal) -> str:
        return f"J-{value}"

    def render_contact(self, value: Any, record: Journal) -> Any:
        url = reverse("contact_wallet", args=[record.wallet.contact_id])
        return format_html('<a href="{}">{}</a>', url, value)

    def value_contact(self, value: Any, record: Journal) -> str:
        return str(value)

    def render_what(self, value: int, record: Journal) -> str:
        return f"{record.get_direction_display()}, {record.get_pocket_display().lower()}"

    value_what = render_what

    def render_amount_minor(self, value: int, record: Journal) -> Any:
        url = reverse("journal_detail", args=[record.pk])
        return amount_link(url, Money(value, record.currency))

    def value_amount_minor(self, value: int, record: Journal) -> Any:
        return Money(value, record.currency).amount

    def render_created_by(self, value: Any, record: Journal) -> str:
        return str(record.created_by.display_name)

    value_created_by = render_created_by
