"""Crediting a pocket: the one way by which awards, top-ups and journals put money into a wallet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wallet import ledger
from wallet.choices import AccountKind, Operation, Pocket, RedeemMethod
from wallet.commands import Actor
from wallet.errors import AmountInvalid, PoolRequired
from wallet.ledger import Draft, Move, Place, pocket, post
from wallet.models import Account, Command, Entry, Lot, Wallet
from wallet.services.lots import Credit, open_lot


@dataclass(frozen=True, slots=True)
class Reason:
    """Why money comes: the entry's operation, its other end, and what a reader is told."""

    operation: Operation
    counterpart: Place
    subject: str = ""
    memo: str = ""


def credit(
    *,
    command: Command,
    wallet: Wallet,
    to: Pocket,
    minor: int,
    reason: Reason,
    lot: Credit | None,
    actor: Actor,
    at: datetime,
    books: Mapping[Place, Account] | None = None,
) -> tuple[Entry, Lot | None]:
    """Put money into a pocket of the locked wallet; into commerce as a new lot.

    What the contact owes the business is repaid first, from business and commerce money, never from
    the open pocket nor from an instant discount, which belongs to its purchase (wallet.md 6.5). `books`
    are the counterpart and the debt where the caller has locked them. Raises `PoolRequired` for
    commerce money without a pool and `AmountInvalid` for nothing.
    """
    if minor <= 0:
        raise AmountInvalid
    opened: tuple[Lot, Account] | None = None
    places: list[Place] = [reason.counterpart]
    if to == Pocket.COMMERCE:
        if lot is None:
            raise PoolRequired
        opened = open_lot(wallet=wallet, credit=lot, at=at)
    else:
        places.append(pocket(AccountKind(to), wallet))
    debt = debt_of(wallet)
    is_instant = lot is not None and lot.redeem_method == RedeemMethod.INSTANT
    repays = to != Pocket.OPEN and not is_instant
    if books is None:
        books = ledger.lock(*places, if_open=[debt] if repays else [])
    account = opened[1] if opened else books[places[-1]]
    drafts = [
        Draft(
            reason.operation,
            [Move(books[reason.counterpart], account, minor)],
            subject=reason.subject or (f"wallet.lot:{opened[0].pk}" if opened else ""),
            memo=reason.memo,
        ),
        *_recovery(account, minor, books.get(debt) if repays else None),
    ]
    entries: Sequence[Entry] = post(command=command, drafts=drafts, actor=actor.user, at=at)
    return entries[0], opened[0] if opened else None


def debt_of(wallet: Wallet) -> Place:
    """Name the account of what the contact owes the business."""
    return pocket(AccountKind.CONTACT_DEBT, wallet)


def _recovery(credited: Account, minor: int, debt: Account | None) -> list[Draft]:
    owed = -debt.balance if debt is not None else 0
    if debt is None or not owed:
        return []
    return [Draft(Operation.DEBT_RECOVERY, [Move(credited, debt, min(owed, minor))])]
