"""The expiry job: value that lapsed goes to the business's EXPIRED account (wallet.md 9).

Spending never relies on it. It takes wallets that nobody else holds, all their due lots at once, and
writes one entry for each wallet; money on hold is not in its lot and is left alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, QuerySet

from core import outbox
from directory.models import Organisation
from wallet.choices import AccountKind
from wallet.commands import SYSTEM, Request, Response, run
from wallet.errors import LedgerFrozen
from wallet.ledger import Place
from wallet.models import Command, Lot, Wallet
from wallet.sweeping import sweep

# A page is one transaction: so many wallets, and no more once they have so many due lots.
PAGE, PAGE_LOTS = 200, 2_000
# Told to whoever granted the money, a few hundred lots at a time: what was left in them has lapsed.
LAPSED = "wallet.lapsed"
TOLD_AT_ONCE = 500


def expire_due(*, at: datetime, limit: int = 10_000) -> int:
    """Expire up to `limit` lots that are due and return how many lapsed with money in them.

    Running it twice, or two at once, changes nothing more. A business whose books are frozen is passed
    over.
    """
    lapsed = 0
    due = Lot.objects.filter(expiry_due_at__lte=at)
    for business in Organisation.objects.filter(pk__in=due.values("business")).order_by("pk"):
        looked_at = 0
        while looked_at < limit and due.filter(business=business).exists():
            try:
                page = _expire_page(business, at)
            except LedgerFrozen:
                break
            if not page["lots"]:
                break
            looked_at += page["lots"]
            lapsed += page["lapsed"]
    return lapsed


def _expire_page(business: Organisation, at: datetime) -> Response:
    request = Request(business, "expire", uuid.uuid4().hex, SYSTEM, {"at": at.isoformat()})
    return run(request, lambda command: _expire(command, business, at)).response


def _expire(command: Command, business: Organisation, at: datetime) -> Response:
    wallets = _free_wallets(business, at)
    if not wallets:
        return {"lots": 0, "lapsed": 0}
    swept = sweep(
        command=command,
        wallets=list(wallets),
        into=[
            Place(AccountKind.EXPIRED, currency, business_id=business.pk)
            for currency in sorted(set(wallets.values()))
        ],
        at=at,
    )
    for first in range(0, len(swept.lapsed), TOLD_AT_ONCE):
        outbox.record(
            topic=LAPSED,
            key=f"wallet.lapsed:{command.pk}:{first}",
            payload={
                "business": business.pk,
                "lots": swept.lapsed[first : first + TOLD_AT_ONCE],
            },
            at=at,
        )
    return {"lots": swept.looked_at, "lapsed": len(swept.lapsed)}


def _free_wallets(business: Organisation, at: datetime) -> dict[int, str]:
    """Lock up to a page of wallets with due lots that nobody else holds; return their currencies."""
    due = Lot.objects.filter(business=business, expiry_due_at__lte=at)
    waiting = set(due.order_by("expiry_due_at").values_list("wallet_id", flat=True)[:PAGE])
    free = Wallet.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    page = _up_to_a_page(due.filter(wallet__in=waiting))
    return dict(free.filter(pk__in=page).order_by("pk").values_list("pk", "currency"))


def _up_to_a_page(due: QuerySet[Lot]) -> Iterator[int]:
    """Yield wallets until they have a page of due lots; the first one however many it has."""
    counts = due.values_list("wallet_id").annotate(lots=Count("pk")).order_by("wallet_id")
    lots = 0
    for wallet, count in counts:
        lots += count
        if lots > PAGE_LOTS and lots > count:
            return
        yield wallet
