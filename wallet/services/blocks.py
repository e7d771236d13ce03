"""Blocking a contact from spending, and lifting the block (wallet.md 6.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from directory.models import Contact, User
from wallet.ledger import lock_wallets
from wallet.models import SpendBlock, Wallet


def block(*, wallet: Wallet, reason: str, by: User | None, at: datetime) -> SpendBlock:
    """Block the contact: no redemption, spend, hold, payout, transfer or donation.

    Awards, top-ups and refunds still arrive, and what is on hold can still be captured. Blocking twice
    keeps the first block.
    """
    with transaction.atomic():
        lock_wallets(wallet)
        found = SpendBlock.objects.filter(wallet=wallet, lifted_at__isnull=True).first()
        if found is not None:
            return found
        Contact.objects.filter(pk=wallet.contact_id).update(spend_blocked=True)
        return SpendBlock.objects.create(wallet=wallet, reason=reason, blocked_at=at, blocked_by=by)


def lift(*, wallet: Wallet, by: User | None, at: datetime) -> None:
    """Let the contact spend again; without a block nothing changes."""
    with transaction.atomic():
        lock_wallets(wallet)
        SpendBlock.objects.filter(wallet=wallet, lifted_at__isnull=True).update(
            lifted_at=at, lifted_by=by
        )
        Contact.objects.filter(pk=wallet.contact_id).update(spend_blocked=False)
