"""Reading wallets, lots and pools, always within one business."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core.prepared import prepared
from directory.models import Contact, Organisation
from wallet.choices import AccountKind, Classification, PoolState, RedeemMethod
from wallet.errors import CodeInvalid
from wallet.models import (
    Account,
    CommercePool,
    CommercePoolVersion,
    LedgerFreeze,
    Wallet,
    WalletSettings,
)
from wallet.rules import codes
from wallet.rules.expiry import Window


@dataclass(frozen=True, slots=True)
class Pockets:
    """What a contact has, in minor units of the wallet's currency."""

    open_minor: int
    business_minor: int
    commerce_minor: int
    held_minor: int
    debt_minor: int


@dataclass(frozen=True, slots=True)
class LotBalance:
    """A lot that still has money, as far as choosing it needs."""

    lot_id: int
    minor: int
    window: Window
    pool_version_id: int
    pool_id: int
    before_tax: bool
    requires_activation: bool
    conditions_id: int | None
    earned_by: str
    is_instant: bool
    is_traced: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a wallet can pay with; lots in the order of priority (wallet.md 5.3.2)."""

    lots: list[LotBalance]
    redeemed: list[tuple[int, int]]
    business: int
    open: int


def settings_of(*, business: Organisation) -> WalletSettings:
    """Return what the business has chosen, or the defaults."""
    found: WalletSettings | None = getattr(business, "wallet_settings", None)
    return found or WalletSettings(business=business)


def frozen_businesses() -> QuerySet[LedgerFreeze, int]:
    """Return the businesses whose books take no entries now, for the jobs to pass them over."""
    frozen = LedgerFreeze.objects.filter(released_at__isnull=True)
    return frozen.values_list("business_id", flat=True)


def wallet_of(*, contact: Contact) -> Wallet | None:
    """Return the contact's wallet, or None before it was registered."""
    return (
        Wallet.objects.select_related("contact", "business", "holder")
        .filter(contact=contact)
        .first()
    )


def currencies_of(*, business: Organisation, contacts: Iterable[Contact]) -> dict[int, str]:
    """Return by contact the currency of the wallet; who has none would get the business's own.

    A wallet keeps its currency for good, whatever the business changes later.
    """
    ids = [contact.pk for contact in contacts]
    known = dict(Wallet.objects.filter(contact__in=ids).values_list("contact_id", "currency"))
    return {pk: known.get(pk, business.base_currency) for pk in ids}


def wallet_by_code(*, business: Organisation, code: str) -> Wallet:
    """Return the wallet of the business with that code; a mistyped one is refused unread.

    Raises `CodeInvalid` for a wrong check digit and for a code without a wallet at this business.
    """
    if codes.is_valid(code):
        found = (
            Wallet.objects.select_related("contact", "business", "holder")
            .filter(business=business, holder__code=code)
            .first()
        )
        if found is not None:
            return found
    raise CodeInvalid


def pools_of(*, business: Organisation) -> list[CommercePool]:
    """Return the business's pools, the default one first."""
    return list(CommercePool.objects.filter(business=business).order_by("-is_default", "name"))


def default_pool_version(*, business: Organisation) -> CommercePoolVersion:
    """Return the conditions "Spend Anywhere within a year"."""
    return CommercePoolVersion.objects.select_related("pool").get(
        pool__business=business, pool__is_default=True
    )


def current_version(*, pool: CommercePool) -> CommercePoolVersion:
    """Return the newest version of the pool, under which money is granted now."""
    return pool.versions.select_related("pool").latest("number")


def active_pools(*, business: Organisation) -> list[CommercePool]:
    return [pool for pool in pools_of(business=business) if pool.state == PoolState.ACTIVE]


def pockets(*, wallet: Wallet) -> Pockets:
    """Return the balances of the wallet; a pocket is the sum of its accounts."""
    sums = {
        kind: int(total)
        for kind, total in Account.objects.filter(
            Q(wallet=wallet)
            | Q(holder=wallet.holder_id, currency=wallet.currency, kind=AccountKind.OPEN)
        )
        .values_list("kind")
        .annotate(total=Sum("balance"))
    }
    return Pockets(
        open_minor=sums.get(AccountKind.OPEN, 0),
        business_minor=sums.get(AccountKind.BUSINESS, 0)
        + sums.get(AccountKind.BUSINESS_REDEEMED, 0),
        commerce_minor=sums.get(AccountKind.COMMERCE_LOT, 0),
        held_minor=sums.get(AccountKind.HOLD, 0),
        debt_minor=-sums.get(AccountKind.CONTACT_DEBT, 0),
    )


def contents(*, wallet: Wallet) -> Contents:
    """Return in one query what the wallet can pay with; exact while its row is locked."""
    with prepared() as cursor:
        cursor.execute(_CONTENTS, [wallet.pk, list(_SPENDABLE), wallet.holder_id, wallet.currency])
        rows = cursor.fetchall()
    lots: list[LotBalance] = []
    redeemed: list[tuple[int, int]] = []
    plain: dict[str, int] = {}
    for row in rows:
        kind, balance, lot_id = row[:3]
        if kind == AccountKind.COMMERCE_LOT:
            lots.append(_lot_balance(row))
        elif kind == AccountKind.BUSINESS_REDEEMED:
            redeemed.append((lot_id, balance))
        else:
            plain[kind] = balance
    return Contents(
        lots,
        redeemed,
        plain.get(AccountKind.BUSINESS, 0),
        plain.get(AccountKind.OPEN, 0),
    )


def _lot_balance(row: Sequence[Any]) -> LotBalance:
    _, balance, lot_id, starts_at, expires_at, version_id, pool_id, classification, *more = row
    requires_activation, conditions_id, earned_by, redeem_method, is_traced = more
    return LotBalance(
        lot_id=lot_id,
        minor=balance,
        window=Window(starts_at, expires_at),
        pool_version_id=version_id,
        pool_id=pool_id,
        before_tax=classification == Classification.SALES_REDUCTION,
        requires_activation=requires_activation,
        conditions_id=conditions_id,
        earned_by=earned_by,
        is_instant=redeem_method == RedeemMethod.INSTANT,
        is_traced=is_traced,
    )


_SPENDABLE = (AccountKind.BUSINESS, AccountKind.BUSINESS_REDEEMED, AccountKind.COMMERCE_LOT)
_CONTENTS = """
    SELECT account.kind, account.balance, account.lot_id, lot.starts_at, lot.expires_at,
        lot.pool_version_id, version.pool_id, version.classification,
        version.requires_activation, version.conditions_id,
        lot.earned_by, lot.redeem_method, lot.is_traced
    FROM (
        SELECT * FROM wallet_account WHERE wallet_id = %s AND kind = ANY(%s) AND balance > 0
        UNION ALL
        SELECT * FROM wallet_account
        WHERE holder_id = %s AND kind = 'OPEN' AND currency = %s AND balance > 0
    ) AS account
    LEFT JOIN wallet_lot AS lot ON lot.id = account.lot_id
    LEFT JOIN wallet_commercepoolversion AS version ON version.id = lot.pool_version_id
    ORDER BY lot.expires_at NULLS LAST, lot.awarded_at, account.lot_id
"""
