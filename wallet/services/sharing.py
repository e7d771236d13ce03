"""Published pools: money of one business that is good at another (wallet.md 4.5).

A lot in a pool that another business published belongs to the contact's wallet with the business that
awarded it, and is also good at the business that published the pool. Spent there, it is written in the
books of the awarding business, which then owes the other one the amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from events.facts import PurchaseFacts
from wallet import ledger
from wallet.choices import AccountKind
from wallet.commands import Actor, Request, Response, run
from wallet.ledger import post
from wallet.models import Account, Command, PurchaseUse, Wallet
from wallet.rules.redemption import commerce_cap, plan
from wallet.selectors import contents, settings_of
from wallet.services.matching import funds_for
from wallet.services.paying import (
    Wish,
    basket_of,
    entries_of,
    lock_for,
    record_use,
)


@dataclass(frozen=True, slots=True)
class Shared:
    """What money of other businesses paid, in all and on each line."""

    total: int = 0
    by_line: tuple[int, ...] = ()


NOTHING = Shared()


def pay(
    *,
    wallet: Wallet,
    facts: PurchaseFacts,
    wish: Wish,
    instant: Sequence[int],
    command: Command,
    actor: Actor,
    at: datetime,
) -> Shared:
    """Pay what can be paid with the same person's money in pools that this business published.

    Runs inside the command of the purchase, whose wallet is locked. Only at the business's own places:
    what is bought at a merchant is settled by the terms with the merchant.
    """
    if facts.place.merchant_id is not None or not wallet.has_siblings:
        return NOTHING
    others = list(_wallets_with_shared_money(wallet))
    if not others:
        return NOTHING
    paid, lines = 0, list(instant) or [0] * max(len(facts.lines), 1)
    taken = [0] * len(lines)
    for other in others:
        left = None if wish.minor is None else wish.minor - paid
        if left == 0:
            break
        by_line = _pay_from(other, wallet, facts, Wish(left), lines, command, actor, at)
        paid += sum(by_line)
        lines = [a + b for a, b in zip(lines, by_line, strict=True)]
        taken = [a + b for a, b in zip(taken, by_line, strict=True)]
    return Shared(paid, tuple(taken))


def uses_of_others(use: PurchaseUse) -> list[PurchaseUse]:
    """Return what other businesses' wallets of the same person paid for the purchase."""
    return list(
        PurchaseUse.objects.filter(
            reference=use.reference,
            organisation=use.business_id,
            wallet__holder=use.wallet.holder_id,
        )
        .exclude(business=use.business_id)
        .select_related("business", "wallet__business")
        .order_by("pk")
    )


def _wallets_with_shared_money(wallet: Wallet) -> QuerySet[Wallet]:
    """Return the holder's wallets elsewhere with money in a pool of this business, in order."""
    return (
        Wallet.objects.filter(
            holder=wallet.holder_id,
            currency=wallet.currency,
            contact__spend_blocked=False,
            accounts__kind=AccountKind.COMMERCE_LOT,
            accounts__balance__gt=0,
            accounts__lot__pool_version__pool__business=wallet.business_id,
        )
        .exclude(pk=wallet.pk)
        .select_related("business")
        .distinct()
        .order_by("pk")
    )


def _pay_from(
    other: Wallet,
    wallet: Wallet,
    facts: PurchaseFacts,
    wish: Wish,
    instant: Sequence[int],
    command: Command,
    actor: Actor,
    at: datetime,
) -> list[int]:
    """Pay from one wallet, as a command of its own business, and return what it gave each line."""
    request = Request(
        other.business,
        "shared_purchase",
        f"command-{command.pk}",
        actor,
        {"wallet": other.pk, "purchase": facts.reference, "wish": wish.minor},
    )

    def effect(own: Command) -> Response:
        (locked,) = ledger.lock_wallets(other)
        return {"lines": _carry_out(own, locked, wallet, facts, wish, instant, actor, at)}

    lines: list[int] = run(request, effect).response["lines"]
    return lines


def _carry_out(
    command: Command,
    other: Wallet,
    wallet: Wallet,
    facts: PurchaseFacts,
    wish: Wish,
    instant: Sequence[int],
    actor: Actor,
    at: datetime,
) -> list[int]:
    goods = basket_of(facts, instant)
    by_line = [0] * len(instant)
    shared = set(
        Account.objects.filter(
            wallet=other,
            kind=AccountKind.COMMERCE_LOT,
            lot__pool_version__pool__business=wallet.business_id,
        ).values_list("lot_id", flat=True)
    )
    has = contents(wallet=other)
    has = replace(
        has, lots=[lot for lot in has.lots if lot.lot_id in shared], redeemed=[], business=0, open=0
    )
    want = goods.payable if wish.minor is None else min(wish.minor, goods.payable)
    funds = funds_for(contents=has, facts=facts, basket=goods)
    chosen = settings_of(business=wallet.business)
    cap = commerce_cap(goods, want=want, at_90=chosen.caps_commerce_at_90)
    made = plan(basket=goods, funds=funds, want=want, cap=cap)
    if not made.total:
        return by_line
    traced = frozenset(lot.lot_id for lot in has.lots if lot.is_traced) & made.by_lot().keys()
    # Spent with the business that published the pool: it is owed the money, as a merchant would be.
    owed = replace(facts, place=replace(facts.place, merchant_id=wallet.business_id))
    books = lock_for(other, owed, made, traced)
    use = record_use(other, owed, made, wish, chosen, goods, is_spent=True, at=at)
    drafts = list(entries_of(other, owed, made, books, traced, use))
    post(command=command, drafts=drafts, actor=actor.user, at=facts.performed_at)
    for _, line, minor in made.commerce:
        by_line[line or 0] += minor
    return by_line
