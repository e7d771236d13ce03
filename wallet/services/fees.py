"""Fees: what spending, sending or topping up costs the contact; none unless a business says so.

A fee is posted in the transaction of what it is for. Where it cannot be covered, the whole operation is
refused (wallet.md 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from directory.models import Organisation
from wallet.choices import AccountKind, ChargedOn, Operation
from wallet.errors import InsufficientFunds
from wallet.ledger import Draft, Move, Place, books_of, pocket
from wallet.models import Account, FeeRule, Wallet
from wallet.rules.rounding import half_up

SHORT = "The fee cannot be covered. Choose a smaller amount, or top up first."


@dataclass(frozen=True, slots=True)
class Fee:
    """A rule before it is stored: a percentage, a fixed amount in minor units, or both."""

    name: str
    charged_on: ChargedOn
    percent: Decimal = Decimal(0)
    fixed_minor: int = 0


def add(*, business: Organisation, fee: Fee, at: datetime) -> FeeRule:
    """Charge the fee from now on, besides those that are charged already."""
    return FeeRule.objects.create(
        business=business,
        name=fee.name,
        charged_on=fee.charged_on,
        percent=fee.percent,
        fixed_minor=fee.fixed_minor,
        created_at=at,
    )


def remove(*, business: Organisation, rule: FeeRule) -> None:
    """Charge the fee no longer."""
    FeeRule.objects.filter(business=business, pk=rule.pk).delete()


def fee_for(*, wallet: Wallet, on: ChargedOn, minor: int) -> int:
    """Return the sum of all fees on moving that much, each rounded half-up; nothing costs nothing."""
    if not minor or not wallet.is_charged:
        return 0
    rules = FeeRule.objects.filter(business=wallet.business_id, charged_on=on)
    return sum(
        half_up(minor * int(rule.percent * 100), 10_000) + rule.fixed_minor for rule in rules
    )


def places(wallet: Wallet) -> tuple[Place, Place, Place]:
    """Name the accounts that a fee touches: business pocket, open pocket, the income."""
    return (
        pocket(AccountKind.BUSINESS, wallet),
        pocket(AccountKind.OPEN, wallet),
        books_of(AccountKind.FEE_INCOME, wallet),
    )


def draft(
    *,
    wallet: Wallet,
    fee: int,
    books: Mapping[Place, Account],
    leaving: Mapping[Place, int],
    subject: str,
    may_fall_short: bool = False,
) -> Draft:
    """Return the entry of the fee, from the business pocket first, then from the open one.

    `leaving` is what the same command takes from these pockets besides. Raises `InsufficientFunds`
    where less is left than the fee, unless it may fall short.
    """
    business, opened, income = places(wallet)
    moves, left = [], fee
    for place in (business, opened):
        part = min(left, books[place].balance - leaving.get(place, 0))
        if part > 0:
            moves.append(Move(books[place], books[income], part))
            left -= part
    if left and not may_fall_short:
        raise InsufficientFunds(SHORT)
    return Draft(Operation.FEE, moves, subject=subject)
