from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Period

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: int) -> datetime:
    return NOON + hours * HOUR


def test_the_start_belongs_to_a_period_and_the_end_does_not() -> None:
    period = Period(at(0), at(2))
    assert at(0) in period
    assert at(2) - timedelta(microseconds=1) in period
    assert at(2) not in period
    assert at(-1) not in period


def test_an_open_period_never_ends() -> None:
    assert at(10**6) in Period(at(0))
    assert at(-1) not in Period(at(0))


@pytest.mark.parametrize("hours", [0, -1])
def test_a_period_must_end_after_it_starts(hours: int) -> None:
    with pytest.raises(ValueError, match="must end after"):
        Period(at(0), at(hours))


def test_a_period_needs_aware_moments() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"):
        Period(naive)
    with pytest.raises(ValueError, match="aware"):
        Period(NOON, naive)


def test_periods_that_only_touch_do_not_overlap() -> None:
    assert not Period(at(0), at(1)).overlaps(Period(at(1), at(2)))
    assert not Period(at(0), at(1)).overlaps(Period(at(1)))


@given(*[st.integers(0, 20)] * 2, *[st.one_of(st.none(), st.integers(1, 20))] * 2)
def test_overlap_means_that_some_hour_lies_in_both(
    start: int, other_start: int, length: int | None, other_length: int | None
) -> None:
    one = Period(at(start), None if length is None else at(start + length))
    other = Period(
        at(other_start), None if other_length is None else at(other_start + other_length)
    )
    common = any(at(hour) in one and at(hour) in other for hour in range(50))
    assert one.overlaps(other) == other.overlaps(one) == common
