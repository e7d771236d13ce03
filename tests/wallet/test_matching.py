"""Pools with conditions: which lines of which purchases their money pays for (wallet.md 4.4, 5.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from directory.models import Organisation, ProductFamily
from events.conditions import ConditionSet, LocationCondition, ProductCondition, TimeCondition
from events.conditions.time import WORKDAYS, TimeRow
from events.facts import LineFacts, PurchaseFacts
from events.models import ConditionSet as StoredConditions
from events.services import conditions
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet import errors
from wallet.choices import AccountKind, EndRule, RedemptionMode
from wallet.models import CommercePoolVersion, Wallet
from wallet.services import pools, spending
from wallet.services.matching import lines_for
from wallet.services.pools import PoolRules

DEC_1, FEB_1 = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
NEXT_NOV = datetime(2027, 11, 1, tzinfo=UTC)
FRIDAY, SATURDAY = (2026, 11, 20), (2026, 11, 21)


class Kitchen:
    """Families of products, lines of them, and pools for them."""

    def __init__(self, business: Organisation) -> None:
        self.business = business
        self.families = {
            name: ProductFamily.objects.create(business=business, name=name).pk
            for name in ("Food", "Drinks")
        }

    def line(self, minor: int, family: str) -> LineFacts:
        plain = money.line(minor)
        return replace(plain, product=replace(plain.product, family_id=self.families.get(family)))

    def pool(self, *families: str, until: datetime) -> CommercePoolVersion:
        return money.pool(
            self.business,
            end_rule=EndRule.FIXED,
            ends_on=until.date(),
            conditions=self.only(*families) if families else None,
        )

    def only(self, *families: str) -> StoredConditions:
        chosen = frozenset(self.families[name] for name in families)
        rules = ConditionSet(products=ProductCondition(family_ids=chosen))
        return conditions.create(business=self.business, rules=rules, at=NOW)


@pytest.fixture
def kitchen(business: Organisation) -> Kitchen:
    return Kitchen(business)


def buy(of: Wallet, *lines: LineFacts) -> spending.Paid:
    return money.buy(of, sum(line.total_minor for line in lines), lines=lines)


def pay(of: Wallet, *lines: LineFacts) -> spending.Paid:
    return money.spend(of, total=sum(line.total_minor for line in lines), lines=lines)


@pytest.mark.scenario("WAL-45")
def test_automatic_redemption_follows_expiry_and_products(ana: Wallet, kitchen: Kitchen) -> None:
    money.choose(ana.business, redemption_mode=RedemptionMode.AUTOMATIC)
    lots = [
        money.award(ana, 500, kitchen.pool("Food", until=DEC_1)),
        money.award(ana, 700, kitchen.pool(until=FEB_1)),
        money.award(ana, 2000, kitchen.pool(until=NEXT_NOV)),
    ]
    paid = buy(ana, kitchen.line(1200, "Food"), kitchen.line(800, "Drinks"))
    assert [lot.amount_minor - money.left_in(lot) for lot in lots] == [500, 700, 800]
    assert money.balance(ana, AccountKind.COMMERCE_LOT) == 1200
    assert money.balance(ana, AccountKind.BUSINESS) == 2000
    assert (paid.due_minor, paid.paid_minor) == (2000, 0)


@pytest.mark.scenario("WAL-46")
def test_an_earlier_general_lot_makes_room_for_a_restricted_one(
    ana: Wallet, kitchen: Kitchen
) -> None:
    money.award(ana, 1000, kitchen.pool(until=DEC_1))
    money.award(ana, 1000, kitchen.pool("Food", until=FEB_1))
    paid = pay(ana, kitchen.line(1000, "Food"), kitchen.line(1000, "other"))
    assert paid.redeemed_minor == 2000


@pytest.mark.scenario("WAL-38")
def test_a_pool_for_food_pays_for_food(ana: Wallet, kitchen: Kitchen) -> None:
    money.award(ana, 1500, kitchen.pool("Food", until=DEC_1))
    paid = pay(ana, kitchen.line(1200, "Food"), kitchen.line(800, "Drinks"))
    assert paid.redeemed_minor == 1200


@pytest.mark.scenario("WAL-40")
def test_a_promise_is_not_narrowed_later(ana: Wallet, kitchen: Kitchen) -> None:
    first = kitchen.pool(until=DEC_1)
    money.award(ana, 500, first)
    second = pools.revise(
        pool=first.pool,
        rules=PoolRules(conditions=kitchen.only("Food")),
        actor=None,
        at=NOW,
    )
    money.award(ana, 300, second)
    assert pay(ana, kitchen.line(2000, "Drinks")).redeemed_minor == 500
    assert money.balance(ana, AccountKind.COMMERCE_LOT) == 300


@pytest.mark.scenario("WAL-37")
def test_a_pool_for_a_merchant_pays_there_alone(ana: Wallet, business: Organisation) -> None:
    here, elsewhere = money.merchant(business), money.merchant(business)
    rules = ConditionSet(location=LocationCondition(merchant_ids=frozenset({here.pk})))
    stored = conditions.create(business=business, rules=rules, at=NOW)
    money.award(ana, 500, money.pool(business, conditions=stored))
    assert money.spend(ana, total=300, merchant_id=elsewhere.pk).redeemed_minor == 0
    assert money.spend(ana, total=300, merchant_id=here.pk).redeemed_minor == 300


def at(day: tuple[int, int, int], hour: int, minute: int = 0) -> PurchaseFacts:
    """Return a purchase at that wall-clock time."""
    moment = datetime(*day, hour, minute, tzinfo=UTC)
    facts = money.purchase(Wallet(contact_id=1, business_id=1, currency="EUR"), 100)
    return replace(facts, performed_at=moment, local_at=moment)


def usable(row: TimeRow, facts: PurchaseFacts) -> bool:
    return bool(lines_for(ConditionSet(time=TimeCondition((row,))), facts))


@pytest.mark.scenario("WAL-34")
def test_hours_include_their_beginning_and_not_their_end() -> None:
    row = TimeRow(weekdays=WORKDAYS, start_minute=15 * 60, end_minute=18 * 60)
    answers = [
        usable(row, at(FRIDAY, 15)),
        usable(row, at(FRIDAY, 18)),
        usable(row, at(SATURDAY, 16)),
    ]
    assert answers == [True, False, False]


@pytest.mark.scenario("WAL-35")
def test_hours_over_midnight_belong_to_the_day_they_begin() -> None:
    row = TimeRow(weekdays=frozenset({4}), start_minute=22 * 60, end_minute=2 * 60)
    moments = [at(SATURDAY, 1, 59), at(SATURDAY, 2), at(FRIDAY, 1)]
    assert [usable(row, moment) for moment in moments] == [True, False, False]


@pytest.mark.scenario("WAL-44")
def test_a_purchase_reported_8_days_late_needs_the_back_office(ana: Wallet) -> None:
    bought_at = NOW - timedelta(days=8)
    lot = money.lot_until(ana, 500, NOW, at=bought_at - timedelta(days=9))
    assert lot.expires_at is not None
    assert lot.expires_at <= NOW
    facts = money.purchase(ana, 300, at=bought_at)

    def process(key: str, *, may_be_old: bool) -> spending.Paid:
        return spending.process(
            wallet=ana,
            facts=facts,
            key=key,
            actor=TILL,
            at=NOW,
            wish=spending.Wish(),
            may_be_old=may_be_old,
        )

    with pytest.raises(errors.EventTooOld):
        process("a", may_be_old=False)
    assert process("b", may_be_old=True).redeemed_minor == 300
