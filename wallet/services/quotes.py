"""A quote without a hold: what the wallet would pay now, written nowhere (wallet.md 5.8)."""

from __future__ import annotations

from datetime import datetime

from events.facts import PurchaseFacts
from wallet.models import Wallet
from wallet.selectors import contents
from wallet.services.holds import Quote
from wallet.services.paying import Wish, basket_of, make_plan, refuse_unspendable, refuse_untimely


def preview(*, wallet: Wallet, facts: PurchaseFacts, wish: Wish, at: datetime) -> Quote:
    """Return what a hold for the basket would take now; nothing is locked or promised.

    Raises `SpendBlocked`, `TermsBlocked`, `CurrencyMismatch`, `EventTooOld`, and `InsufficientFunds` for
    an exact wish.
    """
    refuse_untimely(facts, at=at)
    refuse_unspendable(wallet, facts)
    goods = basket_of(facts, [])
    has = contents(wallet=wallet)
    made = make_plan(wallet=wallet, has=has, facts=facts, wish=wish, basket=goods)
    return Quote(
        hold="",
        commerce_minor=made.commerce_total,
        business_minor=made.redeemed_total + made.business,
        open_minor=made.open,
        due_minor=goods.payable - made.total,
        expires_at="",
    )
