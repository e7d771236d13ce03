"""How much of an award falls back when goods come back: rewards.md 11.5."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from events.conditions import AmountCondition, ConditionSet, ProductCondition
from events.facts import PurchaseFacts
from rewards.choices import AwardForm, ProductGroupKind
from rewards.configuration import AwardTerms, Offer, ProductGroup
from rewards.rules.returns import ReturnExceedsPurchase, after_return, due_back
from tests.events.baskets import CAKE, ESPRESSO, HOT, TEA, line
from tests.rewards.club import BASKET, ON_HOT, buys, euros, instant, offer, outcome, percent

CHEAPEST = AwardTerms(
    form=AwardForm.CHEAPEST_IN_GROUP, group=ProductGroup(ProductGroupKind.CATEGORY, HOT)
)


def falls_back(made_by: Offer, bought: PurchaseFacts, returned: list[int]) -> list[int]:
    """Return what falls back at each of several returns of money, one after the other."""
    (grant,) = outcome(bought, made_by).awards
    found: list[int] = []
    for so_far in accumulate(returned):
        remaining = after_return(bought, amount_minor=so_far)
        found.append(
            due_back(
                made_by,
                remaining,
                granted_minor=grant.amount_minor,
                reversed_minor=sum(found),
                product_id=grant.candidate.product_id,
            )
        )
    return found


def falls_back_with(made_by: Offer, bought: PurchaseFacts, quantities: dict[int, str]) -> int:
    """Return what falls back when these quantities of products come back."""
    (grant,) = outcome(bought, made_by).awards
    came_back = {product: Decimal(quantity) for product, quantity in quantities.items()}
    return due_back(
        made_by,
        after_return(bought, quantities=came_back),
        granted_minor=grant.amount_minor,
        product_id=grant.candidate.product_id,
    )


def test_a_percentage_is_taken_anew_of_what_remains() -> None:
    assert falls_back(offer(), buys("100.00"), [4000, 6000]) == [200, 300]


def test_three_thirds_of_ten_come_to_the_whole_award() -> None:
    assert falls_back(offer(percent("1")), buys("10.00"), [333, 333, 334]) == [3, 4, 3]


def test_a_fixed_amount_stays_while_the_smallest_purchase_is_met() -> None:
    least = ConditionSet(amount=AmountCondition(currency="EUR", min_minor=2000))
    three = offer(euros("3.00"), conditions=least)
    assert falls_back(three, buys("25.00"), [500]) == [0]
    assert falls_back(three, buys("25.00"), [501]) == [300]


def test_a_fixed_amount_falls_back_with_its_products() -> None:
    hot = ProductCondition(category_ids=frozenset({HOT}), min_quantity=Decimal(3))
    made_by = offer(euros("1.00"), kind="BUNDLE", conditions=ConditionSet(products=hot))
    bought = buys(lines=BASKET)
    assert falls_back_with(made_by, bought, {CAKE.id: "1"}) == 0
    assert falls_back_with(made_by, bought, {TEA.id: "1"}) == 100


def test_a_percentage_of_products_looks_at_the_lines_that_remain() -> None:
    made_by = offer(percent("10"), kind="BUNDLE", conditions=ON_HOT)
    bought = buys(lines=BASKET)
    assert falls_back_with(made_by, bought, {CAKE.id: "1"}) == 0
    assert falls_back_with(made_by, bought, {ESPRESSO.id: "1"}) == 25


def test_a_free_unit_falls_back_when_it_comes_back() -> None:
    made_by = offer(CHEAPEST, kind="BUNDLE", conditions=ON_HOT)
    bought = buys(lines=BASKET)
    assert falls_back_with(made_by, bought, {ESPRESSO.id: "2"}) == 0
    assert falls_back_with(made_by, bought, {TEA.id: "1"}) == 220


def test_a_free_unit_stays_while_another_one_of_it_is_kept() -> None:
    free = AwardTerms(form=AwardForm.FREE_PRODUCT, product_id=ESPRESSO.id)
    made_by = offer(free, kind="BUNDLE", conditions=ON_HOT)
    bought = buys(lines=BASKET)
    assert falls_back_with(made_by, bought, {ESPRESSO.id: "1"}) == 0
    assert falls_back_with(made_by, bought, {ESPRESSO.id: "2"}) == 250


def test_everything_returned_takes_every_award_back() -> None:
    all_of_it = {ESPRESSO.id: "2", TEA.id: "1", CAKE.id: "1"}
    bought = buys(lines=BASKET, total_minor=1141)
    for made_by in (offer(), offer(euros("3.00")), instant(percent("20"))):
        granted = outcome(bought, made_by).awards[0].amount_minor
        assert falls_back_with(made_by, bought, all_of_it) == granted


def test_a_capped_award_stays_until_the_cap_no_longer_holds_it() -> None:
    capped = offer(percent("20", max_minor=500))
    assert falls_back(capped, buys("100.00"), [7500, 500]) == [0, 100]


@pytest.mark.parametrize(
    ("quantities", "amount"),
    [
        ({ESPRESSO.id: Decimal(3)}, 0),
        ({999: Decimal(1)}, 0),
        ({}, 1141),
        ({TEA.id: Decimal(1)}, 921),
    ],
)
def test_more_than_was_bought_cannot_come_back(quantities: dict[int, Decimal], amount: int) -> None:
    with pytest.raises(ReturnExceedsPurchase) as refusal:
        after_return(buys(lines=BASKET), quantities=quantities, amount_minor=amount)
    assert refusal.value.code == "RETURN_EXCEEDS_PURCHASE"
    assert refusal.value.status == 422


def test_part_of_a_line_leaves_its_share_whatever_the_order_of_returns() -> None:
    bought = buys(lines=[line(ESPRESSO, 1000, "3")])
    left = [
        after_return(bought, quantities={ESPRESSO.id: Decimal(count)}).facts.total_minor
        for count in (1, 2, 3)
    ]
    assert left == [667, 333, 0]


@given_that(
    total=st.integers(1, 100_000),
    rate=st.integers(1, 10_000),
    cap=st.none() | st.integers(1, 5000),
    parts=st.lists(st.integers(1, 40_000), min_size=1, max_size=6),
)
def test_what_falls_back_never_exceeds_the_award_and_all_of_it_does_in_the_end(
    total: int, rate: int, cap: int | None, parts: list[int]
) -> None:
    terms = AwardTerms(form=AwardForm.PERCENTAGE, percentage=Decimal(rate) / 100, max_minor=cap)
    made_by, bought = offer(terms), buys(lines=[line(CAKE, total)])
    awards = outcome(bought, made_by).awards
    if not awards:
        return
    returned: list[int] = []
    for part in parts:
        returned.append(min(part, total - sum(returned)))
    found = falls_back(made_by, bought, [*returned, total - sum(returned)])
    assert all(minor >= 0 for minor in found)
    assert sum(found) == awards[0].amount_minor
