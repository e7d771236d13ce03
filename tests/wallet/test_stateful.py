"""Random stories against a plain model: dictionaries that know nothing of ledgers.

After every step the pockets are what the model says and all money sums to zero; a refused step leaves
every account as it was; repeating the last command with its key changes nothing. The whole proof is made
every few steps, and at the end of every story.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import ClawbackPolicy, Pocket
from wallet.models import Account, CommercePoolVersion, Hold, PurchaseUse
from wallet.services import awards, expiry, holds, returns, spending, top_ups, transfers
from wallet.services.spending import Wish
from wallet.verification import verify

amounts = st.integers(1, 900)
_names = itertools.count(1)
# The proof reads the whole ledger ten times; a fault it finds is at most so many steps old.
PROOF_EVERY = 5


@dataclass
class LotModel:
    """A lot as a person would note it down."""

    minor: int
    expires_at: datetime | None
    order: int

    def is_usable(self, at: datetime) -> bool:
        return self.minor > 0 and (self.expires_at is None or at < self.expires_at)


@dataclass
class Purse:
    """What one contact has."""

    business: int = 0
    lots: list[LotModel] = field(default_factory=list)
    held: int = 0

    def usable(self, at: datetime) -> list[LotModel]:
        far = datetime.max.replace(tzinfo=at.tzinfo)
        return sorted(
            (lot for lot in self.lots if lot.is_usable(at)),
            key=lambda lot: (lot.expires_at or far, lot.order),
        )

    def can_pay(self, at: datetime) -> int:
        return self.business + sum(lot.minor for lot in self.usable(at))

    def take(self, minor: int, at: datetime) -> list[tuple[LotModel | None, int]]:
        """Take commerce money, the earliest expiry first, then the pocket; return what came whence."""
        taken: list[tuple[LotModel | None, int]] = []
        for lot in self.usable(at):
            if part := min(lot.minor, minor):
                lot.minor -= part
                minor -= part
                taken.append((lot, part))
        if part := min(self.business, minor):
            self.business -= part
            taken.append((None, part))
        return taken

    def put_back(self, taken: list[tuple[LotModel | None, int]]) -> None:
        for lot, part in taken:
            if lot is None:
                self.business += part
            else:
                lot.minor += part


class WalletStories(RuleBasedStateMachine):
    """Two contacts of one business, its till, its clock."""

    open_holds = Bundle("open_holds")
    purchases = Bundle("purchases")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.at = NOW
        owner = money.business()
        money.choose(owner, grace_days=0, clawback_policy=ClawbackPolicy.LIMIT)
        self.owner = owner
        self.wallets = [money.wallet(owner, name) for name in ("Ana", "Ben")]
        self.purses = [Purse(), Purse()]
        self.orders = itertools.count(1)
        self.steps = itertools.count(1)
        self.pools: list[CommercePoolVersion] = []
        self.held: dict[Any, tuple[int, list[Any], datetime]] = {}
        self.again: Callable[[], Any] = lambda: None

    def teardown(self) -> None:
        try:
            assert verify() == []
        finally:
            self._forget()

    def _forget(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def open_pools(self) -> None:
        self.pools = [
            money.pool(self.owner),
            money.pool(self.owner, end_rule="RELATIVE", end_after=1, end_unit="DAY"),
            money.pool(self.owner, end_rule="RELATIVE", end_after=1, end_unit="MONTH"),
        ]

    def carry_out(self, call: Callable[[], Any]) -> Any:
        """Run a command and remember how to repeat it; a refusal must leave everything as it was."""
        self.again = call
        before = money.everything(self.owner)
        try:
            return call()
        except errors.Refusal as refusal:
            assert money.everything(self.owner) == before
            return refusal

    @rule(who=st.integers(0, 1), minor=amounts)
    def top_up(self, who: int, minor: int) -> None:
        payment = top_ups.Payment("sandbox", f"s-{next(_names)}", minor, "EUR")
        at, wallet = self.at, self.wallets[who]
        self.carry_out(
            lambda: top_ups.confirm(wallet=wallet, payment=payment, to=Pocket.BUSINESS, at=at)
        )
        self.purses[who].business += minor

    @rule(who=st.integers(0, 1), minor=amounts, pool=st.integers(0, 2))
    def award(self, who: int, minor: int, pool: int) -> None:
        given = awards.Award(f"rewards.award:s{next(_names)}", minor, self.pools[pool])
        at, wallet, key = self.at, self.wallets[who], money.key()
        lot = self.carry_out(
            lambda: awards.grant(wallet=wallet, award=given, key=key, actor=TILL, at=at)
        )
        model = LotModel(minor, lot.expires_at, next(self.orders))
        self.purses[who].lots.append(model)

    @rule(target=purchases, who=st.integers(0, 1), minor=amounts, exact=st.booleans())
    def spend(self, who: int, minor: int, exact: bool) -> Any:
        facts = money.purchase(self.wallets[who], minor, at=self.at)
        at, wallet, key = self.at, self.wallets[who], money.key()
        paid = self.carry_out(
            lambda: spending.spend(
                wallet=wallet, facts=facts, key=key, actor=TILL, at=at, minor=minor, exact=exact
            )
        )
        can = self.purses[who].can_pay(self.at)
        if exact and can < minor:
            assert isinstance(paid, errors.InsufficientFunds)
            return None
        assert paid.paid_minor == min(minor, can)
        return who, paid.use_id, self.purses[who].take(min(minor, can), self.at)

    @rule(bought=consumes(purchases))
    def cancel(self, bought: Any) -> None:
        if bought is None:
            return
        who, use_id, taken = bought
        use, at, key = PurchaseUse.objects.get(pk=use_id), self.at, money.key()
        self.carry_out(lambda: returns.cancel(use=use, key=key, actor=TILL, at=at))
        self.purses[who].put_back(taken)
        for lot, _ in taken:
            if lot is not None and lot.expires_at is not None and lot.expires_at < at:
                lot.expires_at = at

    @rule(target=open_holds, who=st.integers(0, 1), minor=amounts)
    def hold(self, who: int, minor: int) -> Any:
        facts = money.purchase(self.wallets[who], minor, at=self.at)
        at, wallet, key = self.at, self.wallets[who], money.key()
        quote = self.carry_out(
            lambda: holds.place(
                wallet=wallet, facts=facts, wish=Wish(minor), key=key, actor=TILL, at=at
            )
        )
        can = min(minor, self.purses[who].can_pay(self.at))
        if not can:
            assert isinstance(quote, errors.InsufficientFunds)
            return None
        assert quote.held_minor == can
        self.purses[who].held += can
        taken = self.purses[who].take(can, self.at)
        self.held[quote.hold] = who, taken, self.at
        return who, quote.hold, taken, self.at

    @rule(held=consumes(open_holds), is_captured=st.booleans())
    def close(self, held: Any, is_captured: bool) -> None:
        if held is None:
            return
        who, public_id, taken, since = held
        wallet, at, key = self.wallets[who], self.at, money.key()
        hold = Hold.objects.get(public_id=public_id)
        total = sum(part for _, part in taken)
        facts = money.purchase(wallet, total, at=at)
        if is_captured:
            outcome = self.carry_out(
                lambda: holds.capture(hold=hold, facts=facts, key=key, actor=TILL, at=at)
            )
        else:
            outcome = self.carry_out(lambda: holds.release(hold=hold, key=key, actor=TILL, at=at))
        is_late = at >= since + timedelta(minutes=15)
        assert isinstance(outcome, errors.HoldClosed) == is_late
        if is_late:
            self.time_out_holds()
            return
        del self.held[public_id]
        self.purses[who].held -= total
        if not is_captured:
            self.purses[who].put_back(taken)

    @rule()
    def time_out_holds(self) -> None:
        """Release all that waited too long, as the clock's job does."""
        holds.time_out(at=self.at, limit=100)
        for public_id, (who, taken, since) in list(self.held.items()):
            if self.at >= since + timedelta(minutes=15):
                del self.held[public_id]
                self.purses[who].held -= sum(part for _, part in taken)
                self.purses[who].put_back(taken)

    @rule(giver=st.integers(0, 1), minor=amounts)
    def transfer(self, giver: int, minor: int) -> None:
        origin, target = self.wallets[giver], self.wallets[1 - giver]
        sent, at, key = transfers.Transfer(minor, Pocket.BUSINESS), self.at, money.key()
        outcome = self.carry_out(
            lambda: transfers.send(
                origin=origin, target=target, transfer=sent, key=key, actor=TILL, at=at
            )
        )
        if self.purses[giver].business < minor:
            assert isinstance(outcome, errors.InsufficientFunds)
            return
        self.purses[giver].business -= minor
        self.purses[1 - giver].business += minor

    @rule(hours=st.sampled_from([0, 1, 13, 36, 24 * 40]))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours, minutes=1)

    @rule()
    def expire(self) -> None:
        expiry.expire_due(at=self.at)
        for purse in self.purses:
            for lot in purse.lots:
                if lot.expires_at is not None and lot.expires_at <= self.at:
                    lot.minor = 0

    @rule()
    def repeat_the_last_command(self) -> None:
        before = money.everything(self.owner)
        try:
            self.again()
        except errors.Refusal as refusal:
            assert refusal.is_replayed or isinstance(refusal, errors.HoldClosed)
        assert money.everything(self.owner) == before

    @invariant()
    def pockets_are_what_the_model_says(self) -> None:
        found: dict[tuple[int | None, str], int] = defaultdict(int)
        for number, kind, balance in Account.objects.values_list("wallet_id", "kind", "balance"):
            found[number, kind] += balance
        assert sum(found.values()) == 0
        for wallet, purse in zip(self.wallets, self.purses, strict=True):
            assert found[wallet.pk, "BUSINESS"] == purse.business
            assert found[wallet.pk, "COMMERCE_LOT"] == sum(lot.minor for lot in purse.lots)
            assert found[wallet.pk, "HOLD"] == purse.held
        if next(self.steps) % PROOF_EVERY == 0:
            assert verify() == []


@pytest.mark.django_db
def test_any_story_ends_as_the_model_says() -> None:
    run_state_machine_as_test(
        WalletStories,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
