"""Short ways to put money into wallets and to look at it. Amounts are in minor units of EUR."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from directory.models import Organisation
from events.facts import ContactFacts, LineFacts, PlaceFacts, ProductFacts, PurchaseFacts
from tests.factories import directory
from wallet.choices import AccountKind, Pocket
from wallet.commands import Actor
from wallet.models import Account, CommercePoolVersion, Lot, Wallet, WalletSettings
from wallet.selectors import current_version
from wallet.services import awards, pools, spending, top_ups, wallets
from wallet.services.pools import PoolRules

NOW = datetime(2026, 11, 22, 15, 4, tzinfo=UTC)
TILL = Actor("till:1")
_numbers = count(1)


def key(word: str = "key") -> str:
    """Return an idempotency key that no other call has."""
    return f"{word}-{next(_numbers)}"


def business(name: str = "") -> Organisation:
    made = directory.make_business(name, completed=False)
    pools.ensure_default(business=made, at=NOW)
    return made


def merchant(owner: Organisation) -> Organisation:
    return Organisation.objects.create(
        kind="merchant",
        business=owner,
        parent=owner,
        name=f"Merchant {next(_numbers)}",
        slug=f"merchant-{next(_numbers)}",
        created_at=NOW,
        updated_at=NOW,
    )


def wallet(owner: Organisation, name: str = "Ana", **fields: Any) -> Wallet:
    contact = directory.make_contact(owner, f"{name} Example", **fields)
    return wallets.register(contact=contact, at=NOW)


def choose(owner: Organisation, **values: Any) -> WalletSettings:
    """Set what the business has chosen for its wallets."""
    chosen, _ = WalletSettings.objects.update_or_create(business=owner, defaults=values)
    return chosen


def pool(owner: Organisation, name: str = "", **rules: Any) -> CommercePoolVersion:
    made = pools.create(
        business=owner,
        name=name or f"Pool {next(_numbers)}",
        rules=PoolRules(**rules),
        actor=None,
        at=NOW,
    )
    return current_version(pool=made)


def top_up(to: Wallet, minor: int, where: Pocket = Pocket.BUSINESS, at: datetime = NOW) -> None:
    payment = top_ups.Payment("sandbox", key("payment"), minor, to.currency)
    top_ups.confirm(wallet=to, payment=payment, to=where, at=at)


def award(
    to: Wallet,
    minor: int,
    version: CommercePoolVersion | None = None,
    *,
    at: datetime = NOW,
    earned_by: str = "",
    reference: str = "",
    **fields: Any,
) -> Lot:
    granted = awards.Award(
        reference or f"rewards.award:{next(_numbers)}",
        minor,
        version or _default(to.business),
        earned_by,
        **fields,
    )
    return awards.grant(wallet=to, award=granted, key=key("award"), actor=TILL, at=at)


def lot_until(to: Wallet, minor: int, day: datetime | None, *, at: datetime = NOW) -> Lot:
    """Award money that expires at the start of that day, or never."""
    rules: dict[str, Any] = {"end_rule": "NEVER"}
    if day is not None:
        rules = {"end_rule": "FIXED", "ends_on": day.date()}
    return award(to, minor, pool(to.business, **rules), at=at)


def line(gross: int, net: int | None = None, *, sku: str = "") -> LineFacts:
    product = ProductFacts(id=next(_numbers), sku=sku or "SKU")
    return LineFacts(
        product=product,
        quantity=Decimal(1),
        total_minor=gross,
        net_minor=gross if net is None else net,
    )


def purchase(
    of: Wallet,
    total: int,
    lines: Iterable[LineFacts] = (),
    *,
    at: datetime = NOW,
    reference: str = "",
    currency: str = "",
    merchant_id: int | None = None,
    terms_blocked: bool = False,
) -> PurchaseFacts:
    return PurchaseFacts(
        reference=reference or f"events.purchase:{next(_numbers)}",
        contact=ContactFacts(id=of.contact_id, registered_at=NOW),
        place=PlaceFacts(business_id=of.business_id, merchant_id=merchant_id),
        performed_at=at,
        local_at=at,
        received_at=at,
        currency=currency or of.currency,
        total_minor=total,
        net_minor=total,
        lines=tuple(lines),
        terms_blocked=terms_blocked,
    )


def spend(
    of: Wallet,
    minor: int | None = None,
    *,
    total: int | None = None,
    exact: bool = False,
    at: datetime = NOW,
    with_key: str = "",
    **fields: Any,
) -> spending.Paid:
    """Pay a purchase of that total, by default of exactly what is to be spent."""
    facts = purchase(of, total or minor or 0, at=at, **fields)
    return spending.spend(
        wallet=of,
        facts=facts,
        key=with_key or key("spend"),
        actor=TILL,
        at=at,
        minor=minor,
        exact=exact,
    )


def buy(of: Wallet, total: int, *, at: datetime = NOW, **fields: Any) -> spending.Paid:
    """Report a purchase without a wish to spend."""
    facts = purchase(of, total, at=at, **fields)
    return spending.process(wallet=of, facts=facts, key=key("purchase"), actor=TILL, at=at)


def left_in(lot: Lot) -> int:
    return Account.objects.get(lot=lot, kind=AccountKind.COMMERCE_LOT).balance


def balance(of: Wallet, kind: AccountKind) -> int:
    """Return what the wallet has on accounts of the kind."""
    if kind == AccountKind.OPEN:
        found = Account.objects.filter(holder=of.holder_id, kind=kind)
    else:
        found = Account.objects.filter(wallet=of, kind=kind)
    return sum(found.values_list("balance", flat=True))


def books(of: Organisation, kind: AccountKind) -> int:
    """Return the balance of the business's own accounts of the kind."""
    return sum(Account.objects.filter(business=of, kind=kind).values_list("balance", flat=True))


def everything(of: Organisation) -> list[tuple[int, int, int]]:
    """Return every account with balance and version, to see that nothing moved."""
    return list(Account.objects.order_by("id").values_list("id", "balance", "version"))


def _default(owner: Organisation) -> CommercePoolVersion:
    return current_version(pool=pools.ensure_default(business=owner, at=NOW))
