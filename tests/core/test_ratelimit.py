from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import ratelimit
from core.errors import TooMany
from core.models import RateCounter
from tests.kit.concurrency import split, together

NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hit(bucket: str = "verify:noor", *, limit: int = 3, at: datetime = NOW) -> int:
    return ratelimit.hit(bucket=bucket, limit=limit, per=HOUR, at=at)


def test_the_limit_is_reached_and_not_passed(db: None) -> None:
    assert [hit() for _ in range(3)] == [2, 1, 0]
    with pytest.raises(TooMany) as refusal:
        hit()
    assert refusal.value.status == 429
    assert "40 minutes" in refusal.value.message


def test_a_new_window_counts_from_the_start(db: None) -> None:
    for _ in range(3):
        hit()
    with pytest.raises(TooMany):
        hit(at=NOW + timedelta(minutes=39, seconds=59))
    assert hit(at=NOW + timedelta(minutes=40)) == 2


def test_buckets_are_counted_apart(db: None) -> None:
    for _ in range(3):
        hit()
    assert hit("verify:sam") == 2
    assert hit("verify:" + "a" * 300 + "1") == 2
    assert hit("verify:" + "a" * 300 + "2") == 2


def test_simultaneous_acts_are_all_counted(transactional_db: None) -> None:
    passed, refused = split(together(*[hit] * 6))
    assert sorted(passed) == [0, 1, 2]
    assert [type(error) for error in refused] == [TooMany] * 3
    assert RateCounter.objects.get().hits == 6


def test_old_windows_are_forgotten(db: None) -> None:
    hit()
    assert ratelimit.forget(at=NOW + timedelta(days=1)) == 0
    assert ratelimit.forget(at=NOW + timedelta(days=3)) == 1
