"""Conditions on an event, by table and without a database (rewards.md 4 and 12.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.conditions import (
    EVERYTHING,
    AmountCondition,
    ClassificationCondition,
    ConditionSet,
    LocationCondition,
    Names,
    ProductCondition,
    Reason,
    SegmentCondition,
    TimeCondition,
    TimeRow,
    too_many_skus,
)
from events.facts import EventFacts
from tests.events import baskets
from tests.events.baskets import CAKE, ESPRESSO, JUICE, TEA, line, local, purchase

WORKDAYS = frozenset(range(5))
AFTERNOON = TimeRow(weekdays=WORKDAYS, start_minute=15 * 60, end_minute=18 * 60)
FRIDAY_NIGHT = TimeRow(weekdays=frozenset({4}), start_minute=22 * 60, end_minute=2 * 60)
HOLIDAYS = TimeRow(yearly_from=(12, 20), yearly_to=(1, 6))


def holds(row: TimeRow, moment: str) -> bool:
    return TimeCondition((row,)).check(purchase(at=local(moment))) is None


@pytest.mark.scenario("RWD-42")
@pytest.mark.parametrize(
    ("clock", "expected"),
    [("14:59:59", False), ("15:00:00", True), ("17:59:59", True), ("18:00:00", False)],
)
def test_hours_include_their_start_and_exclude_their_end(clock: str, expected: bool) -> None:
    assert holds(AFTERNOON, f"2026-05-04 {clock}") is expected


@pytest.mark.scenario("RWD-43")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-01 22:00:00", True),
        ("2026-05-02 01:59:00", True),
        ("2026-05-02 02:00:00", False),
        ("2026-05-01 01:00:00", False),
    ],
)
def test_hours_across_midnight_belong_to_the_day_they_start(moment: str, expected: bool) -> None:
    assert holds(FRIDAY_NIGHT, moment) is expected


@pytest.mark.scenario("RWD-46")
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-12-19 23:59:59", False),
        ("2026-12-20 00:00:00", True),
        ("2027-01-06 23:59:00", True),
        ("2027-01-07 00:00:00", False),
        ("2026-06-01 12:00:00", False),
    ],
)
def test_yearly_range_includes_both_ends_across_new_year(moment: str, expected: bool) -> None:
    assert holds(HOLIDAYS, moment) is expected


@pytest.mark.parametrize(
    ("row", "moment", "expected"),
    [
        (TimeRow(yearly_from=(3, 1), yearly_to=(3, 31)), "2026-03-31 23:59:59", True),
        (TimeRow(yearly_from=(3, 1), yearly_to=(3, 31)), "2026-04-01 00:00:00", False),
        (TimeRow(yearly_from=(2, 1), yearly_to=(2, 29)), "2027-02-28 12:00:00", True),
        (TimeRow(start_minute=23 * 60, end_minute=1440), "2026-05-04 23:59:59", True),
        (TimeRow(start_minute=23 * 60, end_minute=1440), "2026-05-05 00:00:00", False),
        (TimeRow(start_minute=0, end_minute=0), "2026-05-04 23:59:59", True),
        (TimeRow(from_on=date(2026, 5, 4), to_on=date(2026, 5, 6)), "2026-05-04 00:00:00", True),
        (TimeRow(from_on=date(2026, 5, 4), to_on=date(2026, 5, 6)), "2026-05-06 00:00:00", False),
        # The night of the last day reaches into the next morning.
        (replace(FRIDAY_NIGHT, to_on=date(2026, 5, 2)), "2026-05-02 01:00:00", True),
        (replace(FRIDAY_NIGHT, from_on=date(2026, 5, 2)), "2026-05-02 01:00:00", False),
    ],
)
def test_bounds_of_dates_and_days(row: TimeRow, moment: str, expected: bool) -> None:
    assert holds(row, moment) is expected


def test_parts_of_a_row_are_joined_by_and_rows_by_or() -> None:
    monday_in_may = TimeRow(weekdays=frozenset({0}), yearly_from=(5, 1), yearly_to=(5, 31))
    assert not holds(monday_in_may, "2026-06-01 12:00:00")
    assert not holds(monday_in_may, "2026-05-05 12:00:00")
    both = TimeCondition((monday_in_may, HOLIDAYS))
    assert both.check(purchase(at=local("2026-12-24 12:00:00"))) is None
    assert both.check(purchase(at=local("2026-05-04 12:00:00"))) is None


@pytest.mark.parametrize("fold", [0, 1])
def test_repeated_hour_of_a_clock_change_matches_both_times(fold: int) -> None:
    """On 25 October 2026 the clocks of Cyprus go back from 04:00 to 03:00."""
    night = TimeCondition((TimeRow(start_minute=3 * 60, end_minute=4 * 60),))
    moment = local("2026-10-25 03:30:00", fold=fold)
    assert moment.utcoffset() == timedelta(hours=3 - fold)
    assert night.check(purchase(at=moment)) is None


def test_skipped_hour_of_a_clock_change_never_matches() -> None:
    """On 29 March 2026 the clocks of Cyprus go forward from 03:00 to 04:00: 00:59:59Z, then 01:00Z."""
    night = TimeCondition((TimeRow(start_minute=3 * 60, end_minute=4 * 60),))
    start = local("2026-03-29 00:00:00").astimezone(tz=None)
    minutes = (start + timedelta(minutes=5 * n) for n in range(23 * 12))
    assert not any(
        night.check(purchase(at=minute.astimezone(baskets.NICOSIA))) is None for minute in minutes
    )


@given(
    start=st.integers(0, 1439),
    end=st.integers(0, 1440),
    weekday=st.integers(0, 6),
    offset=st.integers(0, 7 * 1440 - 1),
)
def test_a_row_of_one_weekday_is_one_unbroken_stretch_a_week(
    start: int, end: int, weekday: int, offset: int
) -> None:
    """Whatever the hours, the row holds from its start for its length and at no other minute."""
    row = TimeRow(weekdays=frozenset({weekday}), start_minute=start, end_minute=end)
    moment = local("2026-05-04 00:00:00") + timedelta(minutes=offset)
    length = end - start if end > start else end - start + 1440
    since = (offset - (weekday * 1440 + start)) % (7 * 1440)
    assert row.holds(moment) is (since < length)


@pytest.mark.parametrize(
    ("condition", "place", "expected"),
    [
        (LocationCondition(venue_ids=frozenset({3})), baskets.KIOSK, True),
        (LocationCondition(venue_ids=frozenset({3})), baskets.HILL, False),
        (
            LocationCondition(venue_ids=frozenset({4}), merchant_ids=frozenset({2})),
            baskets.KIOSK,
            True,
        ),
        (LocationCondition(merchant_ids=frozenset({2})), baskets.HILL, False),
        (LocationCondition(business_ids=frozenset({1})), baskets.DIRECT, True),
        (LocationCondition(business_ids=frozenset({1})), baskets.KIOSK, False),
        (LocationCondition(countries=frozenset({"CY"})), baskets.KIOSK, True),
        (LocationCondition(countries=frozenset({"CY"})), baskets.HILL, False),
        (LocationCondition(towns=frozenset({"NICOSIA"})), baskets.KIOSK, True),
        (LocationCondition(towns=frozenset({"Larnaca"})), baskets.KIOSK, False),
        (LocationCondition(tags=frozenset({"harbour"})), baskets.KIOSK, True),
        (LocationCondition(tags=frozenset({"harbour"})), baskets.HILL, False),
        (LocationCondition(), baskets.HILL, True),
    ],
)
def test_location_is_any_of_places_areas_and_tags(
    condition: LocationCondition, place: baskets.PlaceFacts, expected: bool
) -> None:
    assert (condition.check(purchase(place=place)) is None) is expected


@pytest.mark.scenario("RWD-49")
@pytest.mark.parametrize(
    ("bought", "expected"), [(ESPRESSO, True), (TEA, True), (JUICE, False), (CAKE, False)]
)
def test_category_stands_for_itself_and_everything_below(
    bought: baskets.ProductFacts, expected: bool
) -> None:
    hot = ProductCondition(category_ids=frozenset({baskets.HOT}))
    reason = hot.check(purchase(line(bought, 250)))
    assert (reason is None) is expected
    assert expected or (reason is not None and reason.code == "PRODUCT")


@pytest.mark.scenario("RWD-50")
def test_values_of_different_product_kinds_are_joined_by_or() -> None:
    either = ProductCondition(
        brand_ids=frozenset({baskets.ACME}), family_ids=frozenset({baskets.SOFT})
    )
    assert either.check(purchase(line(CAKE, 420))) is None
    assert either.check(purchase(line(JUICE, 300))) is None
    assert either.check(purchase(line(TEA, 220))) is not None


@pytest.mark.scenario("RWD-51")
@pytest.mark.parametrize("found", [62, None])
def test_another_or_no_classification_fails_a_list(found: int | None) -> None:
    dine_in = ClassificationCondition(frozenset({61}))
    reason = dine_in.check(purchase(classification_id=found))
    assert reason is not None
    assert reason.code == "CLASSIFICATION"
    assert dine_in.check(purchase(classification_id=61)) is None


@pytest.mark.parametrize(
    ("quantities", "least", "expected"),
    [(["1"], 1, True), (["0.5"], 1, True), (["2", "1"], 3, True), (["1", "0.9"], 3, False)],
)
def test_matching_quantities_must_sum_to_the_least(
    quantities: list[str], least: int, expected: bool
) -> None:
    hot = ProductCondition(category_ids=frozenset({baskets.HOT}), min_quantity=Decimal(least))
    basket = [line(ESPRESSO, 250, quantity) for quantity in quantities] + [line(CAKE, 420, "9")]
    assert (hot.check(purchase(*basket)) is None) is expected


def test_base_counts_each_matching_line_once() -> None:
    """A line that several values name is in M once (rewards.md 3.3: 5.00 and 2.20 make 7.20)."""
    hot = ProductCondition(
        category_ids=frozenset({baskets.HOT, baskets.DRINKS}), product_ids=frozenset({ESPRESSO.id})
    )
    basket = (line(ESPRESSO, 500, "2"), line(CAKE, 420), line(TEA, 220))
    assert hot.base_minor(basket) == 720
    assert [one.product.sku for one in hot.matching(basket)] == ["ESP", "TEA"]
    assert EVERYTHING.base_minor(basket) == 1140


def test_fifty_skus_are_allowed_and_duplicates_do_not_count() -> None:
    assert too_many_skus([*range(50), 3, 4]) is None
    assert too_many_skus(range(51)) == 51


@pytest.mark.parametrize(
    ("total", "expected"), [(1999, False), (2000, True), (5000, True), (5001, False)]
)
def test_both_bounds_of_an_amount_are_included(total: int, expected: bool) -> None:
    between = AmountCondition(currency="EUR", min_minor=2000, max_minor=5000)
    assert (between.check(purchase(line(CAKE, total))) is None) is expected


def test_amount_in_another_currency_is_not_compared() -> None:
    reason = AmountCondition(currency="EUR", min_minor=1).check(
        purchase(line(CAKE, 5000), currency="USD")
    )
    assert reason == Reason("AMOUNT", "€0.01 or more", "US$50.00")


def test_segments_ask_for_one_of_them_and_for_a_contact() -> None:
    students = SegmentCondition(frozenset({81, 82}))
    ann = replace(baskets.ANN, segment_ids=frozenset({82, 90}))
    assert students.check(purchase(contact=ann)) is None
    assert students.check(purchase(contact=baskets.ANN)) is not None
    assert students.check(purchase(contact=None)) is not None


def test_a_set_names_the_first_failure_in_the_fixed_order() -> None:
    ann = replace(baskets.ANN, segment_ids=frozenset({82}))
    rules = ConditionSet(
        segments=SegmentCondition(frozenset({82})),
        location=LocationCondition(venue_ids=frozenset({4})),
        classification=ClassificationCondition(frozenset({61})),
        products=ProductCondition(category_ids=frozenset({baskets.HOT})),
        names=Names({"venue": {4: "Hill Street"}, "segment": {82: "VIP"}}),
    )
    facts = purchase(line(CAKE, 420), contact=ann)
    assert rules.check(facts) == Reason(
        "LOCATION", "at Hill Street", "at Kiosk Harbour (Nicosia, country CY)"
    )
    assert rules.check_segments(facts) is None
    assert [(one.code, one.passed) for one in rules.verdicts(facts)] == [
        ("SEGMENT", True),
        ("LOCATION", False),
        ("CLASSIFICATION", False),
        ("PRODUCT", False),
    ]
    outsider = purchase(contact=baskets.ANN)
    failed = [rules.check_segments(outsider), rules.check_after_segments(outsider)]
    assert [reason.code for reason in failed if reason] == ["SEGMENT", "LOCATION"]


def test_an_empty_set_holds_for_every_event() -> None:
    facts = EventFacts(
        reference="events.event:2",
        contact=None,
        place=baskets.DIRECT,
        performed_at=local("2026-05-04 15:10:00"),
        local_at=local("2026-05-04 15:10:00"),
        received_at=local("2026-05-04 15:10:00"),
    )
    assert EVERYTHING.is_empty
    assert EVERYTHING.check(facts) is None
    assert EVERYTHING.describe() == ()
    asks_for_goods = ConditionSet(products=ProductCondition(product_ids=frozenset({1})))
    assert asks_for_goods.check(facts) is not None


def test_a_set_says_its_rules_in_plain_words() -> None:
    rules = ConditionSet(
        segments=SegmentCondition(frozenset({81, 82})),
        location=LocationCondition(venue_ids=frozenset({3}), countries=frozenset({"CY"})),
        time=TimeCondition((AFTERNOON, HOLIDAYS)),
        amount=AmountCondition(currency="EUR", min_minor=2000),
        products=ProductCondition(category_ids=frozenset({12}), min_quantity=Decimal("3.000")),
    )
    names = Names(
        {
            "segment": {81: "VIP", 82: "Students"},
            "venue": {3: "Kiosk Harbour"},
            "country": {"CY": "Cyprus"},
            "category": {12: "Hot drinks"},
        }
    )
    assert rules.describe(names) == (
        "Only for contacts in Students or VIP.",
        "Only at Kiosk Harbour or in Cyprus.",
        (
            "Only on workdays from 15:00 until 18:00 (18:00 excluded); or every year from"
            " 20 December to 6 January (both included), by the clock of the place."
        ),
        "Only when the purchase comes to €20.00 or more.",
        "Only with at least 3 of Hot drinks and everything below it in the basket.",
    )


def test_unit_price_divides_exactly_and_a_part_of_a_unit_counts_its_line() -> None:
    assert line(ESPRESSO, 500, "2").unit_price_minor == 250
    assert line(ESPRESSO, 1000, "3").unit_price_minor == Fraction(1000, 3)
    assert line(ESPRESSO, 125, "0.250").unit_price_minor == 125


def test_an_event_is_late_after_a_day() -> None:
    at = local("2026-05-04 15:10:00")
    assert not purchase(at=at, received_at=at + timedelta(hours=24)).late
    assert purchase(at=at, received_at=at + timedelta(hours=24, seconds=1)).late
