"""Holds: a quote that sets money aside, its capture, its release and its time-out (wallet.md 5.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from events.facts import PurchaseFacts
from wallet import ledger
from wallet.choices import (
    AccountKind,
    ChargedOn,
    Classification,
    HoldState,
    Operation,
    RedemptionMode,
)
from wallet.commands import SYSTEM, Actor, Request, Response, run
from wallet.errors import HoldClosed, InsufficientFunds
from wallet.ledger import Draft, Move, Place, open_new, pocket, post
from wallet.models import Account, Command, Hold, HoldPart, PurchaseUse, Wallet
from wallet.rules.redemption import Basket, Funds, LotFunds, Plan, commerce_cap, plan
from wallet.selectors import contents, settings_of
from wallet.services import activations, fees
from wallet.services.hold_parts import held_by, parts_of
from wallet.services.matching import conditions_of, lines_for
from wallet.services.paying import (
    Paid,
    Wish,
    basket_of,
    make_plan,
    paid_by,
    record_use,
    refuse_unspendable,
    resting_place,
    target_of,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What the till may take off: the held amounts, until when, and what is due by other means."""

    hold: str
    commerce_minor: int
    business_minor: int
    open_minor: int
    due_minor: int
    expires_at: str

    @property
    def held_minor(self) -> int:
        return self.commerce_minor + self.business_minor + self.open_minor


def place(
    *, wallet: Wallet, facts: PurchaseFacts, wish: Wish, key: str, actor: Actor, at: datetime
) -> Quote:
    """Work out what the wallet pays for the basket, and set it aside on an account of its own.

    Raises `SpendBlocked`, `TermsBlocked`, `CurrencyMismatch`, and `InsufficientFunds` where nothing can
    be held or an exact wish cannot be met.
    """
    request = Request(
        wallet.business,
        "hold",
        key,
        actor,
        {"wallet": wallet.pk, "purchase": facts.reference, "wish": asdict(wish)},
    )

    def effect(command: Command) -> Response:
        (locked,) = ledger.lock_wallets(wallet)
        refuse_unspendable(locked, facts)
        goods = basket_of(facts, [])
        has = contents(wallet=locked)
        made = make_plan(wallet=locked, has=has, facts=facts, wish=wish, basket=goods)
        if not made.total:
            raise InsufficientFunds
        fee = fees.fee_for(wallet=locked, on=ChargedOn.DEBIT, minor=made.total)
        if fee > has.business - made.business + has.open - made.open:
            raise InsufficientFunds(fees.SHORT)
        hold = _place(command, locked, facts, wish, made, actor, at)
        return asdict(_quote(hold, made, goods))

    return Quote(**run(request, effect).response)


def capture(*, hold: Hold, facts: PurchaseFacts, key: str, actor: Actor, at: datetime) -> Paid:
    """Pay the final basket from the hold and give back what it does not need.

    A smaller basket is worked out anew, a larger one gets what was held. Raises `HoldClosed` when the
    hold was captured, released or timed out. A block or an expiry since the quote does not matter: the
    till has already lowered the price.
    """
    request = Request(
        hold.business, "capture", key, actor, {"hold": hold.pk, "total": facts.total_minor}
    )

    def effect(command: Command) -> Response:
        wallet, locked = _lock_open(hold, at)
        return asdict(_Capture(command, wallet, locked, facts, actor, at).carry_out())

    outcome = run(request, effect)
    return replace(Paid(**outcome.response), replayed=outcome.replayed)


def release(*, hold: Hold, key: str, actor: Actor, at: datetime) -> None:
    """Give everything back where it came from; raises `HoldClosed`."""
    request = Request(hold.business, "release", key, actor, {"hold": hold.pk})

    def effect(command: Command) -> Response:
        wallet, locked = _lock_open(hold, at)
        _give_back(command, wallet, locked, HoldState.RELEASED, actor, at)
        return {"hold": locked.pk}

    run(request, effect)


def time_out(*, at: datetime, limit: int) -> int:
    """Release up to `limit` holds whose time is over and return how many there were."""
    due = list(
        Hold.objects.select_related("business", "wallet")
        .filter(state=HoldState.OPEN, expires_at__lte=at)
        .order_by("expires_at")[:limit]
    )
    return sum(_time_out(hold, at) for hold in due)


def hold_by(*, wallet: Wallet, public_id: str) -> Hold:
    """Return the wallet's hold of that id; raises `HoldClosed` for one that never was."""
    found = (
        Hold.objects.select_related("business", "wallet")
        .filter(wallet=wallet, public_id=UUID(public_id))
        .first()
    )
    if found is None:
        raise HoldClosed
    return found


def _time_out(hold: Hold, at: datetime) -> bool:
    request = Request(hold.business, "time_out", f"hold-{hold.pk}", SYSTEM, {"hold": hold.pk})

    def effect(command: Command) -> Response:
        wallet, locked = _lock_open(hold, None)
        _give_back(command, wallet, locked, HoldState.TIMED_OUT, SYSTEM, at)
        return {"hold": locked.pk}

    try:
        return not run(request, effect).replayed
    except HoldClosed:
        # Captured or released at this moment.
        return False


def _lock_open(hold: Hold, at: datetime | None) -> tuple[Wallet, Hold]:
    """Lock wallet and hold; raises `HoldClosed` unless it is open and, at that moment, in time."""
    (wallet,) = ledger.lock_wallets(hold.wallet)
    locked = Hold.objects.select_for_update(of=("self",)).select_related("account").get(pk=hold.pk)
    if locked.state != HoldState.OPEN or (at is not None and at >= locked.expires_at):
        raise HoldClosed
    return wallet, locked


def _place(
    command: Command,
    wallet: Wallet,
    facts: PurchaseFacts,
    wish: Wish,
    made: Plan,
    actor: Actor,
    at: datetime,
) -> Hold:
    chosen = settings_of(business=wallet.business)
    parts = list(parts_of(wallet, made))
    books = ledger.lock(*dict.fromkeys(place for place, _, _ in parts))
    (account,) = open_new(pocket(AccountKind.HOLD, wallet)).values()
    hold = Hold.objects.create(
        business_id=wallet.business_id,
        wallet=wallet,
        account=account,
        reference=facts.reference,
        currency=wallet.currency,
        amount_minor=made.total,
        requested_minor=wish.minor,
        mode=chosen.redemption_mode,
        created_at=at,
        expires_at=at + timedelta(minutes=chosen.hold_minutes),
    )
    HoldPart.objects.bulk_create(
        HoldPart(hold=hold, account=books[place], line=line, amount_minor=minor)
        for place, line, minor in parts
    )
    amounts: dict[Place, int] = defaultdict(int)
    for place, _, minor in parts:
        amounts[place] += minor
    moves = [Move(books[place], account, minor) for place, minor in amounts.items()]
    draft = Draft(Operation.HOLD, moves, subject=f"wallet.hold:{hold.pk}")
    post(command=command, drafts=[draft], actor=actor.user, at=at)
    return hold


def _quote(hold: Hold, made: Plan, goods: Basket) -> Quote:
    return Quote(
        hold=str(hold.public_id),
        commerce_minor=made.commerce_total,
        business_minor=made.redeemed_total + made.business,
        open_minor=made.open,
        due_minor=goods.payable - made.total,
        expires_at=hold.expires_at.isoformat(),
    )


def _give_back(
    command: Command, wallet: Wallet, hold: Hold, state: HoldState, actor: Actor, at: datetime
) -> None:
    held = held_by(hold)
    places = [Place.of(account) for account, _ in held]
    own = Account.objects.select_for_update(no_key=True).get(pk=hold.account_id)
    books = ledger.lock(*places)
    moves = [Move(own, books[place], minor) for place, (_, minor) in zip(places, held, strict=True)]
    draft = Draft(Operation.RELEASE, moves, subject=f"wallet.hold:{hold.pk}")
    post(command=command, drafts=[draft], actor=actor.user, at=at)
    _see_to_expiry([account for account, _ in held], actor, at)
    hold.state, hold.closed_at = state, at
    hold.save(update_fields=["state", "closed_at"])


def _see_to_expiry(accounts: list[Account], actor: Actor, at: datetime) -> None:
    """Leave money that came back to an expired lot to the next run of the expiry job."""
    for account in accounts:
        if account.lot is not None and account.kind == AccountKind.COMMERCE_LOT:
            lot = account.lot
            if lot.expiry_due_at is None and lot.expires_at is not None:
                lot.expiry_due_at = lot.expires_at
                lot.save(update_fields=["expiry_due_at"])


@dataclass(slots=True)
class _Capture:
    """One hold being captured in its transaction."""

    command: Command
    wallet: Wallet
    hold: Hold
    facts: PurchaseFacts
    actor: Actor
    at: datetime

    def carry_out(self) -> Paid:
        held = held_by(self.hold)
        chosen = settings_of(business=self.wallet.business)
        goods = basket_of(self.facts, [])
        made = self._plan(held, goods, at_90=chosen.caps_commerce_at_90)
        traced = frozenset(
            account.lot.pk for account, _ in held if account.lot and account.lot.is_traced
        )
        traced &= made.by_lot().keys()
        wish = Wish(self.hold.requested_minor)
        use = record_use(
            self.wallet, self.facts, made, wish, chosen, goods, is_spent=True, at=self.at
        )
        activations.use_up(wallet=self.wallet, use=use, at=self.at)
        fee = fees.fee_for(wallet=self.wallet, on=ChargedOn.DEBIT, minor=made.total)
        books = self._lock(held, made, traced, fees.places(self.wallet) if fee else ())
        own = books[Place.of(self.hold.account)]
        drafts = list(self._entries(held, made, traced, books, own))
        drafts += self._fee_entry(fee, books)
        post(command=self.command, drafts=drafts, actor=self.actor.user, at=self.at)
        _see_to_expiry([account for account, _ in held], self.actor, self.at)
        self._close(use)
        return replace(paid_by(use), fee_minor=fee)

    def _fee_entry(self, fee: int, books: dict[Place, Account]) -> Iterator[Draft]:
        """Charge the fee as far as the pockets reach: the till has already lowered the price."""
        if fee:
            yield fees.draft(
                wallet=self.wallet,
                fee=fee,
                books=books,
                leaving={},
                subject=self.facts.reference,
                may_fall_short=True,
            )

    def _close(self, use: PurchaseUse) -> None:
        self.hold.state, self.hold.closed_at, self.hold.use = HoldState.CAPTURED, self.at, use
        self.hold.save(update_fields=["state", "closed_at", "use"])

    def _plan(self, held: list[tuple[Account, int]], goods: Basket, *, at_90: bool) -> Plan:
        """Choose again from what is held, for the basket as it is now; expiry no longer matters."""
        want = min(goods.payable, self.hold.amount_minor)
        lots = [(account, minor) for account, minor in held if self._is_lot(account)]
        conditions = conditions_of(
            account.lot.pool_version.conditions_id for account, _ in lots if account.lot
        )
        other = {account.kind: minor for account, minor in held if account.lot_id is None}
        funds = Funds(
            lots=[
                LotFunds(
                    account.lot.pk,
                    minor,
                    goods.positions(
                        lines_for(
                            conditions.get(account.lot.pool_version.conditions_id or 0), self.facts
                        ),
                        before_tax=account.lot.pool_version.classification
                        == Classification.SALES_REDUCTION,
                    ),
                )
                for account, minor in lots
                if account.lot
            ],
            redeemed=[
                (account.lot_id, minor)
                for account, minor in held
                if account.kind == AccountKind.BUSINESS_REDEEMED and account.lot_id
            ],
            business=other.get(AccountKind.BUSINESS, 0),
            open=other.get(AccountKind.OPEN, 0),
        )
        at_90 = at_90 and self.hold.mode == RedemptionMode.ON_SPEND
        cap = commerce_cap(goods, want=want, at_90=at_90)
        return plan(basket=goods, funds=funds, want=want, cap=cap)

    @staticmethod
    def _is_lot(account: Account) -> bool:
        return account.kind == AccountKind.COMMERCE_LOT

    def _lock(
        self,
        held: list[tuple[Account, int]],
        made: Plan,
        traced: frozenset[int],
        also: Sequence[Place],
    ) -> dict[Place, Account]:
        places = [Place.of(account) for account, _ in held]
        places += [resting_place(self.wallet, lot, traced) for lot in made.by_lot()]
        own = Account.objects.select_for_update(no_key=True).get(pk=self.hold.account_id)
        locked = ledger.lock(*dict.fromkeys([*places, *also]), target_of(self.wallet, self.facts))
        return {**locked, Place.of(own): own}

    def _entries(
        self,
        held: list[tuple[Account, int]],
        made: Plan,
        traced: frozenset[int],
        books: dict[Place, Account],
        own: Account,
    ) -> Iterator[Draft]:
        """Yield redemption and spend out of the hold, and the release of the surplus."""
        target = books[target_of(self.wallet, self.facts)]
        resting: dict[Place, int] = defaultdict(int)
        for lot, minor in made.by_lot().items():
            resting[resting_place(self.wallet, lot, traced)] += minor
        yield Draft(
            Operation.REDEEM,
            [Move(own, books[place], minor) for place, minor in resting.items()],
            subject=self.facts.reference,
        )
        spent = [Move(books[place], target, minor) for place, minor in resting.items()]
        spent.append(Move(own, target, made.total - made.commerce_total))
        yield Draft(Operation.SPEND, spent, subject=self.facts.reference)
        used = {
            **{
                pocket(AccountKind.COMMERCE_LOT, self.wallet, lot_id=lot): minor
                for lot, minor in made.by_lot().items()
            },
            **{
                pocket(AccountKind.BUSINESS_REDEEMED, self.wallet, lot_id=lot): minor
                for lot, minor in made.redeemed
            },
            pocket(AccountKind.BUSINESS, self.wallet): made.business,
            pocket(AccountKind.OPEN, self.wallet): made.open,
        }
        surplus = [
            Move(own, books[Place.of(account)], minor - used.get(Place.of(account), 0))
            for account, minor in held
        ]
        yield Draft(Operation.RELEASE, surplus, subject=f"wallet.hold:{self.hold.pk}")
