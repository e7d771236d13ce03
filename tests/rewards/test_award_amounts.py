"""How much an award comes to: rewards.md 3.2 and scenarios 21 to 36."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.conditions import AmountCondition, ConditionSet, ProductCondition
from events.facts import ProductFacts
from rewards.choices import AwardForm, ProductGroupKind, RedeemMethod
from rewards.configuration import AwardTerms, ProductGroup
from rewards.rules.award_amounts import cheapest_in_group, percentage_of, round_half_up
from tests.events.baskets import CAKE, ESPRESSO, HOT, TEA, line
from tests.rewards.club import (
    BASKET,
    ON_HOT,
    awarded,
    buys,
    euros,
    instant,
    money,
    offer,
    outcome,
    percent,
    why_not,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs/specification/rewards_vectors.json").read_text()
)
CHEAPEST_HOT = AwardTerms(
    form=AwardForm.CHEAPEST_IN_GROUP, group=ProductGroup(ProductGroupKind.CATEGORY, HOT)
)
FREE_ESPRESSO = AwardTerms(form=AwardForm.FREE_PRODUCT, product_id=ESPRESSO.id)
MUFFIN = 199
FREE_MUFFIN = AwardTerms(form=AwardForm.FREE_PRODUCT, product_id=MUFFIN, price_minor=310)


def from_(minimum: str | None = None, maximum: str | None = None) -> ConditionSet:
    return ConditionSet(
        amount=AmountCondition(
            currency="EUR",
            min_minor=money(minimum) if minimum else None,
            max_minor=money(maximum) if maximum else None,
        )
    )


@pytest.mark.parametrize("case", VECTORS["percentage"], ids=lambda case: case["base"])
def test_a_percentage_is_rounded_half_up_once(case: dict[str, str]) -> None:
    exact = percentage_of(money(case["base"]), Decimal(case["percent"]))
    assert round_half_up(exact) == money(case["award"])
    assert awarded(buys(case["base"]), offer(percent(case["percent"]))) == {1: case["award"]}


@pytest.mark.parametrize(
    ("rate", "total", "expected"),
    [
        pytest.param("5", "100.00", "5.00", marks=pytest.mark.scenario("RWD-21")),
        pytest.param("5", "9.99", "0.50", marks=pytest.mark.scenario("RWD-22")),
        pytest.param("12.5", "19.99", "2.50", marks=pytest.mark.scenario("RWD-24")),
    ],
)
def test_cashback_is_the_percentage_of_the_total(rate: str, total: str, expected: str) -> None:
    assert awarded(buys(total), offer(percent(rate))) == {1: expected}


@pytest.mark.scenario("RWD-23")
def test_an_award_that_rounds_to_nothing_is_not_granted() -> None:
    assert why_not(buys("0.09"), offer()) == "ZERO_AMOUNT"
    assert outcome(buys("0.09"), offer()).awards == ()
    assert awarded(buys("0.10"), offer()) == {1: "0.01"}


@pytest.mark.scenario("RWD-25")
def test_the_smallest_amount_is_included() -> None:
    three = instant(euros("3.00"), conditions=from_("20.00"))
    assert outcome(buys("19.99"), three).awards == ()
    found = outcome(buys("20.00"), three)
    assert found.instant_minor == 300
    assert buys("20.00").total_minor - found.instant_minor == money("17.00")


@pytest.mark.scenario("RWD-26")
def test_the_largest_amount_is_included() -> None:
    three = offer(euros("3.00"), conditions=from_(maximum="50.00"))
    assert awarded(buys("50.00"), three) == {1: "3.00"}
    assert why_not(buys("50.01"), three) == "AMOUNT"


@pytest.mark.scenario("RWD-27")
def test_an_instant_discount_never_exceeds_the_purchase() -> None:
    found = outcome(buys("7.50"), instant(euros("10.00")))
    assert found.instant_minor == 750 == buys("7.50").total_minor


@pytest.mark.scenario("RWD-28")
def test_cashback_may_exceed_the_purchase() -> None:
    assert awarded(buys("7.50"), offer(euros("10.00"))) == {1: "10.00"}


@pytest.mark.scenario("RWD-29")
def test_a_cap_limits_one_award() -> None:
    assert awarded(buys("40.00"), offer(percent("20", max_minor=500))) == {1: "5.00"}


@pytest.mark.parametrize(
    ("award", "expected"),
    [
        pytest.param(percent("10"), "0.72", marks=pytest.mark.scenario("RWD-30")),
        pytest.param(CHEAPEST_HOT, "2.20", marks=pytest.mark.scenario("RWD-31")),
        pytest.param(FREE_ESPRESSO, "2.50", marks=pytest.mark.scenario("RWD-32")),
        (euros("1.00"), "1.00"),
    ],
)
def test_a_products_discount_looks_at_the_lines_that_match(
    award: AwardTerms, expected: str
) -> None:
    found = offer(award, kind="BUNDLE", conditions=ON_HOT)
    assert awarded(buys(lines=BASKET), found) == {1: expected}


@pytest.mark.scenario("RWD-33")
def test_buy_three_and_the_cheapest_is_free() -> None:
    hot = ProductCondition(category_ids=frozenset({HOT}), min_quantity=Decimal(3))
    third_free = offer(CHEAPEST_HOT, kind="BUNDLE", conditions=ConditionSet(products=hot))
    assert awarded(buys(lines=BASKET), third_free) == {1: "2.20"}
    assert why_not(buys(lines=[line(ESPRESSO, 500, "2")]), third_free) == "PRODUCT"


@pytest.mark.scenario("RWD-34")
def test_a_free_product_outside_the_basket_has_its_catalogue_price_as_cashback_alone() -> None:
    cashback = offer(FREE_MUFFIN, kind="BUNDLE", conditions=ON_HOT)
    assert awarded(buys(lines=BASKET), cashback) == {1: "3.10"}
    at_once = instant(FREE_MUFFIN, kind="BUNDLE", conditions=ON_HOT)
    assert why_not(buys(lines=BASKET), at_once) == "PRODUCT_NOT_IN_BASKET"


def test_a_free_product_without_a_price_in_the_currency_is_not_granted() -> None:
    unpriced = AwardTerms(form=AwardForm.FREE_PRODUCT, product_id=MUFFIN)
    found = offer(unpriced, kind="BUNDLE", conditions=ON_HOT)
    assert why_not(buys(lines=BASKET), found) == "NO_PRICE"


def test_the_cheapest_of_a_group_that_is_not_in_the_basket_is_not_granted() -> None:
    cakes = AwardTerms(
        form=AwardForm.CHEAPEST_IN_GROUP, group=ProductGroup(ProductGroupKind.BRAND, 999)
    )
    found = offer(cakes, kind="BUNDLE", conditions=ON_HOT)
    assert why_not(buys(lines=BASKET), found) == "PRODUCT_NOT_IN_BASKET"


@pytest.mark.scenario("RWD-35")
def test_goods_sold_by_weight_count_the_total_of_their_line() -> None:
    nuts = ProductFacts(id=150, sku="NUTS", type_id=51)
    award = AwardTerms(
        form=AwardForm.CHEAPEST_IN_GROUP, group=ProductGroup(ProductGroupKind.TYPE, 51)
    )
    asked = ConditionSet(products=ProductCondition(type_ids=frozenset({51})))
    found = offer(award, kind="BUNDLE", conditions=asked)
    assert awarded(buys(lines=[line(nuts, 420, "0.350")]), found) == {1: "4.20"}


@pytest.mark.scenario("RWD-36")
def test_instant_discount_and_cashback_are_both_of_the_whole_total() -> None:
    found = outcome(buys("100.00"), offer(id=1), instant(percent("20"), id=2))
    assert {grant.offer.id: grant.amount_minor for grant in found.awards} == {1: 500, 2: 2000}
    assert 10_000 - found.instant_minor == money("80.00")


def test_a_third_of_ten_is_rounded_once_for_one_free_unit() -> None:
    three = [line(ESPRESSO, 1000, "3")]
    found = offer(FREE_ESPRESSO, kind="BUNDLE", conditions=ON_HOT)
    assert awarded(buys(lines=three), found) == {1: "3.33"}


def test_the_first_of_equal_prices_is_the_cheapest() -> None:
    group = ProductGroup(ProductGroupKind.CATEGORY, HOT)
    equal = (line(CAKE, 100), line(TEA, 250), line(ESPRESSO, 500, "2"))
    assert cheapest_in_group(equal, group) == equal[1]


@pytest.mark.parametrize("kind", ProductGroupKind)
def test_a_group_holds_the_products_of_its_kind_alone(kind: ProductGroupKind) -> None:
    product = ProductFacts(
        id=1, sku="A", type_id=5, brand_id=6, family_id=7, category_ids=frozenset({8, 9})
    )
    own = {"TYPE": 5, "BRAND": 6, "FAMILY": 7, "CATEGORY": 9}[kind]
    assert ProductGroup(kind, own).holds(product)
    assert not ProductGroup(kind, 99).holds(product)


@given(
    total=st.integers(0, 10**9),
    hundredths=st.integers(1, 10_000),
    cap=st.none() | st.integers(1, 10**6),
    method=st.sampled_from(RedeemMethod),
)
def test_an_award_is_within_half_a_unit_of_its_share_and_under_its_limits(
    total: int, hundredths: int, cap: int | None, method: RedeemMethod
) -> None:
    rate = Decimal(hundredths) / 100
    terms = AwardTerms(form=AwardForm.PERCENTAGE, percentage=rate, max_minor=cap)
    found = outcome(buys(lines=[line(CAKE, total)]), offer(terms, redeem_method=method))
    amount = sum(grant.amount_minor for grant in found.awards)
    limits = [percentage_of(total, rate), *([cap] if cap else [])]
    assert amount == round_half_up(min(limits))
    assert method != RedeemMethod.INSTANT or amount <= total
