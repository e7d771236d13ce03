"""Blocks that fail by themselves, and transactions of which nothing does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from core.models import RateCounter
from core.transactions import indivisible, nested

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Trouble(Exception):
    """Something goes wrong."""


def count(bucket: str) -> None:
    RateCounter.objects.create(bucket=bucket, window_start=NOON, hits=1)


def counted() -> list[str]:
    return list(RateCounter.objects.order_by("bucket").values_list("bucket", flat=True))


def fail() -> None:
    with nested():
        count("inner")
        raise Trouble


def fail_in_a_block() -> None:
    with pytest.raises(Trouble):
        fail()


def go_on_after_a_failure() -> None:
    with indivisible():
        count("outer")
        fail_in_a_block()
        count("afterwards")


def test_a_block_that_fails_is_undone_alone() -> None:
    count("outer")
    fail_in_a_block()
    assert counted() == ["outer"]


def test_nobody_goes_on_in_an_indivisible_transaction_that_failed_within() -> None:
    with pytest.raises(TransactionManagementError):
        go_on_after_a_failure()
    assert counted() == []


def test_a_savepoint_within_an_indivisible_transaction_is_one_still() -> None:
    with indivisible():
        count("outer")
        with transaction.atomic():
            fail_in_a_block()
            count("middle")
    assert counted() == ["middle", "outer"]


def test_after_an_indivisible_transaction_blocks_fail_alone_again() -> None:
    with indivisible():
        count("outer")
    fail_in_a_block()
    assert counted() == ["outer"]
