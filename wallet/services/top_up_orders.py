"""Top-ups that contacts begin themselves; money moves once the gateway says that it was paid.

The business offers the amounts. One top-up is open at a time: a new one cancels the one before. What a
gateway reports as paid is credited whatever became of the order meanwhile (wallet.md 10).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from wallet.choices import LimitOn, Pocket, PoolState, TopUpState
from wallet.errors import AmountInvalid, PoolRetired, TopUpClosed
from wallet.ledger import lock_wallets
from wallet.models import CommercePool, TopUp, Wallet
from wallet.selectors import current_version, settings_of
from wallet.services import limits, top_ups


def begin(
    *,
    wallet: Wallet,
    minor: int,
    gateway: str,
    at: datetime,
    pool: CommercePool | None = None,
) -> TopUp:
    """Begin a top-up of the business pocket, or of a pool that the business lists for it.

    Raises `AmountInvalid` for an amount that is not offered, `PoolRetired` for a pool that is not, and
    `LimitExceeded`.
    """
    with transaction.atomic():
        (locked,) = lock_wallets(wallet)
        if minor not in _offered(locked):
            raise AmountInvalid("Choose one of the amounts that are offered.")
        if pool is not None and not _takes_top_ups(pool, locked):
            raise PoolRetired
        limits.check(wallet=locked, on=LimitOn.TOP_UP, minor=minor, at=at)
        TopUp.objects.filter(wallet=locked, state=TopUpState.PENDING).update(
            state=TopUpState.CANCELLED, closed_at=at
        )
        return TopUp.objects.create(
            business_id=locked.business_id,
            wallet=locked,
            gateway=gateway,
            pocket=Pocket.COMMERCE if pool else Pocket.BUSINESS,
            pool=pool,
            currency=locked.currency,
            amount_minor=minor,
            created_at=at,
        )


def paid(*, order: TopUp, payment_id: str, at: datetime) -> TopUp:
    """Credit what the gateway reports as paid; the second report of a payment changes nothing."""
    version = current_version(pool=order.pool) if order.pool else None
    payment = top_ups.Payment(order.gateway, payment_id, order.amount_minor, order.currency)
    with transaction.atomic():
        (wallet,) = lock_wallets(order.wallet)
        top_ups.confirm(
            wallet=wallet, payment=payment, to=Pocket(order.pocket), at=at, pool_version=version
        )
        TopUp.objects.filter(pk=order.pk).exclude(state=TopUpState.PAID).update(
            state=TopUpState.PAID, closed_at=at
        )
    order.refresh_from_db(fields=["state", "closed_at"])
    return order


def cancel(*, order: TopUp, at: datetime) -> TopUp:
    """Close a top-up that was not paid; raises `TopUpClosed`."""
    changed = TopUp.objects.filter(pk=order.pk, state=TopUpState.PENDING).update(
        state=TopUpState.CANCELLED, closed_at=at
    )
    if not changed:
        raise TopUpClosed
    order.refresh_from_db(fields=["state", "closed_at"])
    return order


def _offered(wallet: Wallet) -> Collection[int]:
    return settings_of(business=wallet.business).top_up_amounts


def _takes_top_ups(pool: CommercePool, wallet: Wallet) -> bool:
    return (
        pool.business_id == wallet.business_id
        and pool.is_for_top_ups
        and pool.state == PoolState.ACTIVE
    )
