"""Pools, awards, expiry, transfers and journals (wallet.md 4, 9, 10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.models import OutboxEvent
from directory.models import Organisation
from tests.factories import directory
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors, selectors
from wallet.choices import (
    AccountKind,
    JournalDirection,
    JournalState,
    LotSource,
    Operation,
    Pocket,
)
from wallet.models import CommercePool, Entry, ExpiryChange, Lot, Wallet
from wallet.services import awards, expiry, journals, lots, pools, top_ups, transfers
from wallet.services.pools import PoolRules

TOMORROW = NOW.replace(hour=0, minute=0) + timedelta(days=1)
DEC_1, JAN_1 = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.scenario("WAL-28")
def test_a_business_begins_with_a_pool_that_stays_as_it_is(business: Organisation) -> None:
    (pool,) = selectors.pools_of(business=business)
    assert pool.name == "Spend Anywhere within a year"
    with pytest.raises(errors.PoolFixed):
        pools.revise(pool=pool, rules=PoolRules(), actor=None, at=NOW)
    with pytest.raises(errors.PoolFixed):
        pools.retire(pool=pool, at=NOW)
    with pytest.raises(errors.PoolFixed):
        pools.delete(pool=pool)


@pytest.mark.scenario("WAL-41")
def test_a_pool_with_money_is_retired_but_not_deleted(ana: Wallet) -> None:
    version = money.pool(ana.business)
    money.award(ana, 500, version)
    with pytest.raises(errors.PoolInUse):
        pools.delete(pool=version.pool)
    pools.retire(pool=version.pool, at=NOW)
    version.pool.refresh_from_db()
    with pytest.raises(errors.PoolRetired):
        money.award(ana, 100, version)
    assert money.spend(ana, 500).redeemed_minor == 500


def test_a_pool_without_money_is_deleted(business: Organisation) -> None:
    pool = money.pool(business).pool
    pools.delete(pool=pool)
    assert not CommercePool.objects.filter(pk=pool.pk).exists()


def test_two_pools_do_not_share_a_name(business: Organisation) -> None:
    money.pool(business, "Lunch")
    with pytest.raises(errors.PoolNameTaken):
        money.pool(business, "lunch")


def test_a_lot_keeps_the_version_under_which_it_was_granted(ana: Wallet) -> None:
    first = money.pool(ana.business)
    old = money.award(ana, 500, first)
    second = pools.revise(
        pool=first.pool,
        rules=PoolRules(end_rule="FIXED", ends_on=DEC_1.date()),
        actor=None,
        at=NOW,
    )
    assert selectors.current_version(pool=first.pool) == second
    assert old.expires_at is None
    assert money.award(ana, 500, second).expires_at == DEC_1


def test_an_award_is_granted_once_for_its_reference(ana: Wallet) -> None:
    first = money.award(ana, 500, reference="rewards.award:once")
    second = money.award(ana, 500, reference="rewards.award:once")
    assert first == second
    assert money.balance(ana, AccountKind.COMMERCE_LOT) == 500
    assert money.books(ana.business, AccountKind.REWARD_COST) == -500


def test_an_award_needs_a_pool_and_an_amount(ana: Wallet) -> None:
    def grant(award: awards.Award) -> None:
        awards.grant(wallet=ana, award=award, key=money.key(), actor=TILL, at=NOW)

    with pytest.raises(errors.PoolRequired):
        grant(awards.Award("a:1", 500, None))
    with pytest.raises(errors.AmountInvalid):
        grant(awards.Award("a:2", 0, selectors.default_pool_version(business=ana.business)))


@pytest.mark.scenario("WAL-106")
def test_the_job_expires_what_is_due_once(ana: Wallet, business: Organisation) -> None:
    over = money.lot_until(ana, 500, TOMORROW)
    later = money.lot_until(ana, 700, TOMORROW + timedelta(days=1))
    assert expiry.expire_due(at=TOMORROW - timedelta(seconds=1)) == 0
    assert [expiry.expire_due(at=TOMORROW) for _ in range(2)] == [1, 0]
    assert (money.left_in(over), money.left_in(later)) == (0, 700)
    assert money.books(business, AccountKind.EXPIRED) == 500


def test_the_job_tells_of_lots_that_lapsed_and_of_no_others(ana: Wallet) -> None:
    money.lot_until(ana, 500, TOMORROW)
    money.spend(ana, 500)
    left = money.lot_until(ana, 700, TOMORROW)
    assert [expiry.expire_due(at=TOMORROW) for _ in range(2)] == [1, 0]
    told = OutboxEvent.objects.filter(topic=expiry.LAPSED)
    assert [event.payload for event in told] == [{"business": ana.business_id, "lots": [left.pk]}]


def test_wallets_beyond_a_page_of_lots_come_with_the_next_page(
    ana: Wallet, ben: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "PAGE_LOTS", 3)
    for wallet in (ana, ana, ben, ben):
        money.lot_until(wallet, 100, TOMORROW)
    assert expiry.expire_due(at=TOMORROW) == 4
    entries = Entry.objects.filter(operation=Operation.EXPIRE)
    assert entries.count() == entries.values("command").distinct().count() == 2


def test_expired_money_is_not_spent_whatever_the_job_does(ana: Wallet) -> None:
    money.lot_until(ana, 500, TOMORROW)
    assert money.spend(ana, 500, at=TOMORROW).redeemed_minor == 0
    before = TOMORROW - timedelta(seconds=1)
    assert money.spend(ana, 500, at=before).redeemed_minor == 500


@pytest.mark.scenario("WAL-107")
def test_an_expiry_moves_only_later(ana: Wallet) -> None:
    lot = money.lot_until(ana, 500, DEC_1)
    lot.wallet = ana

    def move(to: datetime, at: datetime = NOW) -> Lot:
        return lots.move_expiry(lot=lot, expires_at=to, reason="goodwill", actor=TILL, at=at)

    assert move(JAN_1).expires_at == JAN_1
    change = ExpiryChange.objects.get()
    assert (change.before, change.after, change.reason) == (DEC_1, JAN_1, "goodwill")
    with pytest.raises(errors.ExpiryMovedEarlier):
        move(DEC_1)
    with pytest.raises(errors.LotExpired):
        move(JAN_1 + timedelta(days=9), at=JAN_1)
    assert ExpiryChange.objects.count() == 1


@pytest.mark.scenario("WAL-109")
def test_a_top_up_into_a_pool_is_a_lot_of_it(ana: Wallet) -> None:
    lunch = money.pool(ana.business, "Lunch")
    payment = top_ups.Payment("sandbox", "p-9", 2000, "EUR")
    top_ups.confirm(wallet=ana, payment=payment, to=Pocket.COMMERCE, at=NOW, pool_version=lunch)
    lot = Lot.objects.get(wallet=ana)
    assert (lot.pool_version, lot.source, money.left_in(lot)) == (lunch, LotSource.TOP_UP, 2000)


class TestTransfers:
    def send(self, origin: Wallet, target: Wallet, minor: int, of: Pocket) -> None:
        transfers.send(
            origin=origin,
            target=target,
            transfer=transfers.Transfer(minor, of),
            key=money.key("transfer"),
            actor=TILL,
            at=NOW,
        )

    @pytest.mark.scenario("WAL-110")
    def test_commerce_money_keeps_its_pool_and_expiry(self, ana: Wallet, ben: Wallet) -> None:
        money.choose(ana.business, commerce_is_transferable=True)
        first, second = money.lot_until(ana, 300, DEC_1), money.lot_until(ana, 500, JAN_1)
        CommercePool.objects.filter(business=ana.business).update(is_transferable=True)
        self.send(ana, ben, 400, Pocket.COMMERCE)
        theirs = Lot.objects.filter(wallet=ben).order_by("expires_at")
        assert [(money.left_in(lot), lot.expires_at) for lot in theirs] == [
            (300, DEC_1),
            (100, JAN_1),
        ]
        versions = [first.pool_version_id, second.pool_version_id]
        assert [lot.pool_version_id for lot in theirs] == versions
        assert money.balance(ana, AccountKind.COMMERCE_LOT) == 400

    def test_commerce_money_stays_unless_the_business_lets_it_go(
        self, ana: Wallet, ben: Wallet
    ) -> None:
        money.award(ana, 500)
        with pytest.raises(errors.NotTransferable):
            self.send(ana, ben, 400, Pocket.COMMERCE)
        money.choose(ana.business, commerce_is_transferable=True)
        with pytest.raises(errors.NotTransferable):
            self.send(ana, ben, 400, Pocket.COMMERCE)

    @pytest.mark.scenario("WAL-111")
    def test_nobody_sends_money_to_themselves(self, ana: Wallet) -> None:
        money.top_up(ana, 500)
        with pytest.raises(errors.SameWallet):
            self.send(ana, ana, 100, Pocket.BUSINESS)

    def test_pocket_money_is_sent(self, ana: Wallet, ben: Wallet) -> None:
        money.top_up(ana, 500)
        self.send(ana, ben, 200, Pocket.BUSINESS)
        assert money.balance(ben, AccountKind.BUSINESS) == 200
        with pytest.raises(errors.InsufficientFunds):
            self.send(ana, ben, 400, Pocket.BUSINESS)


class TestJournals:
    @pytest.fixture(autouse=True)
    def _people(self, db: None) -> None:
        self.finn, self.fay = directory.make_user("finn"), directory.make_user("fay")

    def line(
        self, minor: int, direction: JournalDirection = JournalDirection.DEBIT
    ) -> journals.Line:
        return journals.Line(direction, Pocket.BUSINESS, minor, "counted twice")

    @pytest.mark.scenario("WAL-114")
    def test_a_debit_takes_no_more_than_there_is(self, ana: Wallet) -> None:
        money.top_up(ana, 1000)
        with pytest.raises(errors.InsufficientFunds):
            journals.write(wallet=ana, line=self.line(1200), by=self.finn, key="k", at=NOW)
        assert money.balance(ana, AccountKind.BUSINESS) == 1000

    @pytest.mark.scenario("WAL-115")
    def test_a_large_journal_takes_two_people(self, ana: Wallet) -> None:
        line = self.line(15000, JournalDirection.CREDIT)
        journal = journals.write(wallet=ana, line=line, by=self.finn, key="k", at=NOW)
        assert journal.state == JournalState.PENDING
        assert money.balance(ana, AccountKind.BUSINESS) == 0
        with pytest.raises(errors.FourEyesRequired):
            journals.confirm(journal=journal, by=self.finn, key="a", at=NOW)
        posted = journals.confirm(journal=journal, by=self.fay, key="b", at=NOW)
        assert posted.state == JournalState.POSTED
        assert money.balance(ana, AccountKind.BUSINESS) == 15000

    def test_a_debit_of_commerce_money_takes_the_earliest_first(self, ana: Wallet) -> None:
        late, early = money.lot_until(ana, 300, JAN_1), money.lot_until(ana, 300, DEC_1)
        line = journals.Line(JournalDirection.DEBIT, Pocket.COMMERCE, 400, "wrong offer")
        journals.write(wallet=ana, line=line, by=self.finn, key="k", at=NOW)
        assert (money.left_in(early), money.left_in(late)) == (0, 200)

    def test_a_refused_journal_is_over(self, ana: Wallet) -> None:
        line = self.line(15000, JournalDirection.CREDIT)
        journal = journals.write(wallet=ana, line=line, by=self.finn, key="k", at=NOW)
        journals.refuse(journal=journal, by=self.fay, key="r", at=NOW)
        with pytest.raises(errors.Refusal):
            journals.confirm(journal=journal, by=self.fay, key="c", at=NOW)
        assert money.balance(ana, AccountKind.BUSINESS) == 0
