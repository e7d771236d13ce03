"""What every way of paying a purchase is made of: the plan, its locks, its entries, its record.

Used where a purchase is processed at once and where a hold is placed and captured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core import outbox
from core.statements import find, insert
from events.facts import PurchaseFacts
from wallet import ledger
from wallet.choices import AccountKind, LimitOn, Operation, RedemptionMode, UseState
from wallet.errors import (
    AmountInvalid,
    CurrencyMismatch,
    EventTooOld,
    InsufficientFunds,
    LimitExceeded,
    SpendBlocked,
    TermsBlocked,
)
from wallet.ledger import Draft, Move, Place, books_of, pocket
from wallet.models import Account, Payout, PurchaseUse, UsePart, Wallet, WalletSettings
from wallet.rules.redemption import Basket, Plan, basket, commerce_cap, is_timely, plan
from wallet.selectors import Contents, settings_of
from wallet.services import activations, limits
from wallet.services.matching import funds_for

# Told to whoever granted the money: what a payment redeemed and spent of lots.
USED = "wallet.used"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the contact asks to spend: an amount, or as much as possible; all of it or nothing."""

    minor: int | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Paid:
    """What the wallet did for the purchase; `reason` says why it did nothing where it could have."""

    use_id: int
    commerce_minor: int
    business_minor: int
    open_minor: int
    redeemed_minor: int
    due_minor: int
    requested_minor: int | None = None
    reason: str = ""
    replayed: bool = False
    # From wallets of the same person with other businesses, whose pools this business published.
    shared_minor: int = 0
    fee_minor: int = 0
    payout_minor: int = 0
    no_payout_reason: str = ""

    @property
    def paid_minor(self) -> int:
        return self.commerce_minor + self.business_minor + self.open_minor + self.shared_minor


def basket_of(facts: PurchaseFacts, instant: Sequence[int]) -> Basket:
    """Return what may be paid of the purchase, line by line."""
    return basket(
        total=facts.total_minor,
        lines=[(line.total_minor, line.net_minor) for line in facts.lines],
        instant=instant,
    )


def paid_before(wallet: Wallet, names: Sequence[str]) -> PurchaseUse | None:
    """Return the payment that was made for a purchase of one of these references, if any.

    What was only redeemed, and not spent, is none.
    """
    rows = find(
        PurchaseUse,
        "WHERE business_id = %s AND reference = ANY(%s) AND is_spent AND state = %s ORDER BY id",
        [wallet.business_id, list(names), UseState.POSTED],
    )
    return next((use for use in rows if use.paid_minor), None)


def refuse_untimely(facts: PurchaseFacts, *, at: datetime) -> None:
    """Raise `EventTooOld` for what happened more than 7 days ago, or is still to come."""
    if not is_timely(facts.performed_at, at=at):
        raise EventTooOld


def refuse_unspendable(wallet: Wallet, facts: PurchaseFacts) -> None:
    """Raise where a contact who asks to spend may not."""
    if wallet.contact.spend_blocked:
        raise SpendBlocked
    if facts.terms_blocked:
        raise TermsBlocked
    if facts.currency != wallet.currency:
        raise CurrencyMismatch


def make_plan(
    *, wallet: Wallet, has: Contents, facts: PurchaseFacts, wish: Wish | None, basket: Basket
) -> Plan:
    """Return what the locked wallet would pay of what it has, before anything is written.

    A wish for as much as possible ends at the contact's limits; one for an amount beyond them raises
    `LimitExceeded`.
    """
    chosen = settings_of(business=wallet.business)
    mode = RedemptionMode(chosen.redemption_mode)
    want = _wanted(wallet, facts, wish, basket.payable)
    funds = funds_for(
        contents=has,
        facts=facts,
        basket=basket,
        activated=_activated(wallet, facts, has, mode),
        all_need_activation=mode == RedemptionMode.ACTIVATED_POOLS,
    )
    if wish is None:
        funds = replace(funds, redeemed=(), business=0, open=0)
    at_90 = chosen.caps_commerce_at_90 and mode == RedemptionMode.ON_SPEND
    cap = commerce_cap(basket, want=want, at_90=at_90)
    made = plan(basket=basket, funds=funds, want=want, cap=cap)
    if wish is not None and wish.exact and made.total < _least(wish, basket.payable):
        raise InsufficientFunds
    return made


def _least(wish: Wish, payable: int) -> int:
    """Return what an exact wish must bring: all of it, but no more than is left to pay."""
    return payable if wish.minor is None else min(wish.minor, payable)


def _wanted(wallet: Wallet, facts: PurchaseFacts, wish: Wish | None, payable: int) -> int:
    if wish is None:
        return payable
    if wish.minor is not None and wish.minor <= 0:
        raise AmountInvalid
    allowed = limits.allowance(wallet=wallet, on=LimitOn.DEBIT, at=facts.performed_at)
    if wish.minor is None:
        return payable if allowed is None else min(payable, allowed.minor)
    want = min(payable, wish.minor)
    if allowed is not None and want > allowed.minor:
        raise LimitExceeded(allowed.sentence)
    return want


def _activated(
    wallet: Wallet, facts: PurchaseFacts, has: Contents, mode: RedemptionMode
) -> frozenset[int]:
    if not asks_for_activation(has, mode):
        return frozenset()
    return activations.pools_activated(wallet=wallet, performed_at=facts.performed_at)


def asks_for_activation(has: Contents, mode: str) -> bool:
    """Tell whether any money of the wallet waits for its pool to be activated (wallet.md 5.6)."""
    return mode == RedemptionMode.ACTIVATED_POOLS or any(
        lot.requires_activation for lot in has.lots
    )


def target_of(wallet: Wallet, facts: PurchaseFacts) -> Place:
    """Name who gets the money: the business's own sales, or the merchant's position with it."""
    if facts.place.merchant_id is None:
        return books_of(AccountKind.SALES, wallet)
    return books_of(AccountKind.SETTLEMENT, wallet, organisation_id=facts.place.merchant_id)


def paid_by(use: PurchaseUse) -> Paid:
    """Return what was done for a purchase, as the till is told."""
    return Paid(
        use_id=use.pk,
        commerce_minor=use.commerce_minor if use.is_spent else 0,
        business_minor=use.business_minor,
        open_minor=use.open_minor,
        redeemed_minor=use.commerce_minor,
        due_minor=use.total_minor - use.instant_minor - (use.paid_minor if use.is_spent else 0),
        requested_minor=use.requested_minor,
        payout_minor=sum(payout.amount_minor for payout in _payouts_of(use)),
        no_payout_reason=use.no_payout_reason,
    )


def _payouts_of(use: PurchaseUse) -> Iterable[Payout]:
    """Return what was paid out with the purchase; nothing can have been where money was spent."""
    return [] if use.is_spent or not use.commerce_minor else use.payouts.all()


def lock_for(
    wallet: Wallet,
    facts: PurchaseFacts,
    made: Plan,
    traced: frozenset[int],
    *,
    also: Sequence[Place] = (),
) -> dict[Place, Account]:
    """Lock every account that the plan touches, and those that go with it, in one statement."""
    lots = made.by_lot()
    places = [pocket(AccountKind.COMMERCE_LOT, wallet, lot_id=lot) for lot in lots]
    places += [
        pocket(AccountKind.BUSINESS_REDEEMED, wallet, lot_id=lot)
        for lot in {*traced, *(lot for lot, _ in made.redeemed)}
    ]
    if made.business or lots.keys() - traced:
        places.append(pocket(AccountKind.BUSINESS, wallet))
    if made.open:
        places.append(pocket(AccountKind.OPEN, wallet))
    if not made.total:
        return {}
    return ledger.lock(*dict.fromkeys([*places, *also]), target_of(wallet, facts))


def resting_place(wallet: Wallet, lot: int, traced: frozenset[int]) -> Place:
    """Name where a lot's redeemed money goes: the business pocket, or an account of its own."""
    if lot in traced:
        return pocket(AccountKind.BUSINESS_REDEEMED, wallet, lot_id=lot)
    return pocket(AccountKind.BUSINESS, wallet)


def entries_of(
    wallet: Wallet,
    facts: PurchaseFacts,
    made: Plan,
    books: dict[Place, Account],
    traced: frozenset[int],
    use: PurchaseUse,
) -> Iterator[Draft]:
    """Yield the redemption and, where money is spent, the spend."""
    redeemed = [
        Move(
            books[pocket(AccountKind.COMMERCE_LOT, wallet, lot_id=lot)],
            books[resting_place(wallet, lot, traced)],
            minor,
        )
        for lot, minor in made.by_lot().items()
    ]
    yield Draft(Operation.REDEEM, redeemed, subject=facts.reference)
    if not use.is_spent or not made.total:
        return
    target = books[target_of(wallet, facts)]
    amounts: dict[Place, int] = {}
    for lot, minor in made.by_lot().items():
        place = resting_place(wallet, lot, traced)
        amounts[place] = amounts.get(place, 0) + minor
    for lot, minor in made.redeemed:
        place = pocket(AccountKind.BUSINESS_REDEEMED, wallet, lot_id=lot)
        amounts[place] = amounts.get(place, 0) + minor
    for kind, minor in ((AccountKind.BUSINESS, made.business), (AccountKind.OPEN, made.open)):
        place = pocket(kind, wallet)
        if minor:
            amounts[place] = amounts.get(place, 0) + minor
    moves = [Move(books[place], target, minor) for place, minor in amounts.items()]
    yield Draft(Operation.SPEND, moves, subject=facts.reference)


def record_use(
    wallet: Wallet,
    facts: PurchaseFacts,
    made: Plan,
    wish: Wish | None,
    chosen: WalletSettings,
    goods: Basket,
    *,
    is_spent: bool,
    at: datetime,
) -> PurchaseUse:
    """Write what is paid, from where and for which line."""
    use = PurchaseUse(
        wallet=wallet,
        business_id=wallet.business_id,
        organisation_id=facts.place.merchant_id,
        reference=facts.reference,
        performed_at=facts.performed_at,
        currency=facts.currency,
        total_minor=facts.total_minor,
        instant_minor=goods.instant
        - sum(minor for _, line, minor in made.commerce if line is None),
        requested_minor=wish.minor if wish else None,
        mode=chosen.redemption_mode,
        commerce_minor=made.commerce_total,
        business_minor=made.redeemed_total + made.business,
        open_minor=made.open,
        is_spent=is_spent,
        state=UseState.POSTED,
        considered=made.considered or {},
        created_at=at,
    )
    insert([use])
    if parts := list(_parts(use, made)):
        insert(parts)
    if made.commerce or made.redeemed:
        payload = {"business": wallet.business_id, "use": use.pk}
        outbox.record(topic=USED, key=f"wallet.use:{use.pk}", payload=payload, at=at)
    return use


def _parts(use: PurchaseUse, made: Plan) -> Iterator[UsePart]:
    for lot, line, minor in made.commerce:
        yield UsePart(
            use=use, kind=AccountKind.COMMERCE_LOT, lot_id=lot, line=line, amount_minor=minor
        )
    for lot, minor in made.redeemed:
        yield UsePart(use=use, kind=AccountKind.BUSINESS_REDEEMED, lot_id=lot, amount_minor=minor)
    for kind, minor in ((AccountKind.BUSINESS, made.business), (AccountKind.OPEN, made.open)):
        if minor:
            yield UsePart(use=use, kind=kind, amount_minor=minor)
