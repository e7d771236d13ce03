"""Reading contacts' wallets for the desk: the list, one wallet's money, its lots, holds and journals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Count,
    F,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from directory.models import Contact, Organisation
from directory.selectors.found import found_or_refused
from wallet.choices import AccountKind, HoldState, JournalState, LotSource, Pocket
from wallet.models import (
    Account,
    AwardReturn,
    ExpiryChange,
    Hold,
    Journal,
    Lot,
    PurchaseUse,
    SpendBlock,
    VersionChange,
    Wallet,
)
from wallet.selectors import Pockets

_POCKETS = {
    Pocket.BUSINESS: (AccountKind.BUSINESS, AccountKind.BUSINESS_REDEEMED),
    Pocket.COMMERCE: (AccountKind.COMMERCE_LOT,),
}


@dataclass(frozen=True, slots=True)
class PoolMoney:
    """What a wallet has under one version of a pool."""

    pool_id: int
    pool_name: str
    version_id: int
    conditions_id: int | None
    minor: int
    lots: int
    next_expiry: datetime | None


def wallets_listed(*, business: Organisation) -> QuerySet[Wallet]:
    """Return the business's wallets with the balances that a list shows, unordered."""
    return (
        Wallet.objects.filter(business=business)
        .select_related("contact", "holder")
        .annotate(
            business_minor=_sum(*_POCKETS[Pocket.BUSINESS]),
            commerce_minor=_sum(*_POCKETS[Pocket.COMMERCE]),
            held_minor=_sum(AccountKind.HOLD),
            next_expiry=Subquery(
                Account.objects.filter(
                    wallet=OuterRef("pk"), kind=AccountKind.COMMERCE_LOT, balance__gt=0
                )
                .order_by()
                .values("wallet")
                .annotate(first=Min("lot__expires_at"))
                .values("first")
            ),
        )
    )


def wallet_of_contact(*, contact: Contact) -> Wallet | None:
    """Return the contact's wallet with its business and what the business has chosen, or None."""
    return (
        Wallet.objects.select_related("contact", "holder", "business__wallet_settings")
        .filter(contact=contact)
        .first()
    )


def by_pool(*, wallet: Wallet) -> list[PoolMoney]:
    """Return the commerce money by pool and version, in the order in which it would be used."""
    rows = (
        Account.objects.filter(wallet=wallet, kind=AccountKind.COMMERCE_LOT, balance__gt=0)
        .values(
            "lot__pool_version__pool_id",
            "lot__pool_version__pool__name",
            "lot__pool_version_id",
            "lot__pool_version__conditions_id",
        )
        .annotate(minor=Sum("balance"), next_expiry=Min("lot__expires_at"), lots=Count("pk"))
        .order_by(F("next_expiry").asc(nulls_last=True), "lot__pool_version_id")
    )
    return [
        PoolMoney(
            pool_id=row["lot__pool_version__pool_id"],
            pool_name=row["lot__pool_version__pool__name"],
            version_id=row["lot__pool_version_id"],
            conditions_id=row["lot__pool_version__conditions_id"],
            minor=int(row["minor"]),
            lots=row["lots"],
            next_expiry=row["next_expiry"],
        )
        for row in rows
    ]


def lots_listed(*, business: Organisation) -> QuerySet[Account]:
    """Return the accounts of the business's lots, each with its lot, pool and contact, unordered."""
    return Account.objects.filter(
        kind=AccountKind.COMMERCE_LOT, lot__business=business
    ).select_related("lot__pool_version__pool", "wallet__contact")


def next_lots(*, wallet: Wallet, limit: int) -> list[Account]:
    """Return the wallet's lots that hold money, in the order in which they would be used."""
    rows = lots_listed(business=wallet.business).filter(wallet=wallet, balance__gt=0)
    return list(
        rows.order_by(F("lot__expires_at").asc(nulls_last=True), "lot__awarded_at", "lot_id")[
            :limit
        ]
    )


def lot(*, business: Organisation, pk: int) -> Account:
    """Return the account of a lot of the business, by the lot's key; raises `NotFound`."""
    rows = lots_listed(business=business).select_related(
        "lot__pool_version__pool",
        "lot__parent",
        "wallet__contact",
        "wallet__holder",
        "wallet__business__wallet_settings",
    )
    return found_or_refused(rows.filter(lot_id=pk).first(), "There is no such lot.")


def return_of(*, lot: Lot) -> AwardReturn | None:
    """Return what was taken back of the award, if anything was."""
    return AwardReturn.objects.filter(lot=lot).first()


def expiry_changes(*, lot: Lot) -> list[ExpiryChange]:
    """Return how the lot's expiry was moved, newest first."""
    return list(lot.expiry_changes.order_by("-at", "-pk"))


def version_changes(*, lot: Lot) -> list[VersionChange]:
    """Return how the lot came under other versions of its pool, newest first."""
    rows = lot.version_changes.select_related("before", "move__version", "move__created_by")
    return list(rows.order_by("-at", "-pk"))


def is_cancellable(*, lot: Lot, record: AwardReturn | None, at: datetime) -> bool:
    """Tell whether the award may still be cancelled: not expired, not taken back in full."""
    is_over = lot.expires_at is not None and lot.expires_at <= at
    taken = record.clawed_back_minor if record else 0
    return lot.source == LotSource.AWARD and not is_over and taken < lot.amount_minor


def holds_of(*, wallet: Wallet) -> list[Hold]:
    """Return the wallet's open holds, the next to time out first."""
    return list(
        Hold.objects.filter(wallet=wallet, state=HoldState.OPEN).order_by("expires_at", "pk")
    )


def hold(*, business: Organisation, pk: int) -> Hold:
    """Return the business's hold with its account; raises `NotFound`."""
    rows = Hold.objects.filter(business=business).select_related(
        "account", "use", "wallet__contact", "wallet__business", "business"
    )
    return found_or_refused(rows.filter(pk=pk).first(), "There is no such hold.")


def block_of(*, wallet: Wallet) -> SpendBlock | None:
    """Return the block in force, or None."""
    return (
        SpendBlock.objects.filter(wallet=wallet, lifted_at__isnull=True)
        .select_related("blocked_by")
        .first()
    )


def blocks_of(*, wallet: Wallet) -> list[SpendBlock]:
    """Return all times during which the contact was blocked, newest first."""
    rows = SpendBlock.objects.filter(wallet=wallet).select_related("blocked_by", "lifted_by")
    return list(rows.order_by("-blocked_at", "-pk"))


def journals_of(*, business: Organisation) -> QuerySet[Journal]:
    """Return the business's journals with their people, unordered."""
    return Journal.objects.filter(business=business).select_related(
        "wallet__contact", "pool", "created_by", "confirmed_by"
    )


def journal(*, business: Organisation, pk: int) -> Journal:
    """Return the business's journal; raises `NotFound`."""
    rows = journals_of(business=business).select_related(
        "wallet__contact",
        "wallet__business__wallet_settings",
        "business",
        "pool",
        "created_by",
        "confirmed_by",
    )
    return found_or_refused(rows.filter(pk=pk).first(), "There is no such journal.")


def pending_journals(*, business: Organisation, wallet: Wallet | None = None) -> QuerySet[Journal]:
    """Return the journals that wait for a second person, of all wallets or of one."""
    rows = journals_of(business=business).filter(state=JournalState.PENDING)
    return rows.filter(wallet=wallet) if wallet is not None else rows


def use(*, business: Organisation, pk: int) -> PurchaseUse:
    """Return what the wallet did for a purchase; raises `NotFound`."""
    rows = PurchaseUse.objects.filter(business=business).select_related(
        "wallet__contact", "organisation"
    )
    return found_or_refused(rows.filter(pk=pk).first(), "There is no such purchase.")


def use_by_reference(*, business: Organisation, reference: str) -> PurchaseUse | None:
    return PurchaseUse.objects.filter(business=business, reference=reference).first()


def lot_by_reference(*, business: Organisation, reference: str) -> Lot | None:
    """Return the lot of the award with that natural key."""
    return Lot.objects.filter(
        business=business, reference=reference, source=LotSource.AWARD
    ).first()


def earned_by(*, business: Organisation, reference: str) -> list[Lot]:
    """Return the lots that a purchase earned."""
    rows = Lot.objects.filter(business=business, earned_by=reference)
    return list(rows.select_related("pool_version__pool").order_by("pk"))


def pockets_at(*, wallet: Wallet, moment: datetime) -> Pockets:
    """Return the pockets as the books stood at the moment (wallet.md 12, P3).

    Each account's balance is what its last posting written until then left there: one statement over
    the two indexes of its versions.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _PAST,
            {"wallet": wallet.pk, "holder": wallet.holder_id, "currency": wallet.currency,
             "moment": moment},
        )  # fmt: skip
        sums = {kind: int(minor) for kind, minor in cursor.fetchall()}
    return Pockets(
        open_minor=sums.get(AccountKind.OPEN, 0),
        business_minor=sum(sums.get(kind, 0) for kind in _POCKETS[Pocket.BUSINESS]),
        commerce_minor=sums.get(AccountKind.COMMERCE_LOT, 0),
        held_minor=sums.get(AccountKind.HOLD, 0),
        debt_minor=-sums.get(AccountKind.CONTACT_DEBT, 0),
    )


_PAST = """
    WITH own AS (
        SELECT id, kind FROM wallet_account
        WHERE wallet_id = %(wallet)s
            OR (holder_id = %(holder)s AND kind = 'OPEN' AND currency = %(currency)s)
    )
    SELECT own.kind, sum(past.after)
    FROM own CROSS JOIN LATERAL (
        SELECT leg.after FROM (
            SELECT source_version AS version, source_after AS after, entry_id
            FROM wallet_posting WHERE source_id = own.id
            UNION ALL
            SELECT target_version, target_after, entry_id
            FROM wallet_posting WHERE target_id = own.id
        ) AS leg
        JOIN wallet_entry AS entry ON entry.id = leg.entry_id
        WHERE entry.created_at <= %(moment)s
        ORDER BY leg.version DESC LIMIT 1
    ) AS past
    GROUP BY own.kind
"""


def _sum(*kinds: AccountKind) -> Coalesce:
    """Return the sum of the wallet's accounts of these kinds."""
    rows = (
        Account.objects.filter(wallet=OuterRef("pk"), kind__in=kinds)
        .order_by()
        .values("wallet")
        .annotate(figure=Sum("balance"))
        .values("figure")
    )
    number = BigIntegerField()
    return Coalesce(Subquery(rows, output_field=number), Value(0), output_field=number)
