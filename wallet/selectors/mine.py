"""What contacts see of their own wallet: money by pool, what lapses when, where it is good, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from directory.models import Organisation
from directory.selectors import network
from events.conditions import ConditionSet
from events.facts import EventFacts
from events.models import BusinessEvent
from events.selectors.conditions import load_condition_sets
from events.selectors.facts import facts_at
from wallet.choices import AccountKind, Operation, Pocket, PoolState, RedemptionMode
from wallet.models import (
    Account,
    Activation,
    CommercePool,
    CommercePoolVersion,
    Entry,
    Lot,
    PurchaseUse,
    TopUp,
    Wallet,
)
from wallet.selectors import settings_of
from wallet.selectors.books import entries_of_wallet, touching

BUCKETS = (30, 60, 90)
KINDS_OF_POCKET: Mapping[str, tuple[AccountKind, ...]] = {
    Pocket.COMMERCE: (AccountKind.COMMERCE_LOT,),
    Pocket.BUSINESS: (AccountKind.BUSINESS, AccountKind.BUSINESS_REDEEMED),
    Pocket.OPEN: (AccountKind.OPEN,),
}
# What a reader of the history may ask for, by the word in the address.
OPERATIONS_OF: Mapping[str, tuple[Operation, ...]] = {
    "earned": (Operation.AWARD,),
    "spent": (Operation.SPEND, Operation.REDEEM, Operation.HOLD, Operation.RELEASE),
    "topped-up": (Operation.TOP_UP,),
    "sent": (Operation.TRANSFER,),
    "returned": (Operation.REFUND, Operation.UNREDEEM, Operation.CLAWBACK),
    "expired": (Operation.EXPIRE,),
}


@dataclass(slots=True)
class PoolLine:
    """The money of one version of a pool, its lots in the order in which they are used."""

    version: CommercePoolVersion
    accounts: list[Account] = field(default_factory=list)
    conditions: ConditionSet | None = None
    activation: Activation | None = None
    needs_activation: bool = False

    @property
    def minor(self) -> int:
        return sum(account.balance for account in self.accounts)

    @property
    def next_expiry(self) -> datetime | None:
        return next((expiry_of(account) for account in self.accounts), None)

    @property
    def next_minor(self) -> int:
        """How much lapses at the next expiry."""
        return sum(
            account.balance for account in self.accounts if expiry_of(account) == self.next_expiry
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a pool's money may be used, and whether it may be used there now."""

    name: str
    town: str
    is_now: bool


def expiry_of(account: Account) -> datetime | None:
    """Return when the money of a lot's account lapses."""
    return account.lot.expires_at if account.lot is not None else None


def pool_lines(*, wallet: Wallet, at: datetime, version_id: int | None = None) -> list[PoolLine]:
    """Return the commerce money by pool, that which lapses first at the top.

    Three queries; seven more where a pool has conditions.
    """
    accounts = Account.objects.filter(
        Q(lot__expires_at__isnull=True) | Q(lot__expires_at__gt=at),
        wallet=wallet,
        kind=AccountKind.COMMERCE_LOT,
        balance__gt=0,
    )
    if version_id is not None:
        accounts = accounts.filter(lot__pool_version=version_id)
    lines: dict[int, PoolLine] = {}
    for account in accounts.select_related("lot__pool_version__pool").order_by(
        F("lot__expires_at").asc(nulls_last=True), "lot__awarded_at", "lot_id"
    ):
        assert account.lot is not None
        version = account.lot.pool_version
        lines.setdefault(version.pk, PoolLine(version)).accounts.append(account)
    _add_conditions(lines.values())
    _add_activations(wallet, lines.values(), at)
    return list(lines.values())


def _add_conditions(lines: Iterable[PoolLine]) -> None:
    ids = {pk for line in lines if (pk := line.version.conditions_id) is not None}
    sets = load_condition_sets(ids) if ids else {}
    for line in lines:
        line.conditions = sets.get(line.version.conditions_id or 0)


def _add_activations(wallet: Wallet, lines: Iterable[PoolLine], at: datetime) -> None:
    open_now = {
        activation.pool_id: activation
        for activation in Activation.objects.filter(
            wallet=wallet, ended_at__isnull=True, expires_at__gt=at
        )
    }
    chosen = settings_of(business=wallet.business)
    for line in lines:
        line.activation = open_now.get(line.version.pool_id)
        line.needs_activation = (
            line.version.requires_activation
            or chosen.redemption_mode == RedemptionMode.ACTIVATED_POOLS
        )


def lapsing(*, lines: Iterable[PoolLine], at: datetime) -> list[int]:
    """Return how much lapses within 30, 30–60, 60–90 and over 90 days; what never does counts last."""
    sums = [0] * (len(BUCKETS) + 1)
    for line in lines:
        for account in line.accounts:
            expires_at = expiry_of(account)
            bucket = len(BUCKETS)
            if expires_at is not None:
                left = expires_at - at
                bucket = sum(left > timedelta(days=days) for days in BUCKETS)
            sums[bucket] += account.balance
    return sums


def spots(*, business: Organisation, conditions: ConditionSet | None, at: datetime) -> list[Spot]:
    """Return the places whose location the conditions allow, those that are good now first.

    Places with blocked terms never match. Without merchants and venues, the business is the place.
    """
    places = [
        place
        for place in network.places_of(business=business).select_related("parent", "business")
        if place.is_active
    ]
    blocked = {
        organisation
        for _, organisation in network.blocked_organisations(business_ids=[business.pk], at=at)
    }
    found = []
    for place in _where_people_go(places) or [business]:
        merchant = place if place.is_merchant else place.parent
        if merchant is not None and merchant.pk in blocked:
            continue
        facts = facts_at(business=business, place=place, at=at)
        if _allows_place(conditions, facts):
            found.append(Spot(place.name, facts.place.town, _allows_time(conditions, facts)))
    return sorted(found, key=lambda spot: (not spot.is_now, spot.name.casefold()))


def _where_people_go(places: Sequence[Organisation]) -> list[Organisation]:
    """Return the venues, and the merchants that have none."""
    with_venues = {place.parent_id for place in places if place.is_venue}
    return [place for place in places if place.is_venue or place.pk not in with_venues]


def _allows_place(conditions: ConditionSet | None, facts: EventFacts) -> bool:
    return conditions is None or conditions.location.check(facts, conditions.names) is None


def _allows_time(conditions: ConditionSet | None, facts: EventFacts) -> bool:
    return conditions is None or conditions.time.check(facts, conditions.names) is None


def history(*, wallet: Wallet, pocket: str = "", kind: str = "") -> QuerySet[Entry]:
    """Return what moved in the wallet, newest first, perhaps of one pocket or of one kind."""
    rows = entries_of_wallet(wallet=wallet)
    if kinds := KINDS_OF_POCKET.get(pocket):
        own = Q(wallet=wallet) | Q(holder=wallet.holder_id)
        rows = rows.filter(pk__in=touching(Q(own, kind__in=kinds)))
    if operations := OPERATIONS_OF.get(kind):
        rows = rows.filter(operation__in=operations)
    return rows.order_by("-effective_at", "-pk")


def entry_of_mine(*, wallet: Wallet, public_id: UUID) -> Entry | None:
    """Return an entry that moved the wallet's money, or None for any other."""
    return entries_of_wallet(wallet=wallet).filter(public_id=public_id).first()


def lots_of(*, entry: Entry, wallet: Wallet) -> list[Lot]:
    """Return the wallet's lots that the entry moved, those that lapse first at the top."""
    moved = Q(accounts__postings_out__entry=entry) | Q(accounts__postings_in__entry=entry)
    return list(
        Lot.objects.filter(moved, wallet=wallet)
        .select_related("pool_version__pool")
        .distinct()
        .order_by(F("expires_at").asc(nulls_last=True), "pk")
    )


def purchase_behind(*, wallet: Wallet, reference: str) -> PurchaseUse | None:
    """Return what the wallet did for the purchase of that reference."""
    if not reference:
        return None
    return (
        PurchaseUse.objects.filter(wallet=wallet, reference=reference)
        .select_related("organisation")
        .first()
    )


def event_behind(*, wallet: Wallet, reference: str) -> BusinessEvent | None:
    """Return the contact's event that the reference names, with the place where it happened."""
    kind, _, key = reference.rpartition(":")
    if kind != "events.event" or not key.isdecimal():
        return None
    return (
        BusinessEvent.objects.filter(
            pk=int(key), business=wallet.business_id, contact=wallet.contact_id
        )
        .select_related("venue", "merchant", "business")
        .first()
    )


def pool_of_mine(*, wallet: Wallet, version_id: int) -> CommercePool | None:
    """Return the pool of that version if the wallet ever had money of it."""
    return CommercePool.objects.filter(
        versions__pk=version_id, versions__lots__wallet=wallet
    ).first()


def pools_for_top_ups(*, business: Organisation) -> list[CommercePool]:
    """Return the pools into which contacts may top up."""
    rows = CommercePool.objects.filter(
        business=business, is_for_top_ups=True, state=PoolState.ACTIVE
    )
    return list(rows.order_by("name"))


def top_up_of_mine(*, wallet: Wallet, public_id: UUID) -> TopUp | None:
    return (
        TopUp.objects.filter(wallet=wallet, public_id=public_id)
        .select_related("wallet__business", "pool")
        .first()
    )
