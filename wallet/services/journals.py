"""Manual journals: a credit or debit by hand, above a limit only by two people (wallet.md 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from directory.models import User
from wallet import ledger
from wallet.choices import (
    AccountKind,
    JournalDirection,
    JournalState,
    LotSource,
    Operation,
    Pocket,
)
from wallet.commands import Actor, Request, Response, run
from wallet.errors import (
    AmountInvalid,
    FourEyesRequired,
    HoldClosed,
    InsufficientFunds,
    PoolRequired,
)
from wallet.ledger import Draft, Move, books_of, pocket, post
from wallet.models import Command, CommercePool, Journal, Wallet
from wallet.selectors import contents, current_version, settings_of
from wallet.services.credits import Reason, credit
from wallet.services.lots import Credit


@dataclass(frozen=True, slots=True)
class Line:
    """What a journal is to do, in minor units of the wallet's currency."""

    direction: JournalDirection
    pocket: Pocket
    minor: int
    reason: str
    pool: CommercePool | None = None


def write(*, wallet: Wallet, line: Line, by: User, key: str, at: datetime) -> Journal:
    """Post the journal, or keep it for a second person where it is above the four-eyes limit.

    Raises `AmountInvalid`, `PoolRequired` for a credit of commerce money without a pool, and
    `InsufficientFunds` for a debit of more than the pocket holds.
    """
    actor = Actor(f"user:{by.pk}", by)
    request = Request(
        wallet.business,
        "journal",
        key,
        actor,
        {
            "wallet": wallet.pk,
            "direction": line.direction,
            "pocket": line.pocket,
            "minor": line.minor,
            "pool": line.pool.pk if line.pool else None,
            "reason": line.reason,
        },
    )

    def effect(command: Command) -> Response:
        if line.minor <= 0:
            raise AmountInvalid
        is_credit = line.direction == JournalDirection.CREDIT
        if is_credit and line.pocket == Pocket.COMMERCE and line.pool is None:
            raise PoolRequired
        (locked,) = ledger.lock_wallets(wallet)
        is_large = line.minor > settings_of(business=locked.business).four_eyes_above_minor
        journal = Journal.objects.create(
            business_id=locked.business_id,
            wallet=locked,
            direction=line.direction,
            pocket=line.pocket,
            pool=line.pool,
            currency=locked.currency,
            amount_minor=line.minor,
            reason=line.reason,
            state=JournalState.PENDING if is_large else JournalState.POSTED,
            created_by=by,
            created_at=at,
            closed_at=None if is_large else at,
        )
        if not is_large:
            _post(command, locked, journal, actor, at)
        return {"journal": journal.pk}

    return Journal.objects.get(pk=run(request, effect).response["journal"])


def confirm(*, journal: Journal, by: User, key: str, at: datetime) -> Journal:
    """Post a journal that waits for a second person; raises `FourEyesRequired` for the first."""
    actor = Actor(f"user:{by.pk}", by)
    request = Request(journal.business, "journal_confirm", key, actor, {"journal": journal.pk})

    def effect(command: Command) -> Response:
        if by.pk == journal.created_by_id:
            raise FourEyesRequired
        (wallet,) = ledger.lock_wallets(journal.wallet)
        locked = _lock_pending(journal)
        _post(command, wallet, locked, actor, at)
        return _close(locked, JournalState.POSTED, by, at)

    run(request, effect)
    return Journal.objects.get(pk=journal.pk)


def refuse(*, journal: Journal, by: User, key: str, at: datetime) -> Journal:
    """Close a pending journal without posting it; its author may take it back so."""
    actor = Actor(f"user:{by.pk}", by)
    request = Request(journal.business, "journal_refuse", key, actor, {"journal": journal.pk})

    def effect(_: Command) -> Response:
        locked = _lock_pending(journal)
        second = by if by.pk != locked.created_by_id else None
        return _close(locked, JournalState.REFUSED, second, at)

    run(request, effect)
    return Journal.objects.get(pk=journal.pk)


def _lock_pending(journal: Journal) -> Journal:
    locked = Journal.objects.select_for_update(of=("self",)).get(pk=journal.pk)
    if locked.state != JournalState.PENDING:
        raise HoldClosed("This journal was decided before. There is nothing left to confirm.")
    return locked


def _close(journal: Journal, state: JournalState, by: User | None, at: datetime) -> Response:
    journal.state, journal.confirmed_by, journal.closed_at = state, by, at
    journal.save(update_fields=["state", "confirmed_by", "closed_at"])
    return {"journal": journal.pk}


def _post(command: Command, wallet: Wallet, journal: Journal, actor: Actor, at: datetime) -> None:
    adjustment = books_of(AccountKind.ADJUSTMENT, wallet)
    subject = f"wallet.journal:{journal.pk}"
    if journal.direction == JournalDirection.CREDIT:
        version = current_version(pool=journal.pool) if journal.pool else None
        credit(
            command=command,
            wallet=wallet,
            to=Pocket(journal.pocket),
            minor=journal.amount_minor,
            reason=Reason(Operation.JOURNAL, adjustment, subject, journal.reason),
            lot=Credit(journal.amount_minor, version, LotSource.JOURNAL) if version else None,
            actor=actor,
            at=at,
        )
        return
    moves = _debits(wallet, Pocket(journal.pocket), journal.amount_minor)
    books = ledger.lock(*(place for place, _ in moves), adjustment)
    draft = Draft(
        Operation.JOURNAL,
        [Move(books[place], books[adjustment], minor) for place, minor in moves],
        subject=subject,
        memo=journal.reason,
    )
    post(command=command, drafts=[draft], actor=actor.user, at=at)


def _debits(wallet: Wallet, of: Pocket, minor: int) -> list[tuple[ledger.Place, int]]:
    """Return from which accounts the debit takes; commerce money by its earliest expiry."""
    if of != Pocket.COMMERCE:
        return [(pocket(AccountKind(of), wallet), minor)]
    taken, left = [], minor
    for lot in contents(wallet=wallet).lots:
        if part := min(lot.minor, left):
            taken.append((pocket(AccountKind.COMMERCE_LOT, wallet, lot_id=lot.lot_id), part))
            left -= part
    if left:
        raise InsufficientFunds
    return taken
