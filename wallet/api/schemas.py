"""Wallets as callers ask for them and are told of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from core.api.schemas import Amount, Code, Sent, Told
from directory.api.schemas import ContactRef
from events.api.schemas import BasketIn


class WishIn(Sent):
    """What the contact asks to pay from the wallet."""

    amount: Amount | None = Field(default=None, description="Default: as much as possible")
    exact: bool = Field(default=False, description="All of it, or nothing: INSUFFICIENT_FUNDS")


class QuoteIn(BasketIn):
    """A basket that is about to be paid, perhaps in part from the wallet."""

    contact: ContactRef
    spend: WishIn = WishIn()
    hold: bool = Field(default=True, description="Set the money aside until it is captured")


class CaptureIn(BasketIn):
    """The final basket; a smaller one is worked out anew, a larger one gets what was held."""


class SpendIn(BasketIn):
    """A basket and the wish to pay it from the wallet now."""

    contact: ContactRef
    spend: WishIn = WishIn()


class TokenSpendIn(BasketIn):
    """A basket and the spend token that the contact showed: its value or its number."""

    token: Code


class PoolRef(Sent):
    id: UUID


class ActivationIn(Sent):
    contact: ContactRef
    pool: PoolRef


class ReleaseIn(Sent):
    """Nothing needs to be said."""


class PoolOut(Told):
    id: UUID
    name: str


class LotOut(Told):
    """One amount with the conditions of its pool."""

    amount: str
    pool: PoolOut
    starts_at: datetime | None
    expires_at: datetime | None
    requires_activation: bool


class BalanceOut(Told):
    """What the contact has with the business. `open` is money without conditions everywhere."""

    contact_id: UUID
    wallet_code: str | None = Field(
        description="Null until the first money or spend opens a wallet"
    )
    currency: str
    commerce: str
    business: str
    open: str
    on_hold: str
    owed: str = Field(description="What later awards repay first")
    is_blocked_from_spending: bool
    lots: list[LotOut] = Field(description="The commerce money, first used first")


class QuoteOut(Told):
    """What the till may take off now, and what is due by other means."""

    hold: UUID | None
    commerce: str
    business: str
    open: str
    reduction: str
    amount_due: str
    expires_at: datetime | None


class PaidOut(Told):
    """What the wallet did for the purchase."""

    commerce: str
    business: str
    open: str
    paid: str
    redeemed: str
    amount_due: str
    requested: str | None


class ReleasedOut(Told):
    hold: UUID
    state: str


class ActivationOut(Told):
    pool: PoolOut
    activated_at: datetime
    expires_at: datetime
