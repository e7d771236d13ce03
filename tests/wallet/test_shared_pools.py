"""Published pools: awarded by one business, spent at another (wallet.md 4.5)."""

from __future__ import annotations

import pytest

from directory.models import ContactEmail, Organisation
from tests.factories import directory
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import AccountKind
from wallet.models import Account, CommercePoolVersion, Lot, PurchaseUse, Wallet
from wallet.selectors import pools as pool_selectors
from wallet.selectors.shared import pools_to_award
from wallet.services import awards, blocks, pools, returns, wallets


def verified(business: Organisation) -> Wallet:
    """Register Ana by an address that she has proved."""
    contact = directory.make_contact(business, "Ana Example", email="ana@example.org")
    ContactEmail.objects.filter(contact=contact).update(verified_at=NOW)
    return wallets.register(contact=contact, at=NOW)


def publish(version: CommercePoolVersion, *, is_published: bool = True) -> None:
    pools.set_usage(
        pool=version.pool,
        is_published=is_published,
        is_transferable=False,
        is_for_top_ups=False,
        at=NOW,
    )
    version.pool.refresh_from_db()


def owed_by(business: Organisation, to: Organisation) -> int:
    """Return what the business owes the other one."""
    return sum(
        Account.objects.filter(
            business=business, organisation=to, kind=AccountKind.SETTLEMENT
        ).values_list("balance", flat=True)
    )


class TestBetweenTwoBusinesses:
    """B publishes a pool; B2 awards Ana 5.00 into it."""

    @pytest.fixture(autouse=True)
    def _award(self, business: Organisation) -> None:
        self.b, self.b2 = business, money.business()
        self.here, self.there = verified(self.b), verified(self.b2)
        self.pool = money.pool(self.b, "Shared")
        publish(self.pool)
        self.lot: Lot = money.award(self.there, 500, self.pool)

    @pytest.mark.scenario("WAL-42")
    def test_she_spends_it_at_b_and_b2_owes_b(self) -> None:
        paid = money.spend(self.here, total=2_000)
        assert (paid.shared_minor, paid.paid_minor, paid.due_minor) == (500, 500, 1_500)
        assert money.left_in(self.lot) == 0
        assert owed_by(self.b2, self.b) == 500
        assert owed_by(self.b, self.b2) == 0

    def test_it_goes_before_her_own_money_there(self) -> None:
        money.top_up(self.here, 1_000)
        paid = money.spend(self.here, 800, total=2_000, exact=True)
        assert (paid.shared_minor, paid.business_minor, paid.due_minor) == (500, 300, 1_200)

    def test_an_exact_wish_that_it_meets_alone_is_met(self) -> None:
        paid = money.spend(self.here, 300, total=2_000, exact=True)
        assert (paid.shared_minor, paid.paid_minor, paid.due_minor) == (300, 300, 1_700)

    def test_a_pool_shows_its_business_no_money_of_others(self) -> None:
        (shown,) = pool_selectors.pools_listed(business=self.b).filter(pk=self.pool.pool_id)
        assert (shown.standing_minor, shown.lot_count) == (0, 0)
        (version,) = pool_selectors.versions_of(pool=self.pool.pool)
        assert version.lot_count == 0  # type: ignore[attr-defined]

    def test_an_exact_wish_that_both_cannot_meet_moves_nothing(self) -> None:
        money.top_up(self.here, 100)
        with pytest.raises(errors.InsufficientFunds):
            money.spend(self.here, 800, total=2_000, exact=True)
        assert money.left_in(self.lot) == 500
        assert not PurchaseUse.objects.exists()

    def test_money_of_other_pools_stays_with_its_business(self) -> None:
        own = money.award(self.there, 700)
        money.spend(self.here, total=2_000)
        assert money.left_in(own) == 700

    def test_a_cancelled_purchase_gives_it_back(self) -> None:
        money.top_up(self.here, 300)
        paid = money.spend(self.here, total=2_000)
        use = PurchaseUse.objects.get(pk=paid.use_id)
        back = returns.cancel(use=use, key=money.key(), actor=TILL, at=NOW)
        assert (back.wallet_minor, back.till_minor) == (800, 1_200)
        assert money.left_in(self.lot) == 500
        assert owed_by(self.b2, self.b) == 0

    def test_half_returned_gives_half_of_it_back(self) -> None:
        paid = money.spend(self.here, total=2_000)
        use = PurchaseUse.objects.get(pk=paid.use_id)
        returns.take_back(use=use, minor=1_000, key=money.key(), actor=TILL, at=NOW)
        assert (money.left_in(self.lot), owed_by(self.b2, self.b)) == (250, 250)

    def test_who_is_blocked_there_spends_nothing_of_it_here(self) -> None:
        blocks.block(wallet=self.there, reason="lost phone", by=None, at=NOW)
        assert money.spend(self.here, total=2_000).shared_minor == 0

    def test_unpublishing_stops_new_lots_only(self) -> None:
        publish(self.pool, is_published=False)
        with pytest.raises(errors.PoolNotShared):
            money.award(self.there, 500, self.pool)
        assert money.spend(self.here, total=2_000).shared_minor == 500

    def test_b2_may_choose_among_its_own_and_published_pools(self) -> None:
        names = [pool.name for pool in pools_to_award(business=self.b2)]
        assert names == ["Spend Anywhere within a year", "Shared"]
        publish(self.pool, is_published=False)
        assert len(pools_to_award(business=self.b2)) == 1


def test_a_pool_that_nobody_published_takes_no_money_of_others(ana: Wallet) -> None:
    foreign = money.pool(money.business(), "Theirs")
    with pytest.raises(errors.PoolNotShared):
        awards.grant(
            wallet=ana,
            award=awards.Award("rewards.award:1", 500, foreign),
            key=money.key(),
            actor=TILL,
            at=NOW,
        )
