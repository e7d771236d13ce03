"""Statements that a connection has planned for good."""

from __future__ import annotations

import pghistory
import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import RateCounter
from core.prepared import prepared

pytestmark = pytest.mark.django_db
ASKED = "SELECT count(*) FROM core_ratecounter WHERE hits > %s AND bucket <> %s"


def ask(hits: int) -> int:
    with prepared() as cursor:
        cursor.execute(ASKED, [hits, "none"])
        return int(cursor.fetchone()[0])


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT count(*) FROM core_ratecounter%%'"
        )
        return int(cursor.fetchone()[0])


def test_a_statement_that_comes_often_is_planned_once_whatever_its_numbers() -> None:
    for number in (1, 40_000, 3_000_000_000, -1, 0, 7, 8, 9):
        assert ask(number) == 0
    assert plans() == 1


def test_it_is_counted_like_any_other_statement() -> None:
    with CaptureQueriesContext(connection) as seen:
        ask(1)
    assert len(seen) == 1


def test_it_runs_where_the_history_names_who_acts() -> None:
    with pghistory.context(user=None), prepared() as cursor:
        cursor.execute(
            "INSERT INTO core_ratecounter (bucket, window_start, hits) VALUES (%s, now(), %s)",
            ["door", 3],
        )
    assert RateCounter.objects.get().hits == 3


def test_one_within_another_has_a_cursor_of_its_own() -> None:
    with prepared() as outer:
        outer.execute("SELECT generate_series(1, %s::int)", [2])
        assert ask(1) == 0
        assert outer.fetchall() == [(1,), (2,)]


def test_it_goes_on_after_a_statement_that_failed() -> None:
    def fail() -> None:
        with transaction.atomic(), prepared() as cursor:
            cursor.execute("SELECT 1 / %s::int", [0])

    with pytest.raises(DataError):
        fail()
    assert ask(1) == 0
