from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from core.calendar import add_months, day_bounds, local, month_bounds, occasion_of, occurrence

ATHENS = "Europe/Athens"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


def test_a_day_is_24_hours_on_the_wall_clock_of_the_zone() -> None:
    day = day_bounds(date(2026, 6, 10), ATHENS)
    assert day.start == datetime(2026, 6, 9, 21, tzinfo=UTC)
    assert day.end == datetime(2026, 6, 10, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 28), 24)],
)
def test_a_clock_change_day_has_23_or_25_hours(day: date, hours: int) -> None:
    bounds = day_bounds(day, ATHENS)
    assert bounds.end is not None
    assert bounds.end - bounds.start == timedelta(hours=hours)


def test_both_passes_of_the_repeated_hour_belong_to_the_day() -> None:
    bounds = day_bounds(date(2026, 10, 25), ATHENS)
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert local(first, ATHENS).hour == local(second, ATHENS).hour == 3
    assert first in bounds
    assert second in bounds


def test_days_follow_each_other_without_gap_or_overlap() -> None:
    days = [day_bounds(date(2026, 10, 20) + timedelta(days=n), ATHENS) for n in range(10)]
    assert all(one.end == other.start for one, other in pairwise(days))


def test_a_day_whose_midnight_is_skipped_begins_at_its_first_moment() -> None:
    # Beirut puts its clocks forward at midnight: the day begins at 01:00 local time.
    day = day_bounds(date(2026, 3, 29), "Asia/Beirut")
    assert day.end is not None
    assert day.end - day.start == timedelta(hours=23)


def test_a_month_runs_from_its_first_to_the_next_first() -> None:
    month = month_bounds(date(2026, 12, 24), ATHENS)
    assert month.start == datetime(2026, 11, 30, 22, tzinfo=UTC)
    assert month.end == datetime(2026, 12, 31, 22, tzinfo=UTC)


def test_local_time_is_the_wall_clock_of_the_zone() -> None:
    assert local(datetime(2026, 1, 1, 23, tzinfo=UTC), ATHENS).day == 2


@pytest.mark.parametrize(("year", "day"), [(2026, 28), (2028, 29), (2100, 28)])
def test_29_february_is_the_28th_in_common_years(year: int, day: int) -> None:
    assert occurrence(month=2, day=29, year=year) == date(year, 2, day)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 12, 29), None),
        (date(2025, 12, 30), date(2026, 1, 2)),
        (date(2026, 1, 2), date(2026, 1, 2)),
        (date(2026, 1, 3), None),
    ],
)
def test_a_window_before_new_year_belongs_to_next_years_occasion(
    on: date, expected: date | None
) -> None:
    assert occasion_of(on=on, month=1, day=2, days_before=3, days_after=0) == expected


def test_a_window_after_new_year_belongs_to_last_years_occasion() -> None:
    found = occasion_of(on=date(2026, 1, 2), month=12, day=30, days_before=0, days_after=3)
    assert found == date(2025, 12, 30)


@pytest.mark.parametrize(
    ("on", "held"),
    [
        (date(2027, 2, 28), True),
        (date(2027, 3, 1), False),
        (date(2028, 2, 28), False),
        (date(2028, 2, 29), True),
    ],
)
def test_a_birthday_on_29_february_is_kept_on_the_28th_in_common_years(
    on: date, held: bool
) -> None:
    found = occasion_of(on=on, month=2, day=29, days_before=0, days_after=0)
    assert (found is not None) == held


def test_a_day_before_1_march_depends_on_the_year() -> None:
    window = {"month": 3, "day": 1, "days_before": 1, "days_after": 0}
    assert occasion_of(on=date(2027, 2, 28), **window) == date(2027, 3, 1)
    assert occasion_of(on=date(2028, 2, 28), **window) is None
    assert occasion_of(on=date(2028, 2, 29), **window) == date(2028, 3, 1)
