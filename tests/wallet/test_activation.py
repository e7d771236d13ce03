"""Activated pools: chosen for the next purchase, within the hour (wallet.md 5.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from directory.models import Organisation
from events.conditions import ConditionSet, TimeCondition
from events.conditions.time import TimeRow
from events.services import conditions
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import AccountKind, RedemptionMode
from wallet.models import Activation, CommercePoolVersion, Lot, PurchaseUse, Wallet
from wallet.services import activations, blocks, holds, returns
from wallet.services.spending import Wish

TEN = NOW.replace(hour=10, minute=0)
HOUR = timedelta(hours=1)


def activate(wallet: Wallet, lot: Lot, *, at: datetime = TEN) -> Activation:
    return activations.activate(wallet=wallet, pool=lot.pool_version.pool, at=at)


def buy(wallet: Wallet, total: int = 900, *, at: datetime) -> int:
    """Return how much a purchase redeems."""
    return money.buy(wallet, total, at=at).redeemed_minor


class TestInTheModeOfActivatedPools:
    @pytest.fixture(autouse=True)
    def _two_pools(self, business: Organisation, ana: Wallet) -> None:
        money.choose(business, redemption_mode=RedemptionMode.ACTIVATED_POOLS)
        self.lunch = self.award(ana, 400, money.pool(business, "Lunch"))
        self.coffee = self.award(ana, 600, money.pool(business, "Coffee"))

    def award(self, wallet: Wallet, minor: int, version: CommercePoolVersion) -> Lot:
        return money.award(wallet, minor, version, at=TEN - HOUR)

    @pytest.mark.scenario("WAL-57")
    def test_only_the_activated_pool_is_redeemed_and_then_used_up(self, ana: Wallet) -> None:
        activate(ana, self.lunch)
        last = TEN + HOUR - timedelta(seconds=1)
        assert buy(ana, at=last) == 400
        assert (money.left_in(self.lunch), money.left_in(self.coffee)) == (0, 600)
        used = Activation.objects.get()
        assert used.ended_at == last
        assert used.use == PurchaseUse.objects.get()

    @pytest.mark.scenario("WAL-58")
    def test_sixty_minutes_later_it_is_too_late(self, ana: Wallet) -> None:
        activate(ana, self.lunch)
        assert buy(ana, at=TEN + HOUR) == 0
        assert money.left_in(self.lunch) == 400

    @pytest.mark.scenario("WAL-59")
    def test_the_next_purchase_uses_it_up_even_if_nothing_matched(
        self, ana: Wallet, business: Organisation
    ) -> None:
        evening = TimeCondition((TimeRow(start_minute=18 * 60),))
        rules = conditions.create(business=business, rules=ConditionSet(time=evening), at=NOW)
        dinner = self.award(ana, 300, money.pool(business, "Dinner", conditions=rules))
        activate(ana, dinner)
        assert buy(ana, at=TEN + timedelta(minutes=5)) == 0
        assert Activation.objects.get().ended_at == TEN + timedelta(minutes=5)
        activate(ana, self.lunch)
        assert buy(ana, at=TEN + timedelta(minutes=5)) == 400
        assert buy(ana, at=TEN + timedelta(minutes=10)) == 0

    @pytest.mark.scenario("WAL-60")
    def test_activating_again_does_not_extend(self, ana: Wallet) -> None:
        first = activate(ana, self.lunch)
        again = activate(ana, self.lunch, at=TEN + timedelta(minutes=50))
        assert again == first
        assert buy(ana, at=TEN + timedelta(minutes=80)) == 0

    def test_after_its_hour_it_is_activated_anew(self, ana: Wallet) -> None:
        activate(ana, self.lunch)
        activate(ana, self.lunch, at=TEN + HOUR)
        assert buy(ana, at=TEN + HOUR + timedelta(minutes=59)) == 400

    def test_it_is_taken_back_until_it_is_used(self, ana: Wallet) -> None:
        activate(ana, self.lunch)
        activations.deactivate(wallet=ana, pool=self.lunch.pool_version.pool, at=TEN)
        assert buy(ana, at=TEN + timedelta(minutes=5)) == 0

    def test_all_open_activations_end_with_the_first_purchase(self, ana: Wallet) -> None:
        activate(ana, self.lunch)
        activate(ana, self.coffee)
        assert buy(ana, 300, at=TEN + timedelta(minutes=5)) == 300
        assert buy(ana, at=TEN + timedelta(minutes=6)) == 0

    def test_cancelling_the_purchase_does_not_revive_it(self, ana: Wallet) -> None:
        activate(ana, self.lunch)
        buy(ana, at=TEN + timedelta(minutes=5))
        returns.cancel(
            use=PurchaseUse.objects.get(),
            key=money.key(),
            actor=TILL,
            at=TEN + timedelta(minutes=6),
        )
        assert money.left_in(self.lunch) == 400
        assert buy(ana, at=TEN + timedelta(minutes=7)) == 0

    def test_a_captured_hold_is_the_next_purchase_too(self, ana: Wallet) -> None:
        activate(ana, self.lunch)
        facts = money.purchase(ana, 900, at=TEN)
        quote = holds.place(
            wallet=ana, facts=facts, wish=Wish(), key=money.key(), actor=TILL, at=TEN
        )
        assert quote.commerce_minor == 400
        hold = holds.hold_by(wallet=ana, public_id=quote.hold)
        holds.capture(hold=hold, facts=facts, key=money.key(), actor=TILL, at=TEN)
        assert buy(ana, at=TEN + timedelta(minutes=7)) == 0


def test_a_pool_may_ask_for_activation_in_any_mode(ana: Wallet, business: Organisation) -> None:
    lot = money.award(
        ana, 400, money.pool(business, "Lunch", requires_activation=True), at=TEN - HOUR
    )
    assert money.spend(ana, 300, at=TEN).paid_minor == 0
    activate(ana, lot)
    assert money.spend(ana, 300, at=TEN + timedelta(minutes=1)).redeemed_minor == 300
    assert money.spend(ana, 100, at=TEN + timedelta(minutes=2)).redeemed_minor == 0


def test_only_money_that_one_has_is_activated(ana: Wallet, business: Organisation) -> None:
    version = money.pool(business, "Lunch")
    with pytest.raises(errors.PoolRequired):
        activations.activate(wallet=ana, pool=version.pool, at=TEN)


def test_a_blocked_contact_activates_nothing(ana: Wallet) -> None:
    lot = money.award(ana, 400)
    blocks.block(wallet=ana, reason="lost phone", by=None, at=NOW)
    with pytest.raises(errors.SpendBlocked):
        activate(ana, lot)
    assert money.balance(ana, AccountKind.COMMERCE_LOT) == 400
