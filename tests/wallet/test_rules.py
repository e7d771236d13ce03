"""Dates, shares and codes: what needs no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.rules import codes
from wallet.rules.expiry import Span, Validity, Window, refilled, window
from wallet.rules.redemption import basket, commerce_cap, is_timely
from wallet.rules.rounding import cumulative, half_up, spread

ZONE = "Europe/Nicosia"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(ZONE))  # type: ignore[arg-type]


def validity(awarded_at: datetime, **rules: object) -> Window:
    return window(Validity(**rules), awarded_at=awarded_at, zone=ZONE)  # type: ignore[arg-type]


YEAR, MONTH = Span(1, "YEAR"), Span(1, "MONTH")
AWARDED = at(2026, 11, 22, 15, 4)


@pytest.mark.scenario("WAL-29", "WAL-30")
def test_a_year_ends_at_the_midnight_of_its_day() -> None:
    usable = validity(AWARDED, ends_after=YEAR)
    assert at(2027, 11, 21, 23, 59, 59) in usable
    assert at(2027, 11, 22) not in usable


@pytest.mark.scenario("WAL-31")
def test_a_year_after_29_february_is_1_march() -> None:
    usable = validity(at(2028, 2, 29, 12), ends_after=YEAR)
    assert usable.expires_at == at(2029, 3, 1)


@pytest.mark.scenario("WAL-32")
def test_a_month_after_31_january_is_1_march() -> None:
    assert validity(at(2027, 1, 31, 12), ends_after=MONTH).expires_at == at(2027, 3, 1)


@pytest.mark.scenario("WAL-33")
def test_the_last_day_is_usable_to_its_end() -> None:
    last_day = date(2026, 12, 31)
    usable = validity(AWARDED, ends_on=last_day + timedelta(days=1))
    assert at(2026, 12, 31, 23, 59, 59) in usable
    assert at(2027, 1, 1) not in usable


@pytest.mark.scenario("WAL-39")
def test_a_start_after_three_days_is_the_midnight_of_the_third() -> None:
    usable = validity(AWARDED, starts_after=Span(3, "DAY"))
    assert at(2026, 11, 24, 23, 59) not in usable
    assert at(2026, 11, 25) in usable


def test_a_month_after_31_december_is_31_january() -> None:
    assert validity(at(2026, 12, 31, 8), ends_after=MONTH).expires_at == at(2027, 1, 31)


def test_a_fixed_start_in_the_past_is_now() -> None:
    assert validity(AWARDED, starts_on=date(2026, 1, 1)).starts_at == AWARDED
    assert validity(AWARDED, starts_on=date(2027, 1, 1)).starts_at == at(2027, 1, 1)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - given a zone below
    st.sampled_from(["DAY", "WEEK", "MONTH", "YEAR"]),
    st.integers(1, 40),
)
def test_every_span_ends_later_at_a_local_midnight(naive: datetime, unit: str, n: int) -> None:
    awarded = naive.replace(tzinfo=UTC)
    usable = validity(awarded, ends_after=Span(n, unit))
    assert usable.expires_at is not None
    assert awarded in usable
    assert usable.expires_at not in usable
    local = usable.expires_at.astimezone(ZoneInfo(ZONE))
    assert (local.hour, local.minute) == (0, 0)


def test_money_that_comes_back_late_gets_the_days_of_grace() -> None:
    yesterday, tomorrow = AWARDED - timedelta(days=1), AWARDED + timedelta(days=1)
    assert refilled(yesterday, at=AWARDED, grace_days=7) == AWARDED + timedelta(days=7)
    assert refilled(yesterday, at=AWARDED, grace_days=0) == AWARDED
    assert refilled(tomorrow, at=AWARDED, grace_days=7) == tomorrow
    assert refilled(None, at=AWARDED, grace_days=7) is None


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(days=7), True),
        (timedelta(days=7, seconds=1), False),
        (-timedelta(minutes=5), True),
        (-timedelta(minutes=5, seconds=1), False),
    ],
)
def test_an_event_is_at_most_a_week_old_and_hardly_ahead(age: timedelta, expected: bool) -> None:
    assert is_timely(AWARDED - age, at=AWARDED) is expected


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_cumulative_parts_add_up_to_the_whole(total: int, steps: list[int]) -> None:
    whole, done, given_out = sum(steps), 0, 0
    for step in steps:
        done += step
        part = cumulative(total, done=done, of=whole, already=given_out)
        assert part >= 0
        given_out += part
    assert given_out == total


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.data())
def test_a_spread_adds_up_and_exceeds_no_weight(weights: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(weights)))
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


def test_halves_go_up() -> None:
    assert [half_up(n, 2) for n in (1, 2, 3, 5)] == [1, 1, 2, 3]


@given(st.integers(0, 10**14 - 1), st.integers(0, 15), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(body: int, place: int, shift: int) -> None:
    digits = f"9{body:014d}"
    code = digits + codes.check_digit(digits)
    assert codes.is_valid(code)
    wrong = str((int(code[place]) + shift) % 10)
    assert not codes.is_valid(code[:place] + wrong + code[place + 1 :])


def test_a_drawn_code_begins_with_9_and_has_16_digits() -> None:
    drawn = {codes.draw() for _ in range(200)}
    assert len(drawn) == 200
    assert all(code[0] == "9" and len(code) == 16 and codes.is_valid(code) for code in drawn)


def test_a_number_that_may_be_a_payment_card_is_no_wallet_code() -> None:
    body = "4" + "0" * 14
    assert not codes.is_valid(body + codes.check_digit(body))


def test_instant_discounts_count_inside_the_90_percent() -> None:
    goods = basket(total=10_000, lines=[(10_000, 10_000)], instant=[1_000])
    assert commerce_cap(goods, want=9_000, at_90=True) == 8_000
    assert commerce_cap(goods, want=9_000, at_90=False) == 9_000


def test_money_before_tax_pays_the_net_part_of_a_line_and_no_tax() -> None:
    goods = basket(total=2_400, lines=[(1_200, 1_000), (1_200, 1_000)])
    whole = frozenset({0, 1})
    for before_tax, most in ((True, 2_000), (False, 2_400)):
        positions = goods.positions(whole, before_tax=before_tax)
        assert sum(goods.capacities[position] for position in positions) == most
