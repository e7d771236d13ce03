"""Transfers between contacts of a business (wallet.md 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wallet import ledger
from wallet.choices import AccountKind, ChargedOn, LimitOn, LotSource, Operation, Pocket
from wallet.commands import Actor, Outcome, Request, Response, run
from wallet.errors import (
    AmountInvalid,
    CurrencyMismatch,
    InsufficientFunds,
    LimitExceeded,
    NotTransferable,
    SameWallet,
    SpendBlocked,
)
from wallet.ledger import Draft, Move, pocket, post
from wallet.models import Command, CommercePoolVersion, Lot, Wallet
from wallet.rules.expiry import Window
from wallet.selectors import LotBalance, contents, settings_of
from wallet.services import fees, limits
from wallet.services.lots import Credit, open_lot


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount of one pocket; with a pool, business money arrives under its conditions."""

    minor: int
    pocket: Pocket
    pool_version: CommercePoolVersion | None = None
    # What the sender writes to the receiver.
    note: str = ""


def send(
    *, origin: Wallet, target: Wallet, transfer: Transfer, key: str, actor: Actor, at: datetime
) -> Outcome:
    """Move money from one contact to another.

    Commerce money keeps its pool version and its expiry, earliest expiry first, and goes only where the
    business lets it and its pool is listed. Limits and fees of the sender apply. Raises `SameWallet`,
    `SpendBlocked`, `NotTransferable`, `InsufficientFunds`, `LimitExceeded`, `CurrencyMismatch`.
    """
    request = Request(
        origin.business,
        "transfer",
        key,
        actor,
        {
            "from": origin.pk,
            "to": target.pk,
            "minor": transfer.minor,
            "pocket": transfer.pocket,
            "pool": transfer.pool_version.pk if transfer.pool_version else None,
        },
    )

    def effect(command: Command) -> Response:
        if origin.holder_id == target.holder_id:
            raise SameWallet
        if transfer.minor <= 0:
            raise AmountInvalid
        if origin.currency != target.currency:
            raise CurrencyMismatch
        if transfer.pocket != Pocket.OPEN and origin.business_id != target.business_id:
            raise NotTransferable("Money of a business stays with it. Send open money instead.")
        giver, taker = ledger.lock_wallets(origin, target)
        if giver.contact.spend_blocked:
            raise SpendBlocked
        limits.check(wallet=giver, on=LimitOn.TRANSFER, minor=transfer.minor, at=at)
        _check_taker(taker, transfer.minor, at)
        draft = Draft(
            Operation.TRANSFER, _moves(giver, taker, transfer, at), memo=transfer.note[:300]
        )
        (entry, *_) = post(command=command, drafts=[draft], actor=actor.user, at=at)
        fee = _charge(command, giver, transfer, actor, at)
        return {"minor": transfer.minor, "fee": fee, "entry": str(entry.public_id)}

    return run(request, effect)


def _check_taker(taker: Wallet, minor: int, at: datetime) -> None:
    """Raise `LimitExceeded` where the receiver may not take that much, without a word of how much."""
    try:
        limits.check(wallet=taker, on=LimitOn.CREDIT, minor=minor, at=at)
    except LimitExceeded:
        raise LimitExceeded(
            "The receiver cannot take this much at the moment. Choose less, or send it later."
        ) from None


def _charge(command: Command, giver: Wallet, transfer: Transfer, actor: Actor, at: datetime) -> int:
    """Charge what sending costs; raises `InsufficientFunds` where it cannot be covered."""
    fee = fees.fee_for(wallet=giver, on=ChargedOn.DEBIT, minor=transfer.minor)
    if fee:
        books = ledger.lock(*fees.places(giver))
        draft = fees.draft(wallet=giver, fee=fee, books=books, leaving={}, subject="")
        post(command=command, drafts=[draft], actor=actor.user, at=at)
    return fee


def _moves(giver: Wallet, taker: Wallet, transfer: Transfer, at: datetime) -> list[Move]:
    if transfer.pocket == Pocket.COMMERCE:
        return _of_commerce(giver, taker, transfer.minor, at)
    source = pocket(AccountKind(transfer.pocket), giver)
    if transfer.pool_version is not None and transfer.pocket == Pocket.BUSINESS:
        credit = Credit(transfer.minor, transfer.pool_version, LotSource.TRANSFER)
        _, account = open_lot(wallet=taker, credit=credit, at=at)
        return [Move(ledger.lock(source)[source], account, transfer.minor)]
    target = pocket(AccountKind(transfer.pocket), taker)
    books = ledger.lock(source, target)
    return [Move(books[source], books[target], transfer.minor)]


def _of_commerce(giver: Wallet, taker: Wallet, minor: int, at: datetime) -> list[Move]:
    if not settings_of(business=giver.business).commerce_is_transferable:
        raise NotTransferable
    usable = [lot for lot in contents(wallet=giver).lots if at in lot.window]
    listed = set(
        Lot.objects.filter(
            pk__in=[lot.lot_id for lot in usable], pool_version__pool__is_transferable=True
        ).values_list("pk", flat=True)
    )
    if usable and not listed:
        raise NotTransferable
    taken: list[tuple[LotBalance, int]] = []
    left = minor
    for lot in usable:
        if lot.lot_id in listed and left:
            taken.append((lot, min(lot.minor, left)))
            left -= taken[-1][1]
    if left:
        raise InsufficientFunds
    parents = Lot.objects.select_related("pool_version__pool").in_bulk(
        [lot.lot_id for lot, _ in taken]
    )
    places = [pocket(AccountKind.COMMERCE_LOT, giver, lot_id=lot.lot_id) for lot, _ in taken]
    books = ledger.lock(*places)
    moves = []
    for place, (lot, part) in zip(places, taken, strict=True):
        parent = parents[lot.lot_id]
        credit = Credit(
            part,
            parent.pool_version,
            LotSource.TRANSFER,
            window=Window(parent.starts_at, parent.expires_at),
            parent=parent,
        )
        _, account = open_lot(wallet=taker, credit=credit, at=at)
        moves.append(Move(books[place], account, part))
    return moves
