from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models, transaction

from core import batches
from core.models import RateCounter
from tests.kit.concurrency import meeting, together

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fill(count: int) -> None:
    RateCounter.objects.bulk_create(
        RateCounter(bucket=f"row {n}", window_start=NOW + timedelta(minutes=n))
        for n in range(count)
    )


def due() -> models.QuerySet[RateCounter]:
    return RateCounter.objects.filter(hits=0).order_by("window_start")


def mark(rows: list[RateCounter]) -> None:
    RateCounter.objects.filter(pk__in=[row.pk for row in rows]).update(hits=models.F("hits") + 1)


def test_rows_are_claimed_in_the_order_in_which_they_are_due(db: None) -> None:
    fill(5)
    with transaction.atomic():
        rows = batches.claim(due(), limit=3)
    assert [row.bucket for row in rows] == ["row 0", "row 1", "row 2"]


def test_a_claim_needs_a_transaction(transactional_db: None) -> None:
    fill(1)
    with pytest.raises(transaction.TransactionManagementError):
        batches.claim(due(), limit=1)


def test_two_workers_never_take_the_same_row(transactional_db: None) -> None:
    fill(4)

    def take() -> list[str]:
        with transaction.atomic():
            rows = batches.claim(due(), limit=2)
            mark(rows)
            return [row.bucket for row in rows]

    first, second = meeting(take, take)
    assert (first, second) == (["row 0", "row 1"], ["row 2", "row 3"])


def test_many_workers_do_every_row_once(transactional_db: None) -> None:
    fill(60)

    def work() -> int:
        return batches.each(due(), limit=100, step=4, work=mark)

    assert sum(together(*[work] * 4)) == 60
    assert set(RateCounter.objects.values_list("hits", flat=True)) == {1}


def test_a_killed_worker_loses_nothing(transactional_db: None) -> None:
    fill(3)

    def take() -> list[str]:
        with transaction.atomic():
            rows = batches.claim(due(), limit=3)
            mark(rows)
            return [row.bucket for row in rows]

    taken, meanwhile = meeting(take, take, commit=False)
    assert len(taken) == 3
    assert meanwhile == []
    assert take() == taken


def test_a_worker_whose_connection_dies_holds_no_row(transactional_db: None) -> None:
    fill(2)
    other = connection.copy()
    with other.cursor() as cursor:
        other.set_autocommit(False)
        cursor.execute("SELECT id FROM core_ratecounter FOR UPDATE")
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        with transaction.atomic():
            assert batches.claim(due(), limit=2) == []
        with connection.cursor() as killer:
            killer.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    other.close()
    with transaction.atomic():
        assert len(batches.claim(due(), limit=2)) == 2


def test_a_run_stops_at_its_limit(db: None) -> None:
    fill(10)
    assert batches.each(due(), limit=7, step=3, work=mark) == 7
    assert due().count() == 3


def test_a_second_run_finds_nothing(db: None) -> None:
    fill(3)
    assert batches.each(due(), limit=10, step=2, work=mark) == 3
    assert batches.each(due(), limit=10, step=2, work=mark) == 0


def test_a_step_that_fails_keeps_what_the_steps_before_it_did(transactional_db: None) -> None:
    fill(6)

    def work(rows: list[RateCounter]) -> None:
        mark(rows)
        if any(row.bucket == "row 4" for row in rows):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        batches.each(due(), limit=10, step=2, work=work)
    assert [row.bucket for row in due()] == ["row 4", "row 5"]
