"""From where the money of a hold comes, and so where it goes back to (wallet.md 5.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F

from wallet.choices import AccountKind
from wallet.ledger import Place, pocket
from wallet.models import Account, Hold, Wallet
from wallet.rules.redemption import Plan
from wallet.services import lots


def parts_of(wallet: Wallet, made: Plan) -> Iterator[tuple[Place, int | None, int]]:
    """Yield what the plan takes: from which account, for which line, how much."""
    for lot, line, minor in made.commerce:
        yield pocket(AccountKind.COMMERCE_LOT, wallet, lot_id=lot), line, minor
    for lot, minor in made.redeemed:
        yield pocket(AccountKind.BUSINESS_REDEEMED, wallet, lot_id=lot), None, minor
    if made.business:
        yield pocket(AccountKind.BUSINESS, wallet), None, made.business
    if made.open:
        yield pocket(AccountKind.OPEN, wallet), None, made.open


def held_by(hold: Hold) -> list[tuple[Account, int]]:
    """Return the accounts from which the hold came, with their amounts, in order of use."""
    amounts: dict[int, int] = defaultdict(int)
    accounts: dict[int, Account] = {}
    parts = hold.parts.select_related("account__lot__pool_version").order_by(
        F("account__lot__expires_at").asc(nulls_last=True), "account__lot__awarded_at", "pk"
    )
    for part in parts:
        accounts[part.account_id] = part.account
        amounts[part.account_id] += part.amount_minor
    return [(accounts[pk], minor) for pk, minor in amounts.items()]


def see_to_expiry(accounts: list[Account]) -> None:
    """Leave money that came back to an expired lot to the next run of the expiry job."""
    lots.see_to_expiry(
        [
            account.lot
            for account in accounts
            if account.lot is not None and account.kind == AccountKind.COMMERCE_LOT
        ]
    )
