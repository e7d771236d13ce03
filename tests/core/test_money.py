from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CurrencyMismatch, Money, NotMoney, digits

WHOLE = 10**15
minors = st.integers(-WHOLE, WHOLE)
currencies = st.sampled_from(["EUR", "JPY", "KWD", "USD"])


@pytest.mark.parametrize(("currency", "expected"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CHF", 2)])
def test_digits_are_those_of_the_currency(currency: str, expected: int) -> None:
    assert digits(currency) == expected


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XX", "€"])
def test_what_is_no_currency_code_is_refused(code: str) -> None:
    with pytest.raises(NotMoney):
        Money(100, code)


@pytest.mark.parametrize("minor", [1.0, Decimal(1), "1", True, None])
def test_only_whole_minor_units_count_as_money(minor: object) -> None:
    with pytest.raises(NotMoney):
        Money(minor, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        (" 12.3 ", "EUR", 1230),
        ("-0.5", "EUR", -50),
        ("+7", "EUR", 700),
        ("0", "EUR", 0),
        ("1234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("1.50", "JPY", None),
        ("1.234", "EUR", None),
        ("1,234.00", "EUR", None),
        ("1e3", "EUR", None),
        ("", "EUR", None),
        (".", "EUR", None),
        ("--1", "EUR", None),
        ("nan", "EUR", None),
        ("Infinity", "EUR", None),
        ("١٢", "EUR", None),
        ("1.0000000000000000000000000000001", "EUR", None),
        ("1.0000000000000000000000000000000", "EUR", 100),
        ("1" + "0" * 30, "EUR", None),
        ("9999999999999999.99", "EUR", 999_999_999_999_999_999),
    ],
)
def test_reading_an_amount_is_exact_or_refused(text: str, currency: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(NotMoney):
            Money.parse(text, currency)
    else:
        assert Money.parse(text, currency) == Money(minor, currency)


@given(minors, currencies)
def test_an_amount_written_and_read_again_is_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(f"{money.amount:f}", currency) == money
    assert Money.of(money.amount, currency) == money


@given(minors, currencies, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_the_parts_of_a_split_sum_to_the_whole(
    minor: int, currency: str, weights: list[int]
) -> None:
    if not any(weights):
        with pytest.raises(NotMoney):
            Money(minor, currency).split(weights)
        return
    parts = Money(minor, currency).split(weights)
    assert sum((part.minor for part in parts), 0) == minor
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)


@pytest.mark.parametrize(
    ("minor", "weights", "expected"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (5, [1, 1], [3, 2]),
        (100, [0, 1], [0, 100]),
        (1000, [70, 20, 10], [700, 200, 100]),
        (10, [3, 3, 3, 1], [3, 3, 3, 1]),
        (2, [1, 1, 1], [1, 1, 0]),
        (-5, [1, 1], [-2, -3]),
    ],
)
def test_the_largest_remainder_gets_the_odd_units_and_the_first_wins_a_tie(
    minor: int, weights: list[int], expected: list[int]
) -> None:
    assert [part.minor for part in Money(minor, "EUR").split(weights)] == expected


def test_a_split_refuses_negative_weights() -> None:
    with pytest.raises(NotMoney):
        Money(100, "EUR").split([2, -1])


@pytest.mark.parametrize(
    ("minor", "percentage", "expected"),
    [
        (1000, "12.5", 125),
        (1, "50", 1),
        (3, "50", 2),
        (5, "10", 1),
        (4, "10", 0),
        (999, "33.33", 333),
        (-1, "50", -1),
        (1050, "0", 0),
        (333, "100", 333),
    ],
)
def test_a_percentage_is_rounded_half_up_once(minor: int, percentage: str, expected: int) -> None:
    assert Money(minor, "EUR").percent(Decimal(percentage)) == Money(expected, "EUR")


@given(st.integers(0, WHOLE), st.decimals(0, 100, places=2))
def test_a_percentage_is_never_off_by_more_than_half_a_unit(minor: int, share: Decimal) -> None:
    exact = Decimal(minor) * share / 100
    assert abs(Money(minor, "EUR").percent(share).minor - exact) <= Decimal("0.5")


@given(minors, st.integers(1, 10_000))
def test_rounding_up_reaches_the_next_multiple_and_no_further(minor: int, unit: int) -> None:
    rounded = Money(minor, "EUR").round_up(unit).minor
    assert rounded % unit == 0
    assert 0 <= rounded - minor < unit


def test_rounding_up_needs_a_unit() -> None:
    with pytest.raises(NotMoney):
        Money(1, "EUR").round_up(0)


@given(minors, minors, currencies)
def test_sums_and_comparisons_are_those_of_the_minor_units(a: int, b: int, currency: str) -> None:
    one, other = Money(a, currency), Money(b, currency)
    assert (one + other) - other == one
    assert (one - other).minor == a - b
    assert (-one).minor == -a
    assert (one < other, one <= other, one > other, one >= other) == (a < b, a <= b, a > b, a >= b)
    assert bool(one) == (a != 0)


@pytest.mark.parametrize(
    "operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"]
)
def test_two_currencies_never_mix(operation: str) -> None:
    with pytest.raises(CurrencyMismatch):
        getattr(Money(1, "EUR"), operation)(Money(1, "USD"))


def test_money_does_not_mix_with_bare_numbers() -> None:
    with pytest.raises(TypeError):
        Money(1, "EUR") + 1  # type: ignore[operator]
    assert Money(1, "EUR") != 1


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(123456, "EUR"), "€1,234.56"),
        (Money(5, "EUR"), "€0.05"),
        (Money(1234, "JPY"), "JP¥1,234"),
        (Money(-50, "GBP"), "-£0.50"),
    ],
)
def test_money_is_shown_as_people_write_it(money: Money, shown: str) -> None:
    assert money.format("en_GB") == shown


def test_money_has_exactly_the_decimals_of_its_currency() -> None:
    assert str(Money(1200, "EUR")) == "12.00 EUR"
    assert str(Money(1200, "JPY")) == "1200 JPY"
    assert str(Money(1200, "KWD")) == "1.200 KWD"
