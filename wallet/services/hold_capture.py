"""A hold being captured: the final basket paid from what was set aside (wallet.md 5.8, step 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
from wallet.commands import Actor
from wallet.ledger import Draft, Move, Place, pocket, post
from wallet.models import Account, Command, Hold, PurchaseUse, Wallet
from wallet.rules.redemption import Basket, Funds, LotFunds, Plan, commerce_cap, plan
from wallet.selectors import settings_of
from wallet.services import activations, fees
from wallet.services.hold_parts import held_by, see_to_expiry
from wallet.services.matching import conditions_of, lines_for
from wallet.services.paying import (
    Paid,
    Wish,
    basket_of,
    paid_by,
    record_use,
    resting_place,
    target_of,
)


@dataclass(slots=True)
class Capture:
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
        see_to_expiry([account for account, _ in held])
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
