"""Money that comes under the newest version of its pool, never to its owner's harm (wallet.md 4.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from directory.models import Organisation, User
from events.conditions import (
    ConditionSet,
    LocationCondition,
    ProductCondition,
    TimeCondition,
    TimeRow,
)
from tests.wallet import money
from tests.wallet.money import NOW
from wallet import errors
from wallet.models import CommercePool, ExpiryChange, Lot, VersionChange, VersionMove, Wallet
from wallet.rules.favour import Terms, narrowings
from wallet.services import expiry, holds, moving, pools
from wallet.services.pools import PoolRules

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def finance(db: None) -> User:
    return User.objects.create(email="theo@example.org")


@pytest.fixture
def lunch(business: Organisation) -> CommercePool:
    """A pool whose money lasts for ten days."""
    return money.pool(business, "Lunch", end_rule="RELATIVE", end_after=10, end_unit="DAY").pool


def revise(pool: CommercePool, conditions: ConditionSet | None = None, **rules: Any) -> None:
    pools.revise(
        pool=pool,
        rules=PoolRules(**rules),
        conditions=conditions or ConditionSet(),
        actor=None,
        at=NOW,
    )


def move(pool: CommercePool, by: User, *, reason: str = "A mistake") -> VersionMove:
    """Order the move and carry it out, a wallet at a time."""
    made = moving.begin(pool=pool, reason=reason, by=by, at=TOMORROW)
    moving.carry_out(move=made, at=TOMORROW, page=1)
    made.refresh_from_db()
    return made


def in_pool(pool: CommercePool, wallet: Wallet, minor: int = 500) -> Lot:
    return money.award(wallet, minor, pool.versions.latest("number"))


def test_older_money_comes_under_the_newest_rules_with_a_record(
    lunch: CommercePool, ana: Wallet, ben: Wallet, finance: User
) -> None:
    lots = [in_pool(lunch, ana), in_pool(lunch, ana, 200), in_pool(lunch, ben)]
    before = [lot.expires_at for lot in lots]
    revise(lunch, end_rule="RELATIVE", end_after=30, end_unit="DAY")
    made = move(lunch, finance)
    assert (made.lot_count, made.finished_at) == (3, TOMORROW)
    for lot, old in zip(lots, before, strict=True):
        lot.refresh_from_db()
        assert lot.pool_version.number == 2
        assert old is not None
        assert lot.expires_at == old + timedelta(days=20)
        assert lot.due.due_at == lot.expires_at
        change = VersionChange.objects.get(lot=lot)
        assert (change.before.number, change.expires_before) == (1, old)
        assert ExpiryChange.objects.get(lot=lot).reason == "A mistake"
    assert moving.carry_out(move=made, at=TOMORROW) == 0


def test_no_money_lapses_earlier_or_begins_later_than_it_was_promised(
    lunch: CommercePool, ana: Wallet, finance: User
) -> None:
    lot = in_pool(lunch, ana)
    starts, ends = lot.starts_at, lot.expires_at
    revise(
        lunch, start_rule="RELATIVE", start_after=5, start_unit="DAY",
        end_rule="RELATIVE", end_after=6, end_unit="DAY",
    )  # fmt: skip
    move(lunch, finance)
    lot.refresh_from_db()
    assert (lot.starts_at, lot.expires_at, lot.pool_version.number) == (starts, ends, 2)


def test_money_on_hold_moves_too_and_what_was_used_up_stays(
    lunch: CommercePool, ana: Wallet, finance: User
) -> None:
    used = in_pool(lunch, ana, 100)
    money.spend(ana, 100)
    held = in_pool(lunch, ana)
    holds.place(
        wallet=ana,
        facts=money.purchase(ana, 600),
        wish=money.spending.Wish(),
        key=money.key(),
        actor=money.TILL,
        at=NOW,
    )
    revise(lunch, end_rule="NEVER")
    assert move(lunch, finance).lot_count == 1
    for lot, number in ((used, 1), (held, 2)):
        lot.refresh_from_db()
        assert lot.pool_version.number == number


def test_a_version_that_takes_something_away_is_refused(
    lunch: CommercePool, ana: Wallet, finance: User
) -> None:
    lot = in_pool(lunch, ana)
    revise(lunch, end_rule="NEVER", requires_activation=True)
    with pytest.raises(errors.PoolNarrower) as refused:
        moving.begin(pool=lunch, reason="No", by=finance, at=TOMORROW)
    assert "activate" in refused.value.message
    assert lot.pool_version_id == Lot.objects.get().pool_version_id
    revise(lunch, end_rule="NEVER")
    assert move(lunch, finance).lot_count == 1


def test_there_is_nothing_to_move_twice(lunch: CommercePool, ana: Wallet, finance: User) -> None:
    in_pool(lunch, ana)
    revise(lunch, end_rule="NEVER")
    first = moving.begin(pool=lunch, reason="Once", by=finance, at=TOMORROW)
    assert moving.begin(pool=lunch, reason="Twice", by=finance, at=TOMORROW) == first
    assert moving.carry_out_due(at=TOMORROW) == 1
    with pytest.raises(errors.NothingToMove):
        moving.begin(pool=lunch, reason="Thrice", by=finance, at=TOMORROW)


def test_money_of_another_business_keeps_its_version(
    lunch: CommercePool, business: Organisation, finance: User, ana: Wallet
) -> None:
    pools.set_usage(
        pool=lunch, is_published=True, is_transferable=False, is_for_top_ups=False, at=NOW
    )
    lunch.refresh_from_db()
    there = in_pool(lunch, money.wallet(money.business(), "Cy"))
    in_pool(lunch, ana)
    revise(lunch, end_rule="NEVER")
    assert move(lunch, finance).lot_count == 1
    there.refresh_from_db()
    assert there.pool_version.number == 1


def test_moved_money_lapses_by_its_new_day_alone(
    lunch: CommercePool, ana: Wallet, finance: User
) -> None:
    lot = in_pool(lunch, ana)
    revise(lunch, end_rule="RELATIVE", end_after=30, end_unit="DAY")
    move(lunch, finance)
    assert expiry.expire_due(at=NOW + timedelta(days=11)) == 0
    assert expiry.expire_due(at=NOW + timedelta(days=31)) == 1
    assert money.left_in(lot) == 0


def test_the_database_keeps_a_lot_in_its_pool(
    lunch: CommercePool, ana: Wallet, business: Organisation
) -> None:
    lot, other = in_pool(lunch, ana), money.pool(business, "Other")
    faults = (
        ("pool_version_id = %s", other.pk),
        ("starts_at = %s", NOW + timedelta(days=1)),
        ("amount_minor = %s", 900),
    )
    for change, value in faults:
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE wallet_lot SET {change} WHERE id = %s", [value, lot.pk])  # noqa: S608


WEEKDAYS = TimeRow(weekdays=frozenset(range(5)), start_minute=12 * 60, end_minute=14 * 60)
EVENINGS = TimeRow(start_minute=18 * 60, end_minute=22 * 60)
HERE, BOTH = (
    LocationCondition(venue_ids=frozenset({1})),
    LocationCondition(venue_ids=frozenset({1, 2})),
)
FOOD = ProductCondition(family_ids=frozenset({7}))
FOOD_OR_DRINKS = ProductCondition(family_ids=frozenset({7}), type_ids=frozenset({8}))


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"location": HERE}, {"location": BOTH}),
        ({"location": HERE}, {}),
        ({"time": TimeCondition((WEEKDAYS,))}, {"time": TimeCondition((WEEKDAYS, EVENINGS))}),
        ({"time": TimeCondition((WEEKDAYS,))}, {}),
        ({"products": FOOD}, {"products": FOOD_OR_DRINKS}),
        ({"products": FOOD}, {}),
    ],
)
def test_more_of_a_kind_is_wider_and_less_is_narrower(
    narrow: dict[str, Any], wide: dict[str, Any]
) -> None:
    small, large = Terms(ConditionSet(**narrow)), Terms(ConditionSet(**wide))
    assert narrowings(small, large) == ()
    assert len(narrowings(large, small)) == 1
    assert narrowings(small, small) == narrowings(large, large) == ()


def test_an_activation_and_a_price_before_tax_are_narrower() -> None:
    free, asked = Terms(ConditionSet()), Terms(ConditionSet(), True, True)
    assert len(narrowings(free, asked)) == 2
    assert narrowings(asked, free) == ()
