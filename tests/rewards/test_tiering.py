"""Which tier a contact holds: rewards.md 5 and its worked tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from core.calendar import day_bounds
from core.money import Money
from rewards.choices import DowngradeMode
from rewards.rules import tiering
from rewards.rules.tiering import Cycle, Tier, TierSettings, TierState
from tests.rewards.test_award_amounts import VECTORS

ZONE = "Asia/Nicosia"
BRONZE, SILVER, GOLD = (
    Tier(number, Decimal(threshold), name)
    for number, (name, threshold) in enumerate(VECTORS["tiers"]["thresholds"].items(), start=1)
)
TIERS = (BRONZE, SILVER, GOLD)
NAMES = {tier.id: tier.name for tier in TIERS}
MONTHLY = Cycle(anchor=date(2026, 1, 1), months=1, zone=ZONE)
RULES = TierSettings(tiers=TIERS)
JANUARY = datetime(2026, 1, 10, tzinfo=UTC)


def at_tier(tier: Tier, units: str = "0") -> TierState:
    return replace(
        tiering.opening(RULES, MONTHLY, JANUARY), tier_id=tier.id, period_units=Decimal(units)
    )


@pytest.mark.parametrize("case", VECTORS["period_starts"], ids=lambda case: case["anchor"])
def test_periods_are_counted_from_the_anchor(case: dict[str, Any]) -> None:
    anchor = date.fromisoformat(case["anchor"])
    cycle = Cycle(anchor=anchor, months=case["months"], zone=ZONE)
    starts = [date.fromisoformat(start) for start in case["starts"]]
    assert [tiering.period_start(cycle, number) for number in range(len(starts))] == starts
    first = tiering.period_of(cycle, day_bounds(starts[0], ZONE).start)
    for start in starts:
        assert first.start == day_bounds(start, ZONE).start
        assert first.end is not None
        first = tiering.period_after(cycle, first.end)


@pytest.mark.scenario("RWD-94")
def test_periods_from_sign_up_begin_at_local_midnight_on_the_last_day_of_short_months() -> None:
    cycle = Cycle(anchor=date(2026, 1, 31), months=1, zone=ZONE)
    period = tiering.period_of(cycle, datetime(2026, 2, 1, tzinfo=UTC))
    found = []
    for _ in range(3):
        assert period.end is not None
        found.append(period.end)
        period = tiering.period_after(cycle, period.end)
    assert found == [
        datetime(2026, 2, 27, 22, tzinfo=UTC),
        datetime(2026, 3, 30, 21, tzinfo=UTC),
        datetime(2026, 4, 29, 21, tzinfo=UTC),
    ]


@pytest.mark.parametrize("case", VECTORS["tiers"]["cases"])
def test_every_worked_table_comes_out_as_written(case: dict[str, Any]) -> None:
    given = case["settings"]
    rules = TierSettings(
        tiers=TIERS,
        rate=Decimal(VECTORS["tiers"]["rate"]),
        advance=given["advance"],
        immediate=given["immediate"],
        downgrade=given["downgrade"],
        mode=DowngradeMode(given["mode"]),
    )
    state = tiering.opening(rules, MONTHLY, JANUARY)
    for expected in case["periods"]:
        assert NAMES[state.tier_id] == expected["tier_at_start"]
        early = []
        for purchase in expected["purchases"]:
            units = tiering.units_of(Money.parse(purchase, "EUR"), rules.rate)
            state, advanced = tiering.count(state, rules, units, state.period.start)
            if advanced:
                early.append({"after_purchase": purchase, "to": NAMES[advanced]})
        assert early == expected["early_advances"]
        assert state.period.end is not None
        state, (result,) = tiering.close_due_periods(state, rules, MONTHLY, state.period.end)
        assert result.units == Decimal(expected["units"])
        assert tiering.reached(TIERS, result.units).name == expected["reached"]
        assert NAMES[result.after_id] == NAMES[state.tier_id] == expected["tier_after"]
        assert state.period_units == 0


@pytest.mark.parametrize(
    ("total", "rate", "units"),
    [
        pytest.param("12.34", "100", "1234.00", marks=pytest.mark.scenario("RWD-97")),
        ("0.04", "0.1", "0.00"),
        ("0.05", "0.1", "0.01"),
    ],
)
def test_units_are_the_total_times_the_rate(total: str, rate: str, units: str) -> None:
    assert tiering.units_of(Money.parse(total, "EUR"), Decimal(rate)) == Decimal(units)


def test_a_purchase_in_another_currency_is_exchanged_first() -> None:
    yen = Money.parse("1000", "JPY")
    assert tiering.units_of(yen, Decimal(1), Decimal("0.0062")) == Decimal("6.20")


def test_missed_evaluations_are_made_up_for_in_order() -> None:
    state = at_tier(BRONZE, "1200")
    later = datetime(2026, 4, 2, tzinfo=UTC)
    state, results = tiering.close_due_periods(state, RULES, MONTHLY, later)
    assert [NAMES[result.after_id] for result in results] == ["Silver", "Bronze", "Bronze"]
    assert [result.units for result in results] == [1200, 0, 0]
    assert later in state.period


def test_the_end_of_a_period_belongs_to_the_next_one() -> None:
    state = at_tier(BRONZE, "1000")
    end = state.period.end
    assert end is not None
    assert tiering.close_due_periods(state, RULES, MONTHLY, end - timedelta(seconds=1))[1] == ()
    assert len(tiering.close_due_periods(state, RULES, MONTHLY, end)[1]) == 1


def test_what_is_taken_back_leaves_the_tier_until_the_period_ends() -> None:
    rules = replace(RULES, immediate=True)
    state, advanced = tiering.count(at_tier(BRONZE), rules, Decimal(1000), JANUARY)
    assert advanced == SILVER.id
    state = tiering.take_back(state, Decimal(1000), counted_at=JANUARY)
    assert (state.tier_id, state.period_units, state.lifetime_units) == (SILVER.id, 0, 0)
    assert state.period.end is not None
    state, _results = tiering.close_due_periods(state, rules, MONTHLY, state.period.end)
    assert state.tier_id == BRONZE.id


def test_units_of_an_earlier_period_are_taken_from_the_lifetime_alone() -> None:
    state = replace(at_tier(SILVER, "300"), lifetime_units=Decimal(500))
    state = tiering.take_back(
        state, Decimal(700), counted_at=state.period.start - timedelta(seconds=1)
    )
    assert (state.period_units, state.lifetime_units) == (300, 0)


def test_the_contact_sees_what_is_missing() -> None:
    seen = tiering.standing(at_tier(SILVER, "300"), RULES)
    assert (seen.maintain, seen.next_id, seen.progress) == (700, GOLD.id, 4700)
    top = tiering.standing(at_tier(GOLD, "6000"), RULES)
    assert (top.maintain, top.next_id, top.progress) == (0, None, None)


def test_a_changed_interval_acts_from_the_end_of_the_running_period_on() -> None:
    state = at_tier(BRONZE)
    quarterly = Cycle(anchor=date(2026, 1, 1), months=3, zone=ZONE)
    assert state.period.end == day_bounds(date(2026, 2, 1), ZONE).start
    state, _ = tiering.close_due_periods(state, RULES, quarterly, state.period.end)
    assert state.period.end == day_bounds(date(2026, 4, 1), ZONE).start


def test_contacts_of_a_deleted_tier_move_to_the_next_lower_one() -> None:
    assert tiering.without_tier(at_tier(SILVER), (BRONZE, GOLD), SILVER).tier_id == BRONZE.id
    assert tiering.without_tier(at_tier(GOLD), (BRONZE, GOLD), SILVER).tier_id == GOLD.id
    assert tiering.without_tier(at_tier(BRONZE), (SILVER, GOLD), BRONZE).tier_id == SILVER.id


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        (TIERS, ""),
        ((BRONZE,), "2 to 10"),
        ((SILVER, GOLD), "begins at 0"),
        ((BRONZE, GOLD, SILVER), "higher threshold"),
        ((BRONZE, replace(SILVER, name="bronze")), "name of its own"),
    ],
)
def test_tiers_begin_at_nothing_and_rise(tiers: tuple[Tier, ...], words: str) -> None:
    found = tiering.problems(tiers)
    assert (words in found[0]) if words else found == ()


@given_that(
    st.lists(st.integers(0, 9000), max_size=12),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(DowngradeMode),
    st.integers(1, 400),
)
def test_closing_twice_changes_nothing(
    amounts: list[int],
    advance: bool,
    immediate: bool,
    downgrade: bool,
    mode: DowngradeMode,
    days: int,
) -> None:
    rules = TierSettings(
        tiers=TIERS, advance=advance, immediate=immediate, downgrade=downgrade, mode=mode
    )
    state = tiering.opening(rules, MONTHLY, JANUARY)
    for amount in amounts:
        before = state.tier_id
        state, advanced = tiering.count(state, rules, Decimal(amount), JANUARY)
        assert advanced is None or rules.rank(advanced) > rules.rank(before)
    now = JANUARY + timedelta(days=days)
    once, results = tiering.close_due_periods(state, rules, MONTHLY, now)
    assert tiering.close_due_periods(once, rules, MONTHLY, now) == (once, ())
    assert now in once.period
    ends = [result.period.end for result in results]
    assert ends == sorted(set(ends))
