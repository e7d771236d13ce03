"""Contacts' wallets: the list, one contact's page with everything in it, its history, its block."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.errors import NotFound
from core.http import is_fragment
from core.money import Money
from core.views import Empty, TableView
from directory import selectors as directory_selectors
from directory.models import Contact
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done
from events.selectors.conditions import load_condition_sets
from wallet import words
from wallet.choices import HoldState
from wallet.filters.desk import MovementFilter, WalletFilter
from wallet.forms.contacts import BlockForm, MomentForm
from wallet.models import Entry, Wallet
from wallet.selectors import Pockets, books, desk, pockets
from wallet.selectors import pools as pool_selectors
from wallet.selectors.desk import PoolMoney
from wallet.services import blocks, wallets
from wallet.tables.books import MovementTable, changes_of, movements_of
from wallet.tables.contacts import WalletTable
from wallet.views.home import expiry_chart
from wallet.views.shared import CONTACTS, contact_crumbs, crumbs, rights, wallet_url

LOTS_SHOWN, MOVEMENTS_SHOWN = 25, 10


class WalletList(TableView):
    """Who has a wallet with the business, and what is in it."""

    template_name = "wallet/list.html"
    access = "wallet.read"
    title = CONTACTS
    subtitle = "What each contact has with you. Every amount leads to where it came from."
    table_class = WalletTable
    filter_class = WalletFilter
    empty = Empty(
        icon="wallet",
        title="No wallets yet",
        text="A contact gets a wallet with the first award or top-up, or when you open one on the"
        " contact's page.",
        action_label="Go to contacts",
        action_url_name="contact_list",
        permission="contacts.read",
    )
    no_match = "No wallet matches your search"
    noun = ("wallet", "wallets")
    export_name = "wallets"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return crumbs((CONTACTS, ""))

    def get_queryset(self) -> QuerySet[Wallet]:
        return desk.wallets_listed(business=cast("DeskRequest", self.request).organisation)


@access("wallet.read")
@require_safe
def contact_wallet(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a contact's money: pockets, pools, lots, holds, journals and the newest movements."""
    contact = directory_selectors.contact(business=request.organisation, pk=pk)
    wallet = desk.wallet_of_contact(contact=contact)
    form = MomentForm(
        request.GET if "moment" in request.GET else None, zone=request.organisation.time_zone
    )
    context: dict[str, Any] = {
        "contact": contact,
        "wallet": wallet,
        "crumbs": contact_crumbs(contact),
        "moment_form": form,
        **rights(request),
    }
    if wallet is None:
        return render(request, "wallet/contacts/none.html", context)
    if form.is_bound and form.is_valid():
        moment = form.cleaned_data["moment"]
        context["moment"] = moment
        context["past"] = _pockets(wallet, desk.pockets_at(wallet=wallet, moment=moment))
    if is_fragment(request):
        return render(request, "wallet/contacts/_moment.html", context)
    context |= _whole(request, wallet)
    return render(request, "wallet/contacts/detail.html", context)


@access("wallet.write")
@require_POST
def wallet_open(request: DeskRequest, pk: int) -> HttpResponse:
    """Give the contact a wallet with empty pockets."""
    contact = directory_selectors.contact(business=request.organisation, pk=pk)
    wallets.register(contact=contact, at=now())
    return done(request, wallet_url(pk), f"{contact} has a wallet now.")


class WalletHistory(TableView):
    """Everything that moved in one contact's wallet."""

    template_name = "wallet/list.html"
    access = "wallet.read"
    filter_class = MovementFilter
    no_match = "Nothing moved that matches your filters"
    noun = ("movement", "movements")
    export_name = "wallet-history"
    count_cap = 1_000
    empty = Empty(
        icon="history",
        title="Nothing moved yet",
        text="Awards, purchases, top-ups and journals appear here with their reason.",
    )

    @cached_property
    def contact(self) -> Contact:
        """The contact of the address, of the business that asks."""
        business = cast("DeskRequest", self.request).organisation
        return directory_selectors.contact(business=business, pk=self.kwargs["pk"])

    @cached_property
    def wallet(self) -> Wallet | None:
        return desk.wallet_of_contact(contact=self.contact)

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"History of {self.contact}'s wallet"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return contact_crumbs(self.contact, ("History", ""))

    @cached_property
    def table_class(self) -> type[MovementTable]:  # type: ignore[override]
        assert self.wallet is not None
        return movements_of(self.wallet)

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Answer the list; a contact without a wallet is told so on the contact's page."""
        if self.wallet is None:
            return contact_wallet(request, self.contact.pk)
        return super().get(request, **kwargs)

    def get_queryset(self) -> QuerySet[Entry]:
        assert self.wallet is not None
        return books.entries_of_wallet(wallet=self.wallet)


@access("wallet.write")
def wallet_block(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then block the contact from spending."""
    contact, wallet = found_wallet(request, pk)
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        blocks.block(wallet=wallet, reason=reason, by=request.user, at=now())
        return done(request, wallet_url(pk), f"{contact} is blocked from spending.")
    response = confirm_page(
        request,
        title=f"Block {contact} from spending?",
        consequences=[
            "No spending, redemption, hold, payout, transfer or donation.",
            "Awards, top-ups and refunds still arrive.",
            "What a till holds already can still be captured: its price was lowered.",
        ],
        form=form,
        submit_label="Block",
        cancel_url=wallet_url(pk),
        danger=True,
        crumbs=contact_crumbs(contact, ("Block", "")),
    )
    response.status_code = 422 if form.is_bound else 200
    return response


@access("wallet.write")
def wallet_unblock(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then let the contact spend again."""
    contact, wallet = found_wallet(request, pk)
    if request.method == "POST":
        blocks.lift(wallet=wallet, by=request.user, at=now())
        return done(request, wallet_url(pk), f"{contact} can spend again.")
    return confirm_page(
        request,
        title=f"Let {contact} spend again?",
        consequences=["Tills accept this wallet at once.", "The block stays in the history."],
        submit_label="Lift the block",
        cancel_url=wallet_url(pk),
        crumbs=contact_crumbs(contact, ("Lift the block", "")),
    )


def panel(request: HttpRequest, contact: Contact) -> Mapping[str, object]:
    """Return what the tab of the contact's page shows; it is read only when the tab is open."""
    wallet = desk.wallet_of_contact(contact=contact)
    if wallet is None:
        return {"wallet": None, "contact": contact, "writes": may(request, "wallet.write")}
    return {
        "wallet": wallet,
        "contact": contact,
        "pockets": _pockets(wallet, pockets(wallet=wallet)),
        "pools": _pools(wallet),
        "block": desk.block_of(wallet=wallet),
        "movements": _movements(wallet, 5),
    }


def found_wallet(request: DeskRequest, pk: int) -> tuple[Contact, Wallet]:
    """Return contact and wallet; raises `NotFound` where there is none yet."""
    contact = directory_selectors.contact(business=request.organisation, pk=pk)
    wallet = desk.wallet_of_contact(contact=contact)
    if wallet is None:
        raise NotFound(f"{contact} has no wallet yet. Open one on the contact's wallet page first.")
    return contact, wallet


def _whole(request: DeskRequest, wallet: Wallet) -> dict[str, Any]:
    """Return all that the page shows of a wallet."""
    business, at = request.organisation, now()
    lots = desk.next_lots(wallet=wallet, limit=LOTS_SHOWN + 1)
    buckets = pool_selectors.buckets(
        business=business, currency=wallet.currency, at=at, wallet=wallet
    )
    return {
        "title": f"Wallet of {wallet.contact}",
        "tour": "wallet.contact",
        "pockets": _pockets(wallet, pockets(wallet=wallet)),
        "pools": _pools(wallet),
        "lots": [
            (
                one,
                Money(one.balance, one.currency),
                words.expiry(one.lot.expires_at, business.time_zone) if one.lot else "",
            )
            for one in lots[:LOTS_SHOWN]
        ],
        "has_more_lots": len(lots) > LOTS_SHOWN,
        "chart": expiry_chart(business, buckets, wallet.currency, wallet=str(wallet.contact.code)),
        "holds": [
            (hold, Money(hold.amount_minor, hold.currency)) for hold in desk.holds_of(wallet=wallet)
        ],
        "hold_open": HoldState.OPEN,
        "pending": [
            (row, words.journal_line(row))
            for row in desk.pending_journals(business=business, wallet=wallet)
        ],
        "blocks": desk.blocks_of(wallet=wallet),
        # Inside a template's {% block %} the name "block" is taken.
        "spend_block": desk.block_of(wallet=wallet),
        "movements": _movements(wallet, MOVEMENTS_SHOWN),
    }


def _pockets(wallet: Wallet, found: Pockets) -> dict[str, Money]:
    """Return the pockets as money, for the figures of a page."""
    return {
        name: Money(getattr(found, f"{name}_minor"), wallet.currency)
        for name in ("open", "business", "commerce", "held", "debt")
    }


def _pools(wallet: Wallet) -> list[dict[str, Any]]:
    """Return the commerce money by pool, with its conditions in words."""
    rows: list[PoolMoney] = desk.by_pool(wallet=wallet)
    ids = {row.conditions_id for row in rows if row.conditions_id is not None}
    sets = load_condition_sets(ids) if ids else {}
    return [
        {
            "row": row,
            "money": Money(row.minor, wallet.currency),
            "lines": list(sets[row.conditions_id].describe()) if row.conditions_id in sets else [],
            "expiry": words.expiry(row.next_expiry, wallet.business.time_zone),
        }
        for row in rows
    ]


def _movements(wallet: Wallet, limit: int) -> list[dict[str, Any]]:
    """Return the newest movements, as the contact would see them."""
    entries = books.entries_of_wallet(wallet=wallet).order_by("-effective_at", "-pk")[:limit]
    return [
        {
            "entry": entry,
            "icon": words.OPERATION_ICONS.get(entry.operation, "transfer"),
            "subject": words.subject(entry.subject),
            "url": words.reason_url(entry.subject),
            "changes": [
                (pocket, words.signed(money), money.minor > 0)
                for pocket, money in changes_of(entry, wallet)
            ],
        }
        for entry in entries
    ]
