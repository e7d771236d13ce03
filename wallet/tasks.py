"""Periodic work on wallets: a name, a clock reading, one service call."""

from __future__ import annotations

from celery import shared_task

from core.clock import now
from wallet.services import expiry, holds, integrity


@shared_task(name="wallet.verify_ledger")
def verify_ledger() -> int:
    return len(integrity.check(at=now()))


@shared_task(name="wallet.expire_lots")
def expire_lots() -> int:
    return expiry.expire_due(at=now())


@shared_task(name="wallet.time_out_holds")
def time_out_holds() -> int:
    return holds.time_out(at=now(), limit=1_000)
