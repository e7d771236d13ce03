"""Top-ups: money that a gateway confirmed, into a pocket or under the conditions of a pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wallet import ledger
from wallet.choices import AccountKind, ChargedOn, LotSource, Operation, Pocket
from wallet.commands import Actor, Outcome, Request, Response, run
from wallet.errors import CurrencyMismatch
from wallet.ledger import books_of, post
from wallet.models import Command, CommercePoolVersion, Wallet
from wallet.services import fees
from wallet.services.credits import Reason, credit
from wallet.services.lots import Credit

# The gateway speaks for itself: its own id of the payment is the key, whoever brings the news.
GATEWAY = Actor("gateway")


@dataclass(frozen=True, slots=True)
class Payment:
    """What a gateway reports; its name and its id of the payment are the natural key."""

    gateway: str
    payment_id: str
    minor: int
    currency: str


def confirm(
    *,
    wallet: Wallet,
    payment: Payment,
    to: Pocket,
    at: datetime,
    pool_version: CommercePoolVersion | None = None,
) -> Outcome:
    """Credit a payment once, however often the gateway reports it.

    For the commerce pocket it becomes a lot of the pool. Raises `PoolRequired`, `AmountInvalid`,
    `CurrencyMismatch`.
    """
    request = Request(
        wallet.business,
        f"top_up/{payment.gateway}",
        payment.payment_id,
        GATEWAY,
        {"wallet": wallet.pk, "minor": payment.minor, "currency": payment.currency, "to": to},
    )

    def effect(command: Command) -> Response:
        if payment.currency != wallet.currency:
            raise CurrencyMismatch
        (locked,) = ledger.lock_wallets(wallet)
        entry, lot = credit(
            command=command,
            wallet=locked,
            to=to,
            minor=payment.minor,
            reason=Reason(
                Operation.TOP_UP,
                books_of(AccountKind.GATEWAY, locked, gateway=payment.gateway),
                subject=f"{payment.gateway}:{payment.payment_id}"[:80],
            ),
            lot=Credit(payment.minor, pool_version, LotSource.TOP_UP) if pool_version else None,
            actor=GATEWAY,
            at=at,
        )
        fee = 0 if lot else _charge(command, locked, payment, at)
        return {"entry": entry.pk, "lot": lot.pk if lot else None, "fee": fee}

    return run(request, effect)


def _charge(command: Command, wallet: Wallet, payment: Payment, at: datetime) -> int:
    """Charge what topping up costs from the pockets; money of a pool arrives without a fee.

    The gateway has taken the money already: a fee that is larger than the pockets takes what is there.
    """
    fee = fees.fee_for(wallet=wallet, on=ChargedOn.CREDIT, minor=payment.minor)
    if fee:
        draft = fees.draft(
            wallet=wallet,
            fee=fee,
            books=ledger.lock(*fees.places(wallet)),
            leaving={},
            subject=f"{payment.gateway}:{payment.payment_id}"[:80],
            may_fall_short=True,
        )
        post(command=command, drafts=[draft], actor=None, at=at)
    return fee
