"""The expiry job: value that lapsed goes to the business's EXPIRED account (wallet.md 9).

Spending never relies on it. It takes wallets that nobody else holds, all their due lots at once, and
writes one entry for each wallet; money on hold is not in its lot and is left alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from core import outbox
from directory.models import Organisation
from wallet.choices import AccountKind
from wallet.commands import SYSTEM, Request, Response, run
from wallet.errors import LedgerFrozen
from wallet.ledger import Place
from wallet.models import Command, Lot, Wallet
from wallet.sweeping import sweep

PAGE = 200
# Told to whoever granted the money: these lots were looked at and what was left has lapsed.
LAPSED = "wallet.lapsed"


def expire_due(*, at: datetime, limit: int = 10_000) -> int:
    """Expire up to `limit` lots that are due and return how many lapsed with money in them.

    Running it twice, or two at once, changes nothing more. A business whose books are frozen is passed
    over.
    """
    lapsed = 0
    due = Lot.objects.filter(expiry_due_at__lte=at)
    for business in Organisation.objects.filter(pk__in=due.values("business")).order_by("pk"):
        looked_at = 0
        while looked_at < limit:
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
    lapsed = sweep(
        command=command,
        wallets=list(wallets),
        into=[
            Place(AccountKind.EXPIRED, currency, business_id=business.pk)
            for currency in sorted(set(wallets.values()))
        ],
        at=at,
    )
    lots = _looked_at(wallets, at)
    outbox.record(
        topic=LAPSED,
        key=f"wallet.lapsed:{command.pk}",
        payload={"business": business.pk, "lots": lots},
        at=at,
    )
    return {"lots": len(lots), "lapsed": lapsed}


def _looked_at(wallets: Iterable[int], at: datetime) -> list[int]:
    """Take the due lots of the wallets off the job's list and return them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wallet_lot SET expiry_due_at = NULL"
            " WHERE wallet_id = ANY(%s) AND expiry_due_at <= %s RETURNING id",
            [list(wallets), at],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _free_wallets(business: Organisation, at: datetime) -> dict[int, str]:
    """Lock up to a page of wallets with due lots that nobody else holds; return their currencies."""
    due = Lot.objects.filter(business=business, expiry_due_at__lte=at)
    waiting = set(due.order_by("expiry_due_at").values_list("wallet_id", flat=True)[:PAGE])
    free = Wallet.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    return dict(free.filter(pk__in=waiting).order_by("pk").values_list("pk", "currency"))
