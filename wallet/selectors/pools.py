"""Reading commerce pools for the desk: their newest conditions, and how much money stands under each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Field,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from directory.models import Organisation
from directory.selectors.found import found_or_refused
from events.conditions import ConditionSet
from events.selectors.conditions import load_condition_sets
from wallet.choices import AccountKind, PoolState
from wallet.models import Account, CommercePool, CommercePoolVersion, Lot, VersionMove, Wallet

# The buckets of wallet.md 9.4: days from now, the last one open.
BUCKETS = (("Within 30 days", 0, 30), ("30 to 60 days", 30, 60), ("60 to 90 days", 60, 90))
LATER, NEVER = "Over 90 days", "Never"


@dataclass(frozen=True, slots=True)
class Standing:
    """The money that lies under a pool in one currency, in how many lots, and when the next expires."""

    currency: str
    minor: int
    lots: int
    contacts: int
    next_expiry: datetime | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """How much of some money expires in a span of time."""

    label: str
    minor: int


def pools_listed(*, business: Organisation) -> QuerySet[Any]:
    """Return the business's pools with their newest version and what stands under them.

    The newest version is the only entry of `newest`; amounts are in the business's base currency.
    """
    return (
        CommercePool.objects.filter(business=business)
        .prefetch_related(Prefetch("versions", _newest_versions(), to_attr="newest"))
        .annotate(
            standing_minor=_of_lots(business, Sum("balance"), BigIntegerField()),
            lot_count=_of_lots(business, Count("pk"), IntegerField()),
        )
    )


def pool(*, business: Organisation, pk: int) -> CommercePool:
    """Return the business's pool; raises `NotFound`."""
    found: CommercePool | None = pools_listed(business=business).filter(pk=pk).first()
    return found_or_refused(found, "There is no such pool.")


def newest_of(*, pool: CommercePool) -> CommercePoolVersion:
    """Return the version under which money is granted now, of a pool that `pools_listed` read."""
    versions: list[CommercePoolVersion] = pool.newest  # type: ignore[attr-defined]
    return versions[0]


def versions_of(*, pool: CommercePool) -> list[CommercePoolVersion]:
    """Return every version, newest first, with how many lots its business granted under it."""
    own = Q(lots__business=pool.business_id)
    rows = pool.versions.select_related("created_by").annotate(lot_count=Count("lots", filter=own))
    return list(rows.order_by("-number"))


def moves_of(*, pool: CommercePool) -> list[VersionMove]:
    """Return how money of the pool came under another version, newest first."""
    rows = VersionMove.objects.filter(version__pool=pool, business=pool.business_id)
    return list(rows.select_related("version", "created_by").order_by("-pk"))


def largest(*, business: Organisation, limit: int) -> list[tuple[CommercePool, int]]:
    """Return the pools under which most money stands, with how much."""
    rows = pools_listed(business=business).order_by("-standing_minor", "name")[:limit]
    return [(row, row.standing_minor) for row in rows]


def conditions_by_id(*, versions: Iterable[CommercePoolVersion]) -> Mapping[int, ConditionSet]:
    """Return the conditions of the versions, without a query where none restricts anything."""
    ids = {one.conditions_id for one in versions if one.conditions_id is not None}
    return load_condition_sets(ids) if ids else {}


def has_lots(*, pool: CommercePool) -> bool:
    """Tell whether money was ever granted into the pool, so that it cannot be deleted."""
    return Lot.objects.filter(pool_version__pool=pool).exists()


def standings(*, business: Organisation, pool: CommercePool | None = None) -> list[Standing]:
    """Return the money under one pool, or under all, by currency."""
    rows = (
        _lots_with_money(business, pool)
        .values("currency")
        .annotate(
            minor=Sum("balance"),
            lots=Count("pk"),
            contacts=Count("wallet", distinct=True),
            next_expiry=Min("lot__expires_at"),
        )
        .order_by("currency")
    )
    return [Standing(**row) for row in rows]


def buckets(
    *,
    business: Organisation,
    currency: str,
    at: datetime,
    pool: CommercePool | None = None,
    wallet: Wallet | None = None,
) -> list[Bucket]:
    """Return how much expires when, in the four spans of wallet.md 9.4 and "Never"."""
    rows = _lots_with_money(business, pool).filter(currency=currency)
    if wallet is not None:
        rows = rows.filter(wallet=wallet)
    spans = {
        f"span{number}": Q(
            lot__expires_at__gte=at + timedelta(days=first) if first else at - timedelta(days=3650),
            lot__expires_at__lt=at + timedelta(days=last),
        )
        for number, (_, first, last) in enumerate(BUCKETS)
    }
    spans["later"] = Q(lot__expires_at__gte=at + timedelta(days=BUCKETS[-1][2]))
    spans["never"] = Q(lot__expires_at__isnull=True)
    sums = rows.aggregate(
        **{name: Sum("balance", filter=span, default=0) for name, span in spans.items()}
    )
    labels = [*(label for label, _, _ in BUCKETS), LATER, NEVER]
    return [Bucket(label, int(sums[name])) for label, name in zip(labels, spans, strict=True)]


def standing_lots(*, business: Organisation, pool: CommercePool, limit: int) -> list[Account]:
    """Return the lots of the pool that still hold money, the next to expire first."""
    rows = _lots_with_money(business, pool).select_related("lot", "wallet__contact")
    return list(rows.order_by("lot__expires_at", "lot__awarded_at", "lot_id")[:limit])


def pools_to_choose(*, business: Organisation, keep: Collection[int] = ()) -> list[CommercePool]:
    """Return the pools into which money may be granted now, the default one first."""
    rows = CommercePool.objects.filter(business=business)
    taking = rows.filter(Q(state=PoolState.ACTIVE) | Q(pk__in=keep))
    return list(taking.order_by("-is_default", "name"))


def _lots_with_money(business: Organisation, pool: CommercePool | None) -> QuerySet[Account]:
    rows = Account.objects.filter(
        kind=AccountKind.COMMERCE_LOT, balance__gt=0, lot__business=business
    )
    return rows.filter(lot__pool_version__pool=pool) if pool is not None else rows


def _newest_versions() -> QuerySet[CommercePoolVersion]:
    return CommercePoolVersion.objects.order_by("pool_id", "-number").distinct("pool_id")


def _of_lots(business: Organisation, total: Sum | Count, kind: Field[Any, Any]) -> Coalesce:
    """Return a figure over the pool's lots that hold money, 0 where there are none."""
    rows = (
        Account.objects.filter(
            kind=AccountKind.COMMERCE_LOT,
            balance__gt=0,
            currency=business.base_currency,
            # Others may award into a pool that is published; their money is theirs to know.
            lot__business=business,
            lot__pool_version__pool=OuterRef("pk"),
        )
        .order_by()
        .values("lot__pool_version__pool")
        .annotate(figure=total)
        .values("figure")
    )
    return Coalesce(Subquery(rows, output_field=kind), Value(0), output_field=kind)
