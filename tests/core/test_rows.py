"""Writing the columns of many rows in one statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from core.models import OutboxEvent
from core.rows import update_rows

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


def happenings(count: int) -> list[OutboxEvent]:
    return OutboxEvent.objects.bulk_create(
        OutboxEvent(
            topic="parcel.sent", key=str(n), occurred_at=MORNING, next_attempt_at=MORNING
        )
        for n in range(count)
    )  # fmt: skip


def test_each_row_gets_its_own_values_in_one_statement() -> None:
    rows = happenings(3)
    for row in rows:
        row.attempts = int(row.key) + 5
        row.next_attempt_at = MORNING + timedelta(hours=int(row.key))
        row.last_error = f'it\'s {{{row.key}}}, \\ "quoted"'
    with CaptureQueriesContext(connection) as asked:
        written = update_rows(rows, ["attempts", "next_attempt_at", "last_error"])
    assert (written, len(asked)) == (3, 1)
    for row in OutboxEvent.objects.order_by("key"):
        n = int(row.key)
        assert (row.attempts, row.next_attempt_at) == (n + 5, MORNING + timedelta(hours=n))
        assert row.last_error == f'it\'s {{{n}}}, \\ "quoted"'


def test_other_columns_and_other_rows_stay_as_they_are() -> None:
    first, second = happenings(2)
    first.attempts, first.topic = 9, "never written"
    assert update_rows([first], ["attempts"]) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attempts, first.topic, second.attempts) == (9, "parcel.sent", 0)


def test_nothing_is_stored_as_nothing() -> None:
    (row,) = happenings(1)
    row.dispatched_at = MORNING
    update_rows([row], ["dispatched_at"])
    row.dispatched_at = None
    update_rows([row], ["dispatched_at"])
    row.refresh_from_db()
    assert row.dispatched_at is None


def test_a_text_too_long_for_its_column_is_refused_and_not_cut() -> None:
    (row,) = happenings(1)
    row.last_error = "x" * 301
    with pytest.raises(DataError):
        update_rows([row], ["last_error"])


def test_no_rows_ask_nothing_of_the_database() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert update_rows([], ["attempts"]) == 0
    assert len(asked) == 0


def test_rows_that_are_gone_are_not_counted() -> None:
    first, second = happenings(2)
    OutboxEvent.objects.filter(pk=second.pk).delete()
    assert update_rows([first, second], ["attempts"]) == 1
