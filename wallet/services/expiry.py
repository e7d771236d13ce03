"""The expiry job: value that lapsed goes to the business's EXPIRED account (wallet.md 9).

Spending never relies on it. It takes wallets that nobody else holds, all their due lots at once, and
writes one entry for each wallet; money on hold is not in its lot and is left alone.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime

from directory.models import Organisation
from wallet import ledger
from wallet.choices import AccountKind, Operation
from wallet.commands import SYSTEM, Request, Response, run
from wallet.errors import LedgerFrozen
from wallet.ledger import Draft, Move, Place, books_of, pocket, post
from wallet.models import Command, Lot, Wallet

PAGE = 200


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
    due = Lot.objects.filter(business=business, expiry_due_at__lte=at)
    waiting = set(due.order_by("expiry_due_at").values_list("wallet_id", flat=True)[:PAGE])
    wallets = {
        wallet.pk: wallet
        for wallet in Wallet.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(pk__in=waiting)
        .order_by("pk")
    }
    lots = list(due.filter(wallet__in=wallets).order_by("wallet_id", "expires_at", "pk"))
    if not lots:
        return {"lots": 0, "lapsed": 0}
    expired = _expired_accounts(wallets)
    places = {
        lot.pk: pocket(AccountKind.COMMERCE_LOT, wallets[lot.wallet_id], lot_id=lot.pk)
        for lot in lots
    }
    books = ledger.lock(*places.values(), *expired.values())
    moves: dict[int, list[Move]] = defaultdict(list)
    for lot in lots:
        account = books[places[lot.pk]]
        if account.balance:
            target = books[expired[lot.wallet_id]]
            moves[lot.wallet_id].append(Move(account, target, account.balance))
    drafts = [
        Draft(Operation.EXPIRE, entry, subject=f"wallet.wallet:{wallet_id}")
        for wallet_id, entry in moves.items()
    ]
    post(command=command, drafts=drafts, actor=None, at=at)
    Lot.objects.filter(pk__in=places).update(expiry_due_at=None)
    return {"lots": len(lots), "lapsed": sum(map(len, moves.values()))}


def _expired_accounts(wallets: dict[int, Wallet]) -> dict[int, Place]:
    return {pk: books_of(AccountKind.EXPIRED, wallet) for pk, wallet in wallets.items()}
