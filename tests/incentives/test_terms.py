from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from incentives.terms import Terms

EURO = Terms.money(Money(5000, "EUR"), "Paid to your account")
SHARE = Terms.percentage(Decimal("12.50"), "On your next order")
WORDS = Terms.words("A guided tour")


def test_a_value_reads_as_people_write_it() -> None:
    assert EURO.value_text == "€50.00"
    assert SHARE.value_text == "12.5%"
    assert Terms.percentage(Decimal(100)).value_text == "100%"
    assert Terms.percentage(Decimal("10.00")).value_text == "10%"
    assert WORDS.value_text == ""


def test_the_number_is_what_proposals_are_compared_by() -> None:
    assert EURO.number == Decimal("50.00")
    assert SHARE.number == Decimal("12.5")
    assert WORDS.number is None
    assert EURO.amount == Money(5000, "EUR")
    assert SHARE.amount is None


def test_terms_are_said_in_one_line() -> None:
    assert EURO.describe("cashback") == "€50.00 cashback: Paid to your account"
    assert Terms.money(Money(5000, "EUR")).describe("cashback") == "€50.00 cashback"
    assert WORDS.describe("gift card") == "A guided tour"


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        (EURO, set()),
        (SHARE, set()),
        (WORDS, set()),
        (Terms.money(Money(5000, "EUR")), set()),
        (Terms.money(Money(1, "KWD")), set()),
        (Terms.money(Money(0, "EUR"), "nothing"), {"value"}),
        (Terms.money(Money(-5000, "EUR"), "less"), {"value"}),
        (Terms.money(Money(10**14, "EUR")), {"value"}),
        (Terms.percentage(Decimal(100)), set()),
        (Terms.percentage(Decimal("100.01")), {"value"}),
        (Terms.percentage(Decimal("12.345")), {"value"}),
        (Terms.percentage(Decimal(0)), {"value"}),
        (Terms.words("   "), {"value", "value_description"}),
        (Terms("none"), {"value", "value_description"}),
        (Terms("currency", currency="EUR"), {"value", "value_description"}),
        (Terms("currency", currency="EUR", description="words"), {"value"}),
        (Terms("percent", description="words"), {"value"}),
        (Terms("currency", minor=100), {"currency"}),
        (Terms("currency", minor=100, currency="XXQ"), {"currency"}),
        (Terms("points", description="words"), {"value_unit"}),
        (Terms.words("w" * 255), set()),
        (Terms.words("w" * 256), {"value_description"}),
    ],
)
def test_what_keeps_terms_from_being_offered_is_named_at_its_field(
    terms: Terms, fields: set[str]
) -> None:
    assert set(terms.problems()) == fields


@given(st.integers(1, 10**11), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_every_positive_amount_can_be_offered(minor: int, currency: str) -> None:
    assert Terms.money(Money(minor, currency)).problems() == {}


def test_only_numbers_of_one_unit_and_currency_are_compared() -> None:
    assert EURO.is_like(Terms.money(Money(1, "EUR")))
    assert not EURO.is_like(Terms.money(Money(5000, "USD")))
    assert not EURO.is_like(SHARE)
    assert not SHARE.is_like(WORDS)
