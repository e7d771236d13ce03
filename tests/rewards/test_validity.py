"""Which offers hold for a purchase: rewards.md 4 and scenarios 37 to 57."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.conditions import (
    ClassificationCondition,
    ConditionSet,
    LocationCondition,
    ProductCondition,
    SegmentCondition,
    TimeCondition,
    TimeRow,
)
from rewards.choices import Frequency, PeriodUnit
from rewards.configuration import FrequencyTerms, History, Pass, PastAward, Scheme
from tests.events.baskets import (
    ACME,
    BUSINESS,
    CAKE,
    ESPRESSO,
    HOT,
    JUICE,
    MERCHANT,
    SOFT,
    VENUE_2,
    line,
    local,
)
from tests.rewards.club import (
    ANN,
    S1,
    S2,
    V1,
    V2,
    awarded,
    buys,
    given,
    instant,
    offer,
    percent,
    why_not,
)

VIP, STUDENTS, DINE_IN, DELIVERY = 71, 72, 61, 62
WORKDAYS = frozenset(range(5))
AFTERNOON = ConditionSet(
    time=TimeCondition((TimeRow(weekdays=WORKDAYS, start_minute=15 * 60, end_minute=18 * 60),))
)


def at_places(**places: object) -> ConditionSet:
    return ConditionSet(location=LocationCondition(**places))  # type: ignore[arg-type]


def in_segments(*ids: int) -> ConditionSet:
    return ConditionSet(segments=SegmentCondition(frozenset(ids)))


@pytest.mark.scenario("RWD-37")
def test_one_of_the_segments_is_enough() -> None:
    student = replace(ANN, segment_ids=frozenset({STUDENTS}))
    found = offer(conditions=in_segments(VIP, STUDENTS))
    assert awarded(buys(contact=student), found) == {1: "1.00"}


@pytest.mark.scenario("RWD-38")
def test_a_contact_outside_the_segments_is_told_so() -> None:
    assert why_not(buys(), offer(conditions=in_segments(VIP))) == "SEGMENT"


@pytest.mark.scenario("RWD-39")
def test_conditions_of_different_kinds_must_all_hold() -> None:
    vip = replace(ANN, segment_ids=frozenset({VIP}))
    both = replace(in_segments(VIP), location=LocationCondition(venue_ids=frozenset({VENUE_2})))
    assert why_not(buys(contact=vip), offer(conditions=both)) == "LOCATION"


@pytest.mark.scenario("RWD-40")
def test_a_merchant_covers_its_venues_and_one_of_the_places_is_enough() -> None:
    places = at_places(venue_ids=frozenset({VENUE_2}), merchant_ids=frozenset({MERCHANT}))
    assert awarded(buys(), offer(conditions=places)) == {1: "1.00"}


@pytest.mark.scenario("RWD-41")
def test_a_country_is_that_of_the_venue() -> None:
    cyprus = offer(conditions=at_places(countries=frozenset({"CY"})))
    assert awarded(buys(place=V1), cyprus) == {1: "1.00"}
    assert why_not(buys(place=V2), cyprus) == "LOCATION"


def test_the_business_covers_what_is_bought_without_a_merchant() -> None:
    direct = replace(V1, merchant_id=None, venue_id=None)
    found = offer(conditions=at_places(business_ids=frozenset({BUSINESS})))
    assert awarded(buys(place=direct), found) == {1: "1.00"}
    assert why_not(buys(place=V1), found) == "LOCATION"


@pytest.mark.scenario("RWD-42")
@pytest.mark.parametrize(
    ("clock", "holds"),
    [("14:59:59", False), ("15:00:00", True), ("17:59:59", True), ("18:00:00", False)],
)
def test_hours_include_their_start_and_not_their_end(clock: str, holds: bool) -> None:
    facts = buys(at=f"2026-05-04 {clock}")
    assert bool(awarded(facts, offer(conditions=AFTERNOON))) is holds


@pytest.mark.scenario("RWD-43")
@pytest.mark.parametrize(
    ("moment", "holds"),
    [("2026-05-02 01:59:00", True), ("2026-05-02 02:00:00", False), ("2026-05-01 01:00:00", False)],
)
def test_a_night_belongs_to_the_day_on_which_it_starts(moment: str, holds: bool) -> None:
    night = TimeRow(weekdays=frozenset({4}), start_minute=22 * 60, end_minute=2 * 60)
    found = offer(conditions=ConditionSet(time=TimeCondition((night,))))
    assert bool(awarded(buys(at=moment), found)) is holds


@pytest.mark.scenario("RWD-44")
def test_hours_are_those_of_the_place() -> None:
    half_past_three = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
    assert awarded(buys(at=half_past_three), offer(conditions=AFTERNOON)) == {1: "1.00"}


@pytest.mark.scenario("RWD-45")
def test_the_time_of_the_purchase_counts_and_not_its_arrival() -> None:
    facts = buys(
        at="2026-05-04 17:59:00",
        received_at=local("2026-05-04 18:30:00").astimezone(UTC),
    )
    assert not facts.late
    assert awarded(facts, offer(conditions=AFTERNOON)) == {1: "1.00"}


@pytest.mark.scenario("RWD-46")
@pytest.mark.parametrize(
    ("moment", "holds"), [("2027-01-06 23:59:00", True), ("2027-01-07 00:00:00", False)]
)
def test_a_yearly_range_includes_its_last_day(moment: str, holds: bool) -> None:
    season = TimeRow(yearly_from=(12, 20), yearly_to=(1, 6))
    found = offer(conditions=ConditionSet(time=TimeCondition((season,))))
    assert bool(awarded(buys(at=moment), found)) is holds


@pytest.mark.scenario("RWD-47")
def test_the_end_of_the_availability_is_excluded() -> None:
    found = offer(available_to=local("2026-05-04 15:10:00").astimezone(UTC))
    assert why_not(buys(), found) == "NOT_AVAILABLE"
    assert awarded(buys(at="2026-05-04 15:09:59"), found) == {1: "1.00"}


@pytest.mark.scenario("RWD-48")
def test_without_a_start_an_offer_counts_from_its_activation_on() -> None:
    activated_at = local("2026-05-04 15:10:00").astimezone(UTC)
    open_ended = offer(activated_at=activated_at)
    assert awarded(buys(), open_ended) == {1: "1.00"}
    assert why_not(buys(at="2026-05-04 15:09:59"), open_ended) == "BEFORE_ACTIVATION"
    since_may = offer(activated_at=activated_at, available_from=datetime(2026, 5, 1, tzinfo=UTC))
    assert awarded(buys(), since_may) == {1: "1.00"}
    assert awarded(buys(at="2026-05-04 15:09:59"), since_may) == {1: "1.00"}


@pytest.mark.scenario("RWD-49")
def test_a_category_stands_for_all_below_it_and_for_nothing_above() -> None:
    on_hot = ConditionSet(products=ProductCondition(category_ids=frozenset({HOT})))
    found = offer(percent("10"), kind="BUNDLE", conditions=on_hot)
    assert awarded(buys(lines=[line(ESPRESSO, 250)]), found) == {1: "0.25"}
    assert why_not(buys(lines=[line(JUICE, 300)]), found) == "PRODUCT"


@pytest.mark.scenario("RWD-50")
def test_brand_or_family_is_enough() -> None:
    asked = ProductCondition(brand_ids=frozenset({ACME}), family_ids=frozenset({SOFT}))
    found = offer(percent("10"), kind="BUNDLE", conditions=ConditionSet(products=asked))
    assert awarded(buys(lines=[line(CAKE, 420)]), found) == {1: "0.42"}


@pytest.mark.scenario("RWD-51")
@pytest.mark.parametrize("classification", [DELIVERY, None])
def test_another_or_no_classification_fails(classification: int | None) -> None:
    dine_in = ConditionSet(classification=ClassificationCondition(frozenset({DINE_IN})))
    facts = buys(classification_id=classification)
    assert why_not(facts, offer(conditions=dine_in)) == "CLASSIFICATION"


@pytest.mark.scenario("RWD-53")
def test_joining_counts_from_its_very_moment() -> None:
    joined = replace(ANN, memberships={S2: local("2026-05-04 15:10:00").astimezone(UTC)})
    in_s2 = offer(scheme_id=S2)
    assert awarded(buys(contact=joined), in_s2) == {1: "1.00"}
    assert why_not(buys(contact=joined, at="2026-05-04 15:09:59"), in_s2) == "NOT_MEMBER"
    assert why_not(buys(), in_s2) == "NOT_MEMBER"


def test_an_offer_of_a_scheme_that_is_switched_off_awards_nothing() -> None:
    closed = [Scheme(S1, is_active=False), Scheme(S2)]
    assert why_not(buys(), offer(), schemes=closed) == "SCHEME_INACTIVE"
    assert why_not(buys(), offer(is_active=False), schemes=closed) == "OFFER_INACTIVE"


def test_blocked_commercial_terms_stop_every_offer() -> None:
    assert why_not(buys(terms_blocked=True), offer()) == "TERMS_BLOCKED"


@pytest.mark.scenario("RWD-55")
def test_a_contact_who_may_not_spend_gets_cashback_alone() -> None:
    blocked = buys("100.00", contact=replace(ANN, spend_blocked=True))
    at_once = instant(percent("20"), id=2)
    assert awarded(blocked, offer(), at_once) == {1: "5.00"}
    assert why_not(blocked, at_once) == "SPEND_BLOCKED"


@pytest.mark.scenario("RWD-56")
def test_a_purchase_in_another_currency_is_not_awarded() -> None:
    assert why_not(buys(currency="USD"), offer()) == "CURRENCY_MISMATCH"


def test_a_late_purchase_earns_cashback_alone_and_one_beyond_the_window_nothing() -> None:
    facts = buys("100.00")
    late = replace(facts, received_at=facts.performed_at + timedelta(days=10))
    assert awarded(late, offer(), instant(percent("20"), id=2)) == {1: "5.00"}
    assert why_not(late, instant(percent("20"))) == "LATE_INSTANT"
    too_late = replace(facts, received_at=facts.performed_at + timedelta(days=30, seconds=1))
    assert awarded(too_late, offer()) == {}
    last = replace(facts, received_at=facts.performed_at + timedelta(days=30))
    assert awarded(last, offer()) == {1: "5.00"}


@pytest.mark.scenario("RWD-57")
def test_once_in_seven_days_is_free_again_at_the_same_time_a_week_later() -> None:
    weekly = offer(frequency=FrequencyTerms(Frequency.ONCE_PER_PERIOD, 7, PeriodUnit.DAYS))
    past = given(buys(), weekly)
    assert why_not(buys(at="2026-05-11 15:09:59"), weekly, history=past) == "FREQUENCY"
    assert awarded(buys(at="2026-05-11 15:10:00"), weekly, history=past) == {1: "1.00"}


@pytest.mark.parametrize(
    ("terms", "blocked", "free"),
    [
        ((1, PeriodUnit.WEEKS), "2026-11-02 10:59:59", "2026-11-02 11:00:00"),
        ((1, PeriodUnit.MONTHS), "2026-11-26 10:59:59", "2026-11-26 11:00:00"),
        ((1, PeriodUnit.YEARS), "2027-10-26 10:59:59", "2027-10-26 11:00:00"),
    ],
)
def test_periods_are_counted_on_the_wall_clock(
    terms: tuple[int, PeriodUnit], blocked: str, free: str
) -> None:
    limited = offer(frequency=FrequencyTerms(Frequency.ONCE_PER_PERIOD, *terms))
    past = given(buys(at="2026-10-26 11:00:00"), limited)
    assert why_not(buys(at=blocked), limited, history=past) == "FREQUENCY"
    assert awarded(buys(at=free), limited, history=past) == {1: "1.00"}


def test_a_month_ago_crosses_a_clock_change_and_the_end_of_a_shorter_month() -> None:
    monthly = offer(frequency=FrequencyTerms(Frequency.ONCE_PER_PERIOD, 1, PeriodUnit.MONTHS))
    past = given(buys(at="2026-02-28 12:00:00"), monthly)
    assert why_not(buys(at="2026-03-28 11:59:59"), monthly, history=past) == "FREQUENCY"
    assert awarded(buys(at="2026-03-31 12:00:00"), monthly, history=past) == {1: "1.00"}


def test_once_is_once_for_each_contact() -> None:
    once = offer(frequency=FrequencyTerms(Frequency.ONCE))
    past = given(buys(), once)
    assert why_not(buys(at="2027-05-04 15:10:00"), once, history=past) == "FREQUENCY"
    other = History.of([PastAward(offer_id=1, contact_id=99, performed_at=buys().performed_at)])
    assert awarded(buys(), once, history=other) == {1: "1.00"}


CODE = Pass(code="SUMMER", offer_id=1)


@pytest.mark.parametrize(
    ("pass_", "holds"),
    [
        (CODE, True),
        (replace(CODE, code="WINTER"), False),
        (replace(CODE, offer_id=2), False),
        (replace(CODE, is_active=False), False),
        (replace(CODE, used=1), False),
        (replace(CODE, used=1, max_usage=2), True),
        (replace(CODE, currency="USD"), False),
        (replace(CODE, contact_id=ANN.id), True),
        (replace(CODE, contact_id=99), False),
        (replace(CODE, valid_from=buys().performed_at), True),
        (replace(CODE, valid_to=buys().performed_at), False),
    ],
)
def test_a_pass_opens_its_own_offer_while_it_is_valid(pass_: Pass, holds: bool) -> None:
    locked = offer(requires_pass=True)
    history = History(passes=(pass_,))
    facts = buys(pass_code="SUMMER")
    assert bool(awarded(facts, locked, history=history)) is holds
    assert holds or why_not(facts, locked, history=history) == "PASS"


def test_an_offer_that_needs_a_pass_is_closed_without_one() -> None:
    assert why_not(buys(), offer(requires_pass=True), history=History(passes=(CODE,))) == "PASS"
