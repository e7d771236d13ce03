"""Where instant discounts lie on the lines (wallet.md 5.7)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from events.facts import LineFacts
from rewards.configuration import Candidate, Grant, Offer
from rewards.rules.line_discounts import line_discounts
from tests.events import baskets
from tests.rewards.club import BASKET, ON_HOT, buys, euros, instant, offer


def grant(of: Offer, minor: int, product_id: int | None = None) -> Grant:
    return Grant(Candidate(of, 7, minor, product_id), minor)


def test_a_discount_of_the_whole_purchase_lies_on_all_lines_in_proportion() -> None:
    facts = buys(lines=BASKET)
    assert line_discounts(facts, [grant(instant(euros("1.14")), 114)]) == (50, 22, 42)


def test_a_discount_of_products_lies_on_their_lines() -> None:
    facts = buys(lines=BASKET)
    on_hot = instant(euros("0.72"), kind="BUNDLE", conditions=ON_HOT)
    assert line_discounts(facts, [grant(on_hot, 72)]) == (50, 22, 0)
    assert line_discounts(facts, [grant(on_hot, 220, baskets.TEA.id)]) == (0, 220, 0)


def test_what_does_not_fit_on_its_lines_lies_on_the_others() -> None:
    facts = buys(lines=BASKET)
    on_hot = instant(euros("8.00"), kind="BUNDLE", conditions=ON_HOT)
    assert line_discounts(facts, [grant(on_hot, 800)]) == (500, 220, 80)


def test_a_purchase_without_lines_is_one_line() -> None:
    facts = replace(buys(lines=()), total_minor=2_000)
    assert line_discounts(facts, [grant(instant(euros("3.00")), 300)]) == (300,)


def test_cashback_lies_on_no_line() -> None:
    facts = buys(lines=BASKET)
    assert line_discounts(facts, [grant(offer(euros("1.00")), 100)]) == (0, 0, 0)


@given(
    st.lists(st.integers(0, 5_000), min_size=1, max_size=6),
    st.lists(st.integers(1, 3_000), max_size=4),
)
def test_nothing_is_lost_and_no_line_falls_below_zero(totals: list[int], minors: list[int]) -> None:
    lines = [
        LineFacts(product=baskets.CAKE, quantity=Decimal(1), total_minor=total, net_minor=total)
        for total in totals
    ]
    facts = buys(lines=lines)
    room, grants = sum(totals), []
    for minor in minors:
        fitting = min(minor, room)
        room -= fitting
        if fitting:
            grants.append(grant(instant(euros("1.00")), fitting))
    found = line_discounts(facts, grants)
    assert sum(found) == sum(one.amount_minor for one in grants)
    assert all(0 <= off <= total for off, total in zip(found, totals, strict=True))
