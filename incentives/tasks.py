"""Periodic work on offers: a name, a clock reading, one service call."""

from __future__ import annotations

from celery import shared_task

from core.clock import now
from incentives.services import sweeps


@shared_task(name="incentives.expire_offers")
def expire_offers() -> int:
    return sweeps.expire_due(at=now())


@shared_task(name="incentives.close_silent_offers")
def close_silent_offers() -> int:
    return sweeps.close_silent(at=now())


@shared_task(name="incentives.remind_recipients")
def remind_recipients() -> int:
    return sweeps.remind(at=now())
