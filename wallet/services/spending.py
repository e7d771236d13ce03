"""Paying a purchase: redemption of matching commerce money, then spending (wallet.md 5, 6.1).

`process` is one command for one purchase. What the till reports twice is one purchase, whatever keys it
comes with: the second answer is the first one's. Instant awards are granted before, with the purchase as
what earned them, and their discounts on the lines are handed in: they are redeemed here, and spent where
the till lowers the price.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from events.facts import PurchaseFacts
from wallet import ledger
from wallet.choices import AccountKind, Operation, RedemptionMode, Reduction, UseState
from wallet.commands import Actor, Request, Response, run
from wallet.errors import (
    AmountInvalid,
    CurrencyMismatch,
    EventTooOld,
    InsufficientFunds,
    SpendBlocked,
    TermsBlocked,
)
from wallet.ledger import Draft, Move, Place, books_of, pocket, post
from wallet.models import (
    Account,
    Command,
    PurchaseUse,
    UsePart,
    Wallet,
    WalletSettings,
)
from wallet.rules.redemption import Basket, Plan, basket, commerce_cap, is_timely, plan
from wallet.selectors import Contents, contents, settings_of
from wallet.services.matching import funds_for

NOT_ASKED = "NOT_ASKED"


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

    @property
    def paid_minor(self) -> int:
        return self.commerce_minor + self.business_minor + self.open_minor


def process(
    *,
    wallet: Wallet,
    facts: PurchaseFacts,
    key: str,
    actor: Actor,
    at: datetime,
    wish: Wish | None = None,
    instant: Sequence[int] = (),
    may_be_old: bool = False,
) -> Paid:
    """Redeem and spend for a purchase as the business has chosen, and return what was done.

    With a wish, money pays in the order commerce, redeemed, business, open pocket. Without one only
    the automatic redemption acts. `instant` are the instant discounts on each line. Raises
    `SpendBlocked`, `InsufficientFunds` for an exact wish that cannot be met, `CurrencyMismatch`,
    `EventTooOld` unless the back office lets it pass.
    """
    request = Request(
        wallet.business,
        "purchase",
        key,
        actor,
        {
            "wallet": wallet.pk,
            "purchase": facts.reference,
            "total": facts.total_minor,
            "currency": facts.currency,
            "wish": asdict(wish) if wish else None,
            "instant": list(instant),
        },
    )

    def effect(command: Command) -> Response:
        if not may_be_old and not is_timely(facts.performed_at, at=at):
            raise EventTooOld
        (locked,) = ledger.lock_wallets(wallet)
        earlier = PurchaseUse.objects.filter(
            business=locked.business_id, reference=facts.reference
        ).first()
        if earlier is not None:
            return asdict(paid_by(earlier))
        work = _Work(command, locked, facts, wish, list(instant), actor, at)
        return asdict(work.carry_out())

    outcome = run(request, effect)
    return replace(Paid(**outcome.response), replayed=outcome.replayed)


def spend(
    *,
    wallet: Wallet,
    facts: PurchaseFacts,
    key: str,
    actor: Actor,
    at: datetime,
    minor: int | None = None,
    exact: bool = False,
) -> Paid:
    """Pay the purchase from the wallet: that amount, or as much as possible."""
    return process(wallet=wallet, facts=facts, key=key, actor=actor, at=at, wish=Wish(minor, exact))


def basket_of(facts: PurchaseFacts, instant: Sequence[int]) -> Basket:
    """Return what may be paid of the purchase, line by line."""
    return basket(
        total=facts.total_minor,
        lines=[(line.total_minor, line.net_minor) for line in facts.lines],
        instant=instant,
    )


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
    """Return what the locked wallet would pay of what it has, before anything is written."""
    chosen = settings_of(business=wallet.business)
    mode = RedemptionMode(chosen.redemption_mode)
    want = basket.payable
    if wish is not None and wish.minor is not None:
        if wish.minor <= 0:
            raise AmountInvalid
        want = min(want, wish.minor)
    activated = frozenset[int]() if mode == RedemptionMode.ACTIVATED_POOLS else None
    funds = funds_for(contents=has, facts=facts, basket=basket, activated=activated)
    if wish is None:
        funds = replace(funds, redeemed=(), business=0, open=0)
    at_90 = chosen.caps_commerce_at_90 and mode == RedemptionMode.ON_SPEND
    cap = commerce_cap(basket, want=want, at_90=at_90)
    made = plan(basket=basket, funds=funds, want=want, cap=cap)
    if wish is not None and wish.exact and made.total < (wish.minor or want):
        raise InsufficientFunds
    return made


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
    )


@dataclass(slots=True)
class _Work:
    """One purchase being processed in its transaction, with the wallet locked."""

    command: Command
    wallet: Wallet
    facts: PurchaseFacts
    wish: Wish | None
    instant: list[int]
    actor: Actor
    at: datetime

    def carry_out(self) -> Paid:
        chosen = settings_of(business=self.wallet.business)
        goods = basket_of(self.facts, self.instant)
        reason = self._reason_for_nothing(chosen)
        made, has = Plan(), contents(wallet=self.wallet)
        if not reason:
            made = make_plan(
                wallet=self.wallet, has=has, facts=self.facts, wish=self.wish, basket=goods
            )
        if reason in {"", NOT_ASKED}:
            made = self._with_instant_awards(made, has)
        is_spent = self.wish is not None or chosen.reduction == Reduction.FRONT_END
        apart = {lot.lot_id for lot in has.lots if lot.is_traced}
        traced = frozenset(apart & made.by_lot().keys())
        books = lock_for(self.wallet, self.facts, made, traced)
        made = self._with_open_pocket(made, books)
        use = record_use(
            self.wallet, self.facts, made, self.wish, chosen, goods, is_spent=is_spent, at=self.at
        )
        drafts = list(entries_of(self.wallet, self.facts, made, books, traced, use))
        post(command=self.command, drafts=drafts, actor=self.actor.user, at=self.facts.performed_at)
        return replace(paid_by(use), reason=reason)

    def _reason_for_nothing(self, chosen: WalletSettings) -> str:
        """Return why nothing is redeemed without a wish; with one, raise what forbids it."""
        if self.facts.terms_blocked and not (self.wish and self.wish.exact):
            return TermsBlocked.code
        if self.wish is not None:
            refuse_unspendable(self.wallet, self.facts)
            return ""
        if chosen.redemption_mode == RedemptionMode.ON_SPEND:
            return NOT_ASKED
        if self.wallet.contact.spend_blocked:
            return SpendBlocked.code
        return CurrencyMismatch.code if self.facts.currency != self.wallet.currency else ""

    def _with_instant_awards(self, made: Plan, has: Contents) -> Plan:
        """Add the awards that this very purchase earned for itself, all of them (wallet.md 5.7)."""
        own = tuple(
            (lot.lot_id, None, lot.minor)
            for lot in has.lots
            if lot.is_instant and lot.earned_by == self.facts.reference
        )
        return replace(made, commerce=(*own, *made.commerce))

    def _with_open_pocket(self, made: Plan, books: dict[Place, Account]) -> Plan:
        """Take no more of the open pocket than it has now: other wallets of the holder share it."""
        if not made.open:
            return made
        has = books[pocket(AccountKind.OPEN, self.wallet)].balance
        if has < made.open and self.wish is not None and self.wish.exact:
            raise InsufficientFunds
        return replace(made, open=min(made.open, has))


def lock_for(
    wallet: Wallet, facts: PurchaseFacts, made: Plan, traced: frozenset[int]
) -> dict[Place, Account]:
    """Lock every account that the plan touches."""
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
    return ledger.lock(*places, target_of(wallet, facts))


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
    use = PurchaseUse.objects.create(
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
    UsePart.objects.bulk_create(_parts(use, made))
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
