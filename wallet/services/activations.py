"""Activating pools for the next purchase, and using the activations up (wallet.md 5.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from wallet.errors import PoolRequired, SpendBlocked
from wallet.ledger import lock_wallets
from wallet.models import Activation, CommercePool, Lot, PurchaseUse, Wallet

LASTS = timedelta(minutes=60)


def activate(*, wallet: Wallet, pool: CommercePool, at: datetime) -> Activation:
    """Choose the pool for the contact's next purchase within 60 minutes.

    Activating an active pool again does not extend it; after its hour it is activated anew. Raises
    `PoolRequired` for a pool of which the wallet never had money, and `SpendBlocked`.
    """
    with transaction.atomic():
        (locked,) = lock_wallets(wallet)
        if locked.contact.spend_blocked:
            raise SpendBlocked
        if not Lot.objects.filter(wallet=locked, pool_version__pool=pool).exists():
            raise PoolRequired("You have no money of this pool. Choose one that is in your wallet.")
        last = Activation.objects.filter(wallet=locked, pool=pool, ended_at__isnull=True).first()
        if last is not None and last.expires_at > at:
            return last
        if last is not None:
            _end(last, last.expires_at)
        return Activation.objects.create(
            wallet=locked, pool=pool, activated_at=at, expires_at=at + LASTS
        )


def deactivate(*, wallet: Wallet, pool: CommercePool, at: datetime) -> None:
    """Take an activation back that was not used yet; without one nothing changes."""
    with transaction.atomic():
        lock_wallets(wallet)
        for activation in Activation.objects.filter(
            wallet=wallet, pool=pool, ended_at__isnull=True
        ):
            _end(activation, min(at, activation.expires_at))


def pools_activated(*, wallet: Wallet, performed_at: datetime) -> frozenset[int]:
    """Return the pools whose activation covers the moment: from its start to before its end."""
    return frozenset(
        Activation.objects.filter(
            _covering(performed_at), wallet=wallet, ended_at__isnull=True
        ).values_list("pool_id", flat=True)
    )


def use_up(*, wallet: Wallet, use: PurchaseUse, at: datetime) -> None:
    """End all open activations with the first purchase of their hour, matched or not.

    Cancelling that purchase does not bring them back.
    """
    Activation.objects.filter(
        _covering(use.performed_at), wallet=wallet, ended_at__isnull=True
    ).update(ended_at=at, use=use)


def _covering(moment: datetime) -> Q:
    return Q(activated_at__lte=moment, expires_at__gt=moment)


def _end(activation: Activation, at: datetime) -> None:
    activation.ended_at = at
    activation.save(update_fields=["ended_at"])
