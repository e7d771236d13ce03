"""What the wallet did, as the API tells it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.api.schemas import told
from directory.models import Contact
from wallet.api.schemas import (
    ActivationOut,
    BalanceOut,
    LotOut,
    PaidOut,
    PoolOut,
    QuoteOut,
)
from wallet.models import Activation, CommercePool, Wallet
from wallet.selectors import contents, pockets
from wallet.selectors.for_tills import pools_by_id
from wallet.services.holds import Quote
from wallet.services.spending import Paid


def balance_out(wallet: Wallet) -> BalanceOut:
    """Return the pockets and, lot by lot, the commerce money; three queries."""
    has, lots = pockets(wallet=wallet), contents(wallet=wallet).lots
    pools = pools_by_id(business=wallet.business, ids={lot.pool_id for lot in lots})
    currency = wallet.currency
    return BalanceOut(
        contact_id=wallet.contact.public_id,
        wallet_code=wallet.holder.code,
        currency=currency,
        commerce=told(has.commerce_minor, currency),
        business=told(has.business_minor, currency),
        open=told(has.open_minor, currency),
        on_hold=told(has.held_minor, currency),
        owed=told(has.debt_minor, currency),
        is_blocked_from_spending=wallet.contact.spend_blocked,
        lots=[
            LotOut(
                amount=told(lot.minor, currency),
                pool=pool_out(pools[lot.pool_id]),
                starts_at=lot.window.starts_at,
                expires_at=lot.window.expires_at,
                requires_activation=lot.requires_activation,
            )
            for lot in lots
        ],
    )


def no_balance_out(contact: Contact) -> BalanceOut:
    """Return what a contact has who was never given a wallet; reading opens none."""
    currency = contact.business.base_currency
    nothing = told(0, currency)
    return BalanceOut(
        contact_id=contact.public_id,
        wallet_code=None,
        currency=currency,
        commerce=nothing,
        business=nothing,
        open=nothing,
        on_hold=nothing,
        owed=nothing,
        is_blocked_from_spending=contact.spend_blocked,
        lots=[],
    )


def pool_out(pool: CommercePool) -> PoolOut:
    return PoolOut(id=pool.public_id, name=pool.name)


def quote_out(quote: Quote, currency: str, *, is_held: bool) -> QuoteOut:
    """Return the quote; one that holds nothing has neither hold nor end."""
    return QuoteOut(
        hold=UUID(quote.hold) if is_held else None,
        commerce=told(quote.commerce_minor, currency),
        business=told(quote.business_minor, currency),
        open=told(quote.open_minor, currency),
        reduction=told(quote.held_minor, currency),
        amount_due=told(quote.due_minor, currency),
        expires_at=datetime.fromisoformat(quote.expires_at) if is_held else None,
    )


def paid_out(paid: Paid, currency: str) -> PaidOut:
    asked = paid.requested_minor
    return PaidOut(
        commerce=told(paid.commerce_minor, currency),
        business=told(paid.business_minor, currency),
        open=told(paid.open_minor, currency),
        paid=told(paid.paid_minor, currency),
        redeemed=told(paid.redeemed_minor, currency),
        amount_due=told(paid.due_minor, currency),
        requested=None if asked is None else told(asked, currency),
    )


def activation_out(activation: Activation) -> ActivationOut:
    return ActivationOut(
        pool=pool_out(activation.pool),
        activated_at=activation.activated_at,
        expires_at=activation.expires_at,
    )
