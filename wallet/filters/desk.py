"""How the desk's lists of pools, wallets, lots, journals, entries and accounts are narrowed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from core.calendar import day_bounds
from core.filters import BaseFilter
from core.money import digits
from directory.models import Contact
from directory.selectors import contacts_of
from wallet.choices import AccountKind, JournalState, LotSource, Operation, Pocket, PoolState
from wallet.models import Account, CommercePool, Entry, Journal, Posting, Wallet
from wallet.selectors import books

LARGEST = 2**62


def days(label: str, field: str, **more: Any) -> django_filters.DateFromToRangeFilter:
    """Return a filter from one day to another, both included."""
    widget = django_filters.widgets.DateRangeWidget(
        attrs={"type": "date", "class": "form-control", "aria-label": label}
    )
    return django_filters.DateFromToRangeFilter(
        field_name=field, label=label, widget=widget, **more
    )


def own_pools(request: HttpRequest | None) -> QuerySet[CommercePool]:
    """Return the pools that a filter may name: those of the business alone."""
    business: Any = getattr(request, "organisation", None)
    if business is None:
        return CommercePool.objects.none()
    return CommercePool.objects.filter(business=business).order_by("-is_default", "name")


def contacts_found(request: Any, term: str) -> QuerySet[Contact]:
    """Return the business's contacts that hold every word of the term."""
    rows = contacts_of(business=request.organisation)
    for word in term.casefold().split():
        rows = rows.filter(search_text__contains=word)
    return rows


class PoolFilter(BaseFilter):
    """Pools by name and state."""

    state = django_filters.ChoiceFilter(label="State", choices=PoolState.choices)
    shared = django_filters.BooleanFilter(field_name="is_published", label="Published")

    chips = "state"
    search_label = "Search pools"
    search_hint = "Name"

    class Meta:
        model = CommercePool
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[CommercePool], term: str) -> QuerySet[CommercePool]:
        return queryset.filter(name__icontains=term)


class WalletFilter(BaseFilter):
    """Wallets by contact or code, with money or not, blocked or not."""

    blocked = django_filters.BooleanFilter(
        field_name="contact__spend_blocked", label="Blocked from spending"
    )
    money = django_filters.ChoiceFilter(
        label="Money",
        choices=[("with", "With money"), ("debt", "With a debt")],
        method="with_money",
    )

    search_label = "Search wallets"
    search_hint = "Name, e-mail, phone, contact code or wallet code"

    class Meta:
        model = Wallet
        fields: tuple[str, ...] = ()

    def with_money(self, queryset: QuerySet[Wallet], name: str, value: str) -> QuerySet[Wallet]:
        rows = Account.objects.filter(wallet=OuterRef("pk"))
        if value == "debt":
            return queryset.filter(
                Exists(rows.filter(kind=AccountKind.CONTACT_DEBT, balance__lt=0))
            )
        return queryset.filter(Exists(rows.filter(balance__gt=0)))

    def search(self, queryset: QuerySet[Wallet], term: str) -> QuerySet[Wallet]:
        """Find the wallet code as a whole, and every word in what the contact is found by."""
        code = term.replace(" ", "")
        if len(code) == 16 and code.isdecimal():
            return queryset.filter(holder__code=code)
        return queryset.filter(contact__in=contacts_found(self.request, term))


class LotFilter(BaseFilter):
    """Lots by pool, source, what is left, and when they expire."""

    money = django_filters.ChoiceFilter(
        label="Money",
        choices=[("with", "With money left"), ("used", "Used up")],
        method="with_money",
    )
    pool = django_filters.ModelChoiceFilter(
        field_name="lot__pool_version__pool", label="Pool", queryset=own_pools
    )
    source = django_filters.ChoiceFilter(
        field_name="lot__source", label="From", choices=LotSource.choices
    )
    usable = days("Last usable day", "lot__expires_at", method="with_usable")
    never = django_filters.BooleanFilter(
        field_name="lot__expires_at", lookup_expr="isnull", label="Never expires"
    )

    search_label = "Search lots"
    search_hint = "Contact, or the number of a lot"

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def with_usable(
        self, queryset: QuerySet[Account], name: str, value: slice
    ) -> QuerySet[Account]:
        """Keep lots whose last usable day lies in the range: they expire at the midnight after it."""
        zone = self.request.organisation.time_zone
        if value.start is not None:
            first = day_bounds(value.start.date(), zone).end
            queryset = queryset.filter(lot__expires_at__gte=first)
        if value.stop is not None:
            last = day_bounds(value.stop.date() + timedelta(days=1), zone).end
            queryset = queryset.filter(lot__expires_at__lt=last)
        return queryset

    def with_money(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        return queryset.filter(balance__gt=0) if value == "with" else queryset.filter(balance=0)

    def search(self, queryset: QuerySet[Account], term: str) -> QuerySet[Account]:
        number = term.upper().removeprefix("L-")
        if number.isdecimal() and number.isascii() and int(number) < LARGEST:
            return queryset.filter(lot_id=int(number))
        return queryset.filter(wallet__contact__in=contacts_found(self.request, term))


class JournalFilter(BaseFilter):
    """Journals by state, pocket, contact or reason."""

    state = django_filters.ChoiceFilter(label="State", choices=JournalState.choices)
    pocket = django_filters.ChoiceFilter(label="Pocket", choices=Pocket.choices)
    created = days("Proposed", "created_at")

    chips = "state"
    search_label = "Search journals"
    search_hint = "Contact or reason"

    class Meta:
        model = Journal
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Journal], term: str) -> QuerySet[Journal]:
        found = contacts_found(self.request, term)
        return queryset.filter(Q(reason__icontains=term) | Q(wallet__contact__in=found))


class AmountFilter(django_filters.NumberFilter):
    """An amount typed in major units, compared in minor units of the business's currency."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal"})
        super().__init__(widget=widget, max_digits=15, decimal_places=3, min_value=0, **kwargs)


class EntryFilter(BaseFilter):
    """Entries by operation, kind of account, contact, day and amount."""

    operation = django_filters.ChoiceFilter(label="Operation", choices=Operation.choices)
    kind = django_filters.ChoiceFilter(
        label="Kind of account", choices=AccountKind.choices, method="with_kind"
    )
    effective = days("Day", "effective_at")
    least = AmountFilter(label="At least", method="with_least")
    most = AmountFilter(label="At most", method="with_most")

    search_label = "Search the ledger"
    search_hint = "Contact, number of an entry, or its reference"

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()

    def with_kind(self, queryset: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        """Keep entries with a posting on such an account; only some operations ever have one."""
        lines = Posting.objects.filter(entry=OuterRef("pk"))
        touches = Q(source__kind=value) | Q(target__kind=value)
        return queryset.filter(
            Exists(lines.filter(touches)), operation__in=books.operations_of(value)
        )

    def _minor(self, value: Any) -> int:
        return int(value.scaleb(digits(self.request.organisation.base_currency)))

    def with_least(self, queryset: QuerySet[Entry], name: str, value: Any) -> QuerySet[Entry]:
        lines = Posting.objects.filter(entry=OuterRef("pk"), amount__gte=self._minor(value))
        return queryset.filter(Exists(lines))

    def with_most(self, queryset: QuerySet[Entry], name: str, value: Any) -> QuerySet[Entry]:
        lines = Posting.objects.filter(entry=OuterRef("pk"), amount__lte=self._minor(value))
        return queryset.filter(Exists(lines))

    def search(self, queryset: QuerySet[Entry], term: str) -> QuerySet[Entry]:
        """Find an entry by its number or reference, else all that moved a contact's money."""
        number = term.upper().removeprefix("E-")
        if number.isdecimal() and number.isascii() and int(number) < LARGEST:
            return queryset.filter(pk=int(number))
        if ":" in term:
            return queryset.filter(subject=term)
        wallets = Wallet.objects.filter(contact__in=contacts_found(self.request, term))
        holders = wallets.values("holder")
        return queryset.filter(
            pk__in=books.touching(
                Q(wallet__in=wallets) | Q(holder__in=holders, kind=AccountKind.OPEN)
            )
        )


class MovementFilter(BaseFilter):
    """One wallet's movements by operation, pocket and day."""

    operation = django_filters.ChoiceFilter(label="Operation", choices=Operation.choices)
    pocket = django_filters.ChoiceFilter(
        label="Pocket", choices=Pocket.choices, method="with_pocket"
    )
    effective = days("Day", "effective_at")

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()

    def with_pocket(self, queryset: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        kinds = {
            Pocket.OPEN: [AccountKind.OPEN],
            Pocket.BUSINESS: [AccountKind.BUSINESS, AccountKind.BUSINESS_REDEEMED],
            Pocket.COMMERCE: [AccountKind.COMMERCE_LOT],
        }[Pocket(value)]
        lines = Posting.objects.filter(entry=OuterRef("pk"))
        touches = Q(source__kind__in=kinds) | Q(target__kind__in=kinds)
        return queryset.filter(Exists(lines.filter(touches)))


class AccountFilter(BaseFilter):
    """Accounts by kind, contact and what lies on them."""

    kind = django_filters.ChoiceFilter(label="Kind", choices=AccountKind.choices)
    empty = django_filters.ChoiceFilter(
        label="Balance", choices=[("no", "Not zero"), ("yes", "Zero")], method="with_balance"
    )

    search_label = "Search accounts"
    search_hint = "Contact"

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def with_balance(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        return queryset.filter(balance=0) if value == "yes" else queryset.exclude(balance=0)

    def search(self, queryset: QuerySet[Account], term: str) -> QuerySet[Account]:
        return queryset.filter(wallet__contact__in=contacts_found(self.request, term))


__all__ = [
    "AccountFilter",
    "EntryFilter",
    "JournalFilter",
    "LotFilter",
    "MovementFilter",
    "PoolFilter",
    "WalletFilter",
]
