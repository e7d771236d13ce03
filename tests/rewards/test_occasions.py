"""Birthdays and name days: rewards.md 3.3 and scenarios 60 to 68."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from rewards.choices import Occasion
from rewards.configuration import NO_HISTORY, OccasionTerms
from rewards.rules.occasions import occurrence_of
from tests.rewards.club import ANN, awarded, birthday, buys, given, outcome, why_not
from tests.rewards.test_award_amounts import VECTORS

FIRST = "2026-06-15 09:00:00"


def day(text: str) -> tuple[int, int]:
    month, number = text.split("-")
    return int(month), int(number)


@pytest.mark.parametrize("case", VECTORS["occasion_window"])
def test_a_window_may_cross_new_year_and_29_february_is_the_28th(
    case: dict[str, object],
) -> None:
    terms = OccasionTerms(Occasion.BIRTHDAY, int(str(case["before"])), int(str(case["after"])))
    contact = replace(ANN, birth=day(str(case["birthday"])))
    on = date.fromisoformat(str(case["date"]))
    assert (occurrence_of(terms, contact, on) is not None) is case["match"]


@pytest.mark.scenario("RWD-60")
def test_the_first_purchase_of_the_birthday_alone_is_awarded() -> None:
    first = buys("50.00", at=FIRST)
    assert awarded(first, birthday()) == {1: "10.00"}
    past = given(first, birthday())
    second = buys("80.00", at="2026-06-15 11:00:00")
    assert why_not(second, birthday(), history=past) == "FREQUENCY"


@pytest.mark.scenario("RWD-61")
def test_the_day_begins_at_midnight_of_the_place() -> None:
    facts = buys("50.00", at=datetime(2026, 6, 14, 21, 30, tzinfo=UTC))
    assert awarded(facts, birthday()) == {1: "10.00"}


@pytest.mark.scenario("RWD-62")
def test_the_day_ends_at_midnight_of_the_place() -> None:
    facts = buys("50.00", at=datetime(2026, 6, 15, 21, 0, tzinfo=UTC))
    assert why_not(facts, birthday()) == "OCCASION"


@pytest.mark.scenario("RWD-63")
def test_a_cancelled_award_frees_the_day_for_a_later_purchase() -> None:
    """The 80.00 of the morning was judged while the day was taken, and is not looked at again."""
    past = given(buys("50.00", at=FIRST), birthday())
    passed_over = buys("80.00", at="2026-06-15 11:00:00")
    assert awarded(passed_over, birthday(), history=past) == {}
    later = buys("30.00", at="2026-06-15 18:00:00")
    assert awarded(later, birthday(), history=NO_HISTORY) == {1: "6.00"}


@pytest.mark.scenario("RWD-64")
@pytest.mark.parametrize(("on", "holds"), [("2026-12-28", True), ("2026-12-27", False)])
def test_days_before_reach_into_the_old_year(on: str, holds: bool) -> None:
    born = replace(ANN, birth=(1, 2))
    early = birthday(occasion=OccasionTerms(Occasion.BIRTHDAY, days_before=5))
    assert bool(awarded(buys(at=f"{on} 12:00:00", contact=born), early)) is holds


@pytest.mark.scenario("RWD-65")
@pytest.mark.parametrize(
    ("on", "holds"),
    [("2027-02-28", True), ("2027-03-01", False), ("2028-02-28", False), ("2028-02-29", True)],
)
def test_who_is_born_on_29_february_has_28_february_in_common_years(on: str, holds: bool) -> None:
    leap = replace(ANN, birth=(2, 29))
    assert bool(awarded(buys(at=f"{on} 12:00:00", contact=leap), birthday())) is holds


@pytest.mark.scenario("RWD-66")
def test_without_a_birth_date_there_is_no_birthday() -> None:
    facts = buys(at=FIRST, contact=replace(ANN, birth=None))
    assert why_not(facts, birthday()) == "OCCASION"


@pytest.mark.scenario("RWD-68")
def test_a_name_day_offer_is_awarded_on_the_name_day() -> None:
    name_day = birthday(occasion=OccasionTerms(Occasion.NAME_DAY))
    assert awarded(buys(at="2026-05-21 12:00:00"), name_day) == {1: "4.00"}
    assert why_not(buys(at=FIRST), name_day) == "OCCASION"


def test_the_award_says_which_occurrence_it_took() -> None:
    early = birthday(occasion=OccasionTerms(Occasion.BIRTHDAY, days_before=5))
    born = replace(ANN, birth=(1, 2))
    (grant,) = outcome(buys(at="2026-12-30 12:00:00", contact=born), early).awards
    assert grant.occurrence == date(2027, 1, 2)
    past = given(buys(at="2026-12-30 12:00:00", contact=born), early)
    assert why_not(buys(at="2027-01-02 12:00:00", contact=born), early, history=past) == "FREQUENCY"
    assert awarded(buys(at="2028-01-02 12:00:00", contact=born), early, history=past)


@given_that(
    on=st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    born=st.dates(date(2000, 1, 1), date(2000, 12, 31)),
    before=st.integers(0, 30),
    after=st.integers(0, 30),
)
def test_a_window_holds_its_days_and_no_other(
    on: date, born: date, before: int, after: int
) -> None:
    terms = OccasionTerms(Occasion.BIRTHDAY, before, after)
    contact = replace(ANN, birth=(born.month, born.day))
    found = occurrence_of(terms, contact, on)
    assert found is None or found - timedelta(before) <= on <= found + timedelta(after)
    exact = OccasionTerms(Occasion.BIRTHDAY)
    near = [occurrence_of(exact, contact, on + timedelta(n)) for n in range(-after, before + 1)]
    assert found == next((one for one in near if one), None)
