"""Opening lots, and moving their expiry later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.statements import insert_once
from wallet.choices import AccountKind, LotSource, RedeemMethod
from wallet.commands import Actor
from wallet.errors import ExpiryMovedEarlier, LotExpired, PoolNotShared, PoolRetired
from wallet.ledger import lock_wallets, open_with, pocket
from wallet.models import Account, CommercePoolVersion, ExpiryChange, Lot, LotDue, Wallet
from wallet.rules.expiry import Span, Validity, Window, refilled, window


@dataclass(frozen=True, slots=True)
class Credit:
    """What a new lot is: how much, under which conditions, where from."""

    minor: int
    pool_version: CommercePoolVersion
    source: LotSource
    reference: str = ""
    earned_by: str = ""
    redeem_method: RedeemMethod = RedeemMethod.DEFERRED
    is_traced: bool = False
    # Taken over from another lot by a transfer; else worked out from the pool.
    window: Window | None = None
    parent: Lot | None = None


def validity_of(version: CommercePoolVersion) -> Validity:
    """Return when money of the version begins and ends, as a value."""
    return Validity(
        starts_on=version.starts_on,
        starts_after=_span(version.start_after, version.start_unit),
        ends_on=version.ends_on,
        ends_after=_span(version.end_after, version.end_unit),
    )


def open_lot(*, wallet: Wallet, credit: Credit, at: datetime) -> tuple[Lot, Account]:
    """Create the lot and its empty account.

    Raises `PoolRetired` where the pool takes no new money, `PoolNotShared` for a pool that another
    business does not publish, and `LotExpired` where the lot would be expired from the start.
    """
    pool = credit.pool_version.pool
    if credit.window is None and not pool.takes_money:
        raise PoolRetired
    is_own = pool.business_id == wallet.business_id
    if credit.window is None and not is_own and not pool.is_published:
        raise PoolNotShared
    usable = credit.window or window(
        validity_of(credit.pool_version), awarded_at=at, zone=wallet.business.time_zone
    )
    if usable.expires_at is not None and usable.expires_at <= max(at, usable.starts_at):
        raise LotExpired("The pool's money has expired already. Choose a pool that ends later.")
    lot = Lot(
        business_id=wallet.business_id,
        wallet=wallet,
        pool_version=credit.pool_version,
        source=credit.source,
        reference=credit.reference,
        earned_by=credit.earned_by,
        currency=wallet.currency,
        amount_minor=credit.minor,
        redeem_method=credit.redeem_method,
        is_traced=credit.is_traced,
        awarded_at=at,
        starts_at=usable.starts_at,
        expires_at=usable.expires_at,
        parent=credit.parent,
    )
    return lot, open_with(lot, pocket(AccountKind.COMMERCE_LOT, wallet))


def move_expiry(
    *, lot: Lot, expires_at: datetime | None, reason: str, actor: Actor, at: datetime
) -> Lot:
    """Move the expiry of a lot later and keep a record of it (wallet.md 9.5).

    Raises `ExpiryMovedEarlier`, and `LotExpired` for a lot that is over: it is not reopened.
    """
    with transaction.atomic():
        lock_wallets(lot.wallet)
        locked = Lot.objects.select_for_update().get(pk=lot.pk)
        if locked.expires_at is not None and locked.expires_at <= at:
            raise LotExpired
        later = expires_at is None or (
            locked.expires_at is not None and expires_at > locked.expires_at
        )
        if not later:
            raise ExpiryMovedEarlier
        extend(lot=locked, expires_at=expires_at, reason=reason, actor=actor, at=at)
        return locked


def extend(
    *, lot: Lot, expires_at: datetime | None, reason: str, actor: Actor, at: datetime
) -> None:
    """Write the later expiry of a locked lot and its record."""
    before, lot.expires_at = lot.expires_at, expires_at
    lot.save(update_fields=["expires_at"])
    LotDue.objects.filter(lot=lot).delete()
    see_to_expiry([lot])
    ExpiryChange.objects.create(
        lot=lot, before=before, after=expires_at, reason=reason, actor_name=actor.name, at=at
    )


def receive_back(*, lot: Lot, grace_days: int, actor: Actor, at: datetime) -> None:
    """See to the expiry of a lot that money came back to: the grace, or the next run of the job."""
    expires_at = refilled(lot.expires_at, at=at, grace_days=grace_days)
    if expires_at != lot.expires_at:
        reason = "Money of a returned purchase came back."
        extend(lot=lot, expires_at=expires_at, reason=reason, actor=actor, at=at)
    else:
        see_to_expiry([lot])


def see_to_expiry(lots: Sequence[Lot]) -> None:
    """Have the expiry job look at the lots when they expire, or at its next run where they have."""
    insert_once([row for lot in lots for row in LotDue.of(lot)])


def _span(count: int | None, unit: str) -> Span | None:
    return Span(count, unit) if count is not None else None
