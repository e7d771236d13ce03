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

from core.statements import find
from events.facts import PurchaseFacts
from wallet import ledger
from wallet.choices import AccountKind, ChargedOn, RedemptionMode, Reduction
from wallet.commands import Actor, Request, Response, run
from wallet.errors import (
    AmountInvalid,
    CurrencyMismatch,
    InsufficientFunds,
    SpendBlocked,
    TermsBlocked,
)
from wallet.ledger import Draft, Place, pocket, post
from wallet.models import Account, Command, PurchaseUse, Wallet, WalletSettings
from wallet.rules.redemption import Plan
from wallet.selectors import Contents, contents, settings_of
from wallet.services import activations, fees, payouts, sharing
from wallet.services.paying import (
    Paid,
    Wish,
    asks_for_activation,
    basket_of,
    entries_of,
    lock_for,
    make_plan,
    paid_by,
    record_use,
    refuse_unspendable,
    refuse_untimely,
    resting_place,
)

__all__ = ["NOT_ASKED", "Paid", "Wish", "process", "process_within", "spend"]

NOT_ASKED = "NOT_ASKED"


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
    card_reference: str = "",
    also_named: Sequence[str] = (),
) -> Paid:
    """Redeem and spend for a purchase as the business has chosen, and return what was done.

    With a wish, money pays in the order commerce, redeemed, business, open pocket. Without one only
    the automatic redemption acts. `instant` are the instant discounts on each line;
    `card_reference` names the card payment, for a payout to the card; `also_named` are other
    references of the purchase: what was paid under one of them is not paid again. Raises
    `SpendBlocked`, `InsufficientFunds` for an exact wish that cannot be met, `LimitExceeded`,
    `CurrencyMismatch`, `EventTooOld` unless the back office lets it pass.
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
        (locked,) = ledger.lock_wallets(wallet)
        paid = process_within(
            command=command,
            wallet=locked,
            facts=facts,
            actor=actor,
            at=at,
            wish=wish,
            instant=instant,
            may_be_old=may_be_old,
            card_reference=card_reference,
            also_named=also_named,
        )
        return asdict(paid)

    outcome = run(request, effect)
    return replace(Paid(**outcome.response), replayed=outcome.replayed)


def process_within(
    *,
    command: Command,
    wallet: Wallet,
    facts: PurchaseFacts,
    actor: Actor,
    at: datetime,
    wish: Wish | None = None,
    instant: Sequence[int] = (),
    may_be_old: bool = False,
    card_reference: str = "",
    also_named: Sequence[str] = (),
) -> Paid:
    """Do what `process` does, within a command that has locked the wallet."""
    if not may_be_old:
        refuse_untimely(facts, at=at)
    earlier = find(
        PurchaseUse,
        "WHERE business_id = %s AND reference = ANY(%s)",
        [wallet.business_id, [facts.reference, *also_named]],
    )
    for use in earlier:
        if use.reference == facts.reference:
            return paid_by(use)
    if wish is not None and wish.minor is not None and wish.minor <= 0:
        raise AmountInvalid
    work = _Work(command, wallet, facts, wish, list(instant), actor, at, card_reference)
    paid = next((use for use in earlier if use.is_spent and use.paid_minor), None)
    return work.carry_out() if paid is None else work.after(paid)


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
    card_reference: str

    def carry_out(self) -> Paid:
        chosen = settings_of(business=self.wallet.business)
        reason = self._reason_for_nothing(chosen)
        shared = self._shared(reason)
        left = self._wish_after(shared)
        goods = basket_of(self.facts, self.instant)
        made, has = Plan(), contents(wallet=self.wallet)
        if not reason and (left is None or left.minor != 0):
            made = make_plan(wallet=self.wallet, has=has, facts=self.facts, wish=left, basket=goods)
        if reason in {"", NOT_ASKED}:
            made = self._with_instant_awards(made, has)
        is_spent = self.wish is not None or chosen.reduction == Reduction.FRONT_END
        fee = self._fee(made)
        apart = {lot.lot_id for lot in has.lots if lot.is_traced}
        traced = frozenset(apart & made.by_lot().keys())
        books = lock_for(
            self.wallet, self.facts, made, traced, also=self._also(chosen, fee, is_spent=is_spent)
        )
        made = self._with_open_pocket(made, books)
        use = record_use(
            self.wallet, self.facts, made, self.wish, chosen, goods, is_spent=is_spent, at=self.at
        )
        if asks_for_activation(has, chosen.redemption_mode):
            activations.use_up(wallet=self.wallet, use=use, at=self.at)
        drafts = list(entries_of(self.wallet, self.facts, made, books, traced, use))
        drafts += self._fee_entry(fee, made, books)
        drafts += self._payout(chosen, made, books, traced, use)
        post(command=self.command, drafts=drafts, actor=self.actor.user, at=self.facts.performed_at)
        return replace(paid_by(use), reason=reason, shared_minor=shared.total, fee_minor=fee)

    def after(self, paid: PurchaseUse) -> Paid:
        """Leave what was paid for the basket before as it is; a discount comes too late for the till.

        So it goes into the business pocket, as where the price was paid in full (wallet.md 5.7).
        """
        if self.instant and any(self.instant):
            own = self._with_instant_awards(Plan(), contents(wallet=self.wallet))
            self._redeem(own)
        due = max(self.facts.total_minor - paid.paid_minor - paid.instant_minor, 0)
        return replace(paid_by(paid), due_minor=due)

    def _redeem(self, made: Plan) -> None:
        """Redeem into the pocket without spending, and keep it as this purchase's own record."""
        chosen = settings_of(business=self.wallet.business)
        traced = frozenset[int]()
        books = lock_for(self.wallet, self.facts, made, traced)
        goods = basket_of(self.facts, self.instant)
        use = record_use(
            self.wallet, self.facts, made, None, chosen, goods, is_spent=False, at=self.at
        )
        drafts = list(entries_of(self.wallet, self.facts, made, books, traced, use))
        post(command=self.command, drafts=drafts, actor=self.actor.user, at=self.facts.performed_at)

    def _shared(self, reason: str) -> sharing.Shared:
        """Pay with money of other businesses first: it is the narrowest (wallet.md 4.5, 6.1)."""
        if self.wish is None or reason:
            return sharing.NOTHING
        shared = sharing.pay(
            wallet=self.wallet,
            facts=self.facts,
            wish=self.wish,
            instant=self.instant,
            command=self.command,
            actor=self.actor,
            at=self.at,
        )
        if shared.total:
            lines = self.instant or [0] * len(shared.by_line)
            self.instant = [a + b for a, b in zip(lines, shared.by_line, strict=True)]
        return shared

    def _wish_after(self, shared: sharing.Shared) -> Wish | None:
        if self.wish is None or self.wish.minor is None:
            return self.wish
        return (
            replace(self.wish, minor=self.wish.minor - shared.total) if shared.total else self.wish
        )

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

    def _also(self, chosen: WalletSettings, fee: int, *, is_spent: bool) -> list[Place]:
        """Name what a fee or an automatic payout touches besides the plan's own accounts."""
        places = list(fees.places(self.wallet)) if fee else []
        if payouts.is_automatic(chosen, is_spent=is_spent):
            places += [pocket(AccountKind.BUSINESS, self.wallet)]
            places += [pocket(AccountKind.OPEN, self.wallet)]
        return places

    def _fee(self, made: Plan) -> int:
        if self.wish is None:
            return 0
        return fees.fee_for(wallet=self.wallet, on=ChargedOn.DEBIT, minor=made.total)

    def _fee_entry(self, fee: int, made: Plan, books: dict[Place, Account]) -> Iterator[Draft]:
        if fee:
            leaving = {
                pocket(AccountKind.BUSINESS, self.wallet): made.business,
                pocket(AccountKind.OPEN, self.wallet): made.open,
            }
            yield fees.draft(
                wallet=self.wallet,
                fee=fee,
                books=books,
                leaving=leaving,
                subject=self.facts.reference,
            )

    def _payout(
        self,
        chosen: WalletSettings,
        made: Plan,
        books: dict[Place, Account],
        traced: frozenset[int],
        use: PurchaseUse,
    ) -> Iterator[Draft]:
        if not made.total or not payouts.is_automatic(chosen, is_spent=use.is_spent):
            return
        amounts: dict[Place, int] = {}
        for lot, minor in made.by_lot().items():
            place = resting_place(self.wallet, lot, traced)
            amounts[place] = amounts.get(place, 0) + minor
        draft, use.no_payout_reason = payouts.pay_out(
            command=self.command,
            wallet=self.wallet,
            use=use,
            redeemed=payouts.Redeemed(amounts, self.card_reference),
            books=books,
            at=self.at,
        )
        if draft is None:
            use.save(update_fields=["no_payout_reason"])
        else:
            yield draft

    def _with_open_pocket(self, made: Plan, books: dict[Place, Account]) -> Plan:
        """Take no more of the open pocket than it has now: other wallets of the holder share it."""
        if not made.open:
            return made
        has = books[pocket(AccountKind.OPEN, self.wallet)].balance
        if has < made.open and self.wish is not None and self.wish.exact:
            raise InsufficientFunds
        return replace(made, open=min(made.open, has))
