"""Periodic work on wallets: a name, a clock reading, one service call."""

from __future__ import annotations

from celery import shared_task

from core.clock import now
from wallet.services import expiry, expiry_warnings, holds, integrity, moving, spend_tokens


@shared_task(name="wallet.verify_ledger")
def verify_ledger() -> int:
    return len(integrity.check(at=now()))


@shared_task(name="wallet.expire_lots")
def expire_lots() -> int:
    return expiry.expire_due(at=now())


@shared_task(name="wallet.move_lots")
def move_lots() -> int:
    return moving.carry_out_due(at=now())


@shared_task(name="wallet.time_out_holds")
def time_out_holds() -> int:
    return holds.time_out(at=now(), limit=1_000)


@shared_task(name="wallet.warn_of_expiry")
def warn_of_expiry() -> int:
    return expiry_warnings.warn_due(at=now())


@shared_task(name="wallet.forget_spend_tokens")
def forget_spend_tokens() -> int:
    return spend_tokens.forget(at=now())
