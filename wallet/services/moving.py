"""Moving money to the newest version of its pool, openly and in the contacts' favour (wallet.md 4.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import jobs
from directory.models import User
from events.conditions import EVERYTHING, ConditionSet
from wallet.choices import AccountKind, Classification, HoldState
from wallet.commands import Actor
from wallet.errors import NothingToMove, PoolNarrower
from wallet.ledger import lock_wallets
from wallet.models import (
    Account,
    CommercePool,
    CommercePoolVersion,
    HoldPart,
    Lot,
    VersionChange,
    VersionMove,
    Wallet,
)
from wallet.rules.expiry import Window, window
from wallet.rules.favour import Terms, narrowings
from wallet.selectors import current_version
from wallet.selectors.pools import conditions_by_id
from wallet.services.lots import extend, validity_of

PAGE = 200


@dataclass(frozen=True, slots=True)
class Movable:
    """What a move would bring under the newest version, and what would keep it from being made."""

    version: CommercePoolVersion
    lot_count: int
    contact_count: int
    narrowings: tuple[str, ...]


def movable(*, pool: CommercePool, at: datetime) -> Movable:
    """Return what stands under earlier versions of the pool and could come under the newest one."""
    version = current_version(pool=pool)
    lots = _lots(version, at)
    return Movable(
        version,
        lots.count(),
        lots.order_by().values("wallet").distinct().count(),
        _narrowings(version, lots),
    )


def begin(*, pool: CommercePool, reason: str, by: User, at: datetime) -> VersionMove:
    """Order the move of all money that stands under earlier versions; a worker carries it out.

    One order at a time is open for a version, and a second one is the first. Raises `PoolNarrower`
    where contacts would lose something, and `NothingToMove`.
    """
    with transaction.atomic():
        CommercePool.objects.select_for_update().get(pk=pool.pk)
        found = movable(pool=pool, at=at)
        if not found.lot_count:
            raise NothingToMove
        if found.narrowings:
            raise PoolNarrower(" ".join((*found.narrowings, PoolNarrower.sentence)))
        move, _ = VersionMove.objects.get_or_create(
            version=found.version,
            finished_at=None,
            defaults={
                "business_id": pool.business_id,
                "reason": reason,
                "created_by": by,
                "created_at": at,
            },
        )
    jobs.enqueue("wallet.move_lots")
    return move


def carry_out_due(*, at: datetime) -> int:
    """Carry out every move that is open, and return how many lots came under another version."""
    open_moves = VersionMove.objects.filter(finished_at__isnull=True).order_by("pk")
    return sum(carry_out(move=move, at=at) for move in open_moves)


def carry_out(*, move: VersionMove, at: datetime, page: int = PAGE) -> int:
    """Go on with the move until every wallet has been looked at; return how many lots moved now.

    Each page is a transaction of its own together with the mark of how far it came, so that a job that
    was killed goes on there.
    """
    moved = 0
    while (count := _next_page(move.pk, page, at)) is not None:
        moved += count
    return moved


def _next_page(pk: int, page: int, at: datetime) -> int | None:
    with transaction.atomic():
        move = (
            VersionMove.objects.select_for_update(of=("self",))
            .select_related("version__pool__business", "created_by")
            .get(pk=pk)
        )
        if move.finished_at is not None:
            return None
        ids = _next_wallets(move, page, at)
        if not ids:
            move.finished_at = at
            move.save(update_fields=["finished_at"])
            return None
        lock_wallets(*(Wallet(pk=one) for one in ids))
        moved = [_move(lot, move, at) for lot in _lots(move.version, at).filter(wallet__in=ids)]
        VersionChange.objects.bulk_create(moved)
        move.last_wallet_id = ids[-1]
        move.lot_count += len(moved)
        move.save(update_fields=["last_wallet_id", "lot_count"])
        return len(moved)


def _next_wallets(move: VersionMove, page: int, at: datetime) -> list[int]:
    rest = _lots(move.version, at).filter(wallet_id__gt=move.last_wallet_id)
    wallets = rest.order_by("wallet_id").values_list("wallet_id", flat=True).distinct()
    return list(wallets[:page])


def _move(lot: Lot, move: VersionMove, at: datetime) -> VersionChange:
    """Put a lot of a locked wallet under the version; it never begins later nor lapses earlier."""
    change = VersionChange(
        move=move,
        lot=lot,
        before=lot.pool_version,
        starts_before=lot.starts_at,
        expires_before=lot.expires_at,
        at=at,
    )
    granted = window(
        validity_of(move.version),
        awarded_at=lot.awarded_at,
        zone=move.version.pool.business.time_zone,
    )
    better = _better(Window(lot.starts_at, lot.expires_at), granted)
    lot.pool_version, lot.starts_at = move.version, better.starts_at
    lot.save(update_fields=["pool_version", "starts_at"])
    if better.expires_at != lot.expires_at:
        actor = Actor(f"user:{move.created_by_id}", move.created_by)
        extend(lot=lot, expires_at=better.expires_at, reason=move.reason, actor=actor, at=at)
    return change


def _better(one: Window, other: Window) -> Window:
    """Return the earlier beginning with the later end; no end is the latest."""
    ends = (one.expires_at, other.expires_at)
    latest = None if None in ends else max(end for end in ends if end is not None)
    return Window(min(one.starts_at, other.starts_at), latest)


def _lots(version: CommercePoolVersion, at: datetime) -> QuerySet[Lot]:
    """Return the business's own lots under other versions that have money, or money on hold."""
    with_money = Account.objects.filter(
        lot=OuterRef("pk"), kind=AccountKind.COMMERCE_LOT, balance__gt=0
    )
    on_hold = HoldPart.objects.filter(account__lot=OuterRef("pk"), hold__state=HoldState.OPEN)
    return (
        Lot.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at),
            Exists(with_money) | Exists(on_hold),
            business=version.pool.business_id,
            pool_version__pool=version.pool_id,
        )
        .exclude(pool_version=version)
        .select_related("pool_version", "wallet")
        .order_by("wallet_id", "pk")
    )


def _narrowings(version: CommercePoolVersion, lots: QuerySet[Lot]) -> tuple[str, ...]:
    """Return what the version would take from any of the lots, each sentence once."""
    held = lots.order_by().values("pool_version").distinct()
    old = list(CommercePoolVersion.objects.filter(pk__in=held).order_by("number"))
    sets = conditions_by_id(versions=[version, *old])
    new = _terms(version, sets)
    return tuple(_each_once(narrowings(_terms(one, sets), new) for one in old))


def _each_once(found: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(sentence for sentences in found for sentence in sentences))


def _terms(version: CommercePoolVersion, sets: Mapping[int, ConditionSet]) -> Terms:
    return Terms(
        sets.get(version.conditions_id or 0, EVERYTHING),
        version.requires_activation,
        version.classification == Classification.SALES_REDUCTION,
    )
