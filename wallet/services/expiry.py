"""The expiry job: value that lapsed goes to the business's EXPIRED account (wallet.md 9).

Spending never relies on it. It takes wallets that nobody else holds, all their due lots at once, and
writes one entry for each wallet; money on hold is not in its lot and is left alone.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from core import outbox
from core.prepared import prepared
from directory.models import Organisation
from wallet.choices import AccountKind
from wallet.commands import SYSTEM, Request, Response, run
from wallet.errors import LedgerFrozen
from wallet.ledger import Place
from wallet.models import Command, LotDue
from wallet.sweeping import sweep

# A page is one transaction: so many wallets, and no more once they have so many due lots.
PAGE, PAGE_LOTS = 200, 2_000
# Wallets until they have a page of due lots; the first one however many it has.
_PAGE_OF_WALLETS = """
    WITH first AS (
        SELECT wallet_id FROM wallet_lotdue WHERE business_id = %s AND due_at <= %s
        ORDER BY due_at LIMIT %s
    ), counted AS (
        SELECT wallet_id, count(*) AS lots, sum(count(*)) OVER (ORDER BY wallet_id) AS so_far
        FROM wallet_lotdue
        WHERE wallet_id IN (SELECT wallet_id FROM first) AND due_at <= %s
        GROUP BY wallet_id
    )
    SELECT wallet.id, wallet.currency
    FROM wallet_wallet AS wallet JOIN counted ON counted.wallet_id = wallet.id
    WHERE so_far <= %s OR so_far = lots
    ORDER BY wallet.id FOR NO KEY UPDATE OF wallet SKIP LOCKED
"""
# Told to whoever granted the money, a few hundred lots at a time: what was left in them has lapsed.
LAPSED = "wallet.lapsed"
TOLD_AT_ONCE = 500


def expire_due(*, at: datetime, limit: int = 10_000) -> int:
    """Expire up to `limit` lots that are due and return how many lapsed with money in them.

    Running it twice, or two at once, changes nothing more. A business whose books are frozen is passed
    over.
    """
    lapsed = 0
    due = LotDue.objects.filter(due_at__lte=at)
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
    with prepared() as cursor:
        cursor.execute(_PAGE_OF_WALLETS, [business.pk, at, PAGE, at, PAGE_LOTS])
        return dict(cursor.fetchall())
