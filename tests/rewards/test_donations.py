"""What is given away at a purchase: rewards.md 9.3."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from core.money import Money
from rewards.rules.donations import gift, spare_change
from tests.rewards.test_award_amounts import VECTORS


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


@pytest.mark.parametrize("case", VECTORS["spare_change"])
def test_spare_change_is_given_times_the_multiplier_and_topped_up(case: dict[str, Any]) -> None:
    spare = spare_change(euros(case["total"]))
    assert spare == euros(case["spare"])
    found = gift(
        spare, multiplier=case["multiplier"], contribution=Decimal(case["contribution_percent"])
    )
    given = found.contact if found else euros("0")
    added = (found.business if found else None) or euros("0")
    assert (given, added) == (euros(case["contact"]), euros(case["business"]))
    assert found is None or found.total == given + added


def test_a_whole_purchase_leaves_no_donation() -> None:
    assert gift(spare_change(euros("10.00")), contribution=Decimal(50)) is None


def test_a_contribution_of_nothing_is_absent() -> None:
    found = gift(spare_change(euros("7.99")), contribution=Decimal(10))
    assert found is not None
    assert found.business is None
    assert found.total == found.contact == euros("0.01")


def test_a_fixed_donation_is_multiplied_too() -> None:
    found = gift(euros("0.50"), multiplier=3, contribution=Decimal(1000))
    assert found is not None
    assert (found.contact, found.business) == (euros("1.50"), euros("15.00"))


def test_a_currency_without_decimals_has_no_spare_change() -> None:
    assert not spare_change(Money.parse("499", "JPY"))


@given_that(st.integers(0, 10**9), st.sampled_from(["EUR", "KWD", "JPY"]))
def test_spare_change_fills_up_to_the_next_whole_unit(minor: int, currency: str) -> None:
    paid = Money(minor, currency)
    whole = paid + spare_change(paid)
    assert whole.amount == int(whole.amount)
    assert 0 <= (whole - paid).amount < 1
