"""Imports beside each other, and imports whose worker is killed (vouchers.md 4.4, 4.5)."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from django.db import connections

from core.clock import now
from tests.cast import Cast
from tests.factories.vouchers import MORNING, make_list, make_partner
from tests.kit.concurrency import meeting
from tests.kit.processes import until
from tests.vouchers.loading import a_file, codes_of, work_off
from vouchers.choices import BatchStatus, BatchStep, DuplicateScope
from vouchers.importing import reading
from vouchers.models import UploadBatch, VoucherCode
from vouchers.services import counting, imports, publishing, upload_reports, uploads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def work_all() -> None:
    """Import whatever waits, as a worker of its own."""
    connections.close_all()
    imports.advance(clock=lambda: MORNING)
    connections.close_all()


def work_by_the_clock() -> None:
    """Import whatever waits, each in its turn."""
    connections.close_all()
    imports.advance(clock=now)


def a_worker(call: Callable[[], None] = work_all) -> BaseProcess:
    """Start a process with connections of its own."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=call, daemon=True)
    process.start()
    return process


def killed_when(batch: UploadBatch, condition: Callable[[UploadBatch], bool], what: str) -> None:
    """Have a worker import the batch, and kill it as soon as the condition holds."""
    worker = a_worker()
    try:
        until(lambda: condition(UploadBatch.objects.get(pk=batch.pk)), what)
    finally:
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join(30)
    assert worker.exitcode == -signal.SIGKILL
    assert UploadBatch.objects.get(pk=batch.pk).status == BatchStatus.IN_PROGRESS


@pytest.mark.scenario("VCH-21")
def test_two_workers_with_overlapping_files_leave_every_code_one_winner(cast: Cast) -> None:
    partner = make_partner(cast.acme, "Puma", duplicate_scope=DuplicateScope.PARTNER)
    files = [range(50_000), range(25_000, 75_000)]
    batches = [
        uploads.receive(
            voucher_list=make_list(partner), actor=None, at=MORNING,
            file=a_file(f"CODE{number:08d}" for number in numbers),
        )
        for numbers in files
    ]  # fmt: skip
    workers = [a_worker(), a_worker()]
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    done = [work_off(batch) for batch in batches]
    assert VoucherCode.objects.count() == 75_000
    assert VoucherCode.objects.values("code_key").distinct().count() == 75_000
    assert sum(batch.accepted_count for batch in done) == 75_000
    assert sum(batch.rejected_count for batch in done) == 25_000
    reported = [row for batch in done for row in upload_reports.rows(batch=batch)]
    assert {row.reason for row in reported} == {"DUPLICATE_IN_PARTNER"}
    assert sorted(row.value for row in reported) == [f"CODE{n:08d}" for n in range(25_000, 50_000)]
    assert not any(counting.compare(batch.voucher_list).differs for batch in done)


@pytest.mark.scenario("VCH-32")
def test_a_killed_worker_is_followed_by_one_that_goes_on_where_it_stopped(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", 16 * 1024)
    monkeypatch.setattr(publishing, "PORTION", 500)
    sale = make_list(make_partner(cast.acme), "sale")
    lines = [f"CODE{number:08d}" for number in range(40_000)]
    for place in range(10, 40_000, 100):
        lines[place], lines[place + 1], lines[place + 2] = "", "BAD CODE", lines[place - 1]
    batch = uploads.receive(voucher_list=sale, file=a_file(lines), actor=None, at=MORNING)
    killed_when(batch, lambda row: row.cursor_byte > 0.4 * row.file_size, "40 % read")
    assert UploadBatch.objects.get(pk=batch.pk).step == BatchStep.SCANNING
    killed_when(batch, lambda row: row.published_count > 15_000, "40 % published")
    batch = work_off(batch)
    assert batch.status == BatchStatus.COMPLETED_WITH_ERRORS
    assert batch.accepted_count + batch.rejected_count + batch.blank_count == len(lines)
    assert (batch.blank_count, batch.rejected_count) == (400, 800)
    good = sorted({line for line in lines if line and line != "BAD CODE"})
    assert sorted(codes_of(sale)) == good
    assert codes_of(sale) == good
    assert not counting.compare(sale).differs


@pytest.mark.scenario("VCH-37")
def test_a_small_file_is_done_within_half_a_minute_while_a_million_codes_are_imported(
    cast: Cast,
) -> None:
    puma = make_partner(cast.acme, "Puma")
    large, small = make_list(puma, "large"), make_list(puma, "small")
    many = b"".join(b"LARGE%012d\n" % number for number in range(1_000_000))
    big = uploads.receive(voucher_list=large, file=a_file(many), actor=None, at=MORNING)
    worker = a_worker(work_by_the_clock)
    try:
        until(lambda: UploadBatch.objects.get(pk=big.pk).cursor_byte > 0, "the large one to begin")
        little = uploads.receive(
            voucher_list=small, file=a_file(f"S{n:07d}" for n in range(200)), actor=None, at=now()
        )
        until(
            lambda: UploadBatch.objects.get(pk=little.pk).status == BatchStatus.COMPLETED,
            "the small one to be done",
            patience=30,
        )
        assert UploadBatch.objects.get(pk=big.pk).status == BatchStatus.IN_PROGRESS
    finally:
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join(30)
    assert codes_of(small) == [f"S{n:07d}" for n in range(200)]


def test_a_portion_and_a_cancellation_that_meet_leave_no_code(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SMALL", 0)
    sale = make_list(make_partner(cast.acme), "sale")
    batch = uploads.receive(voucher_list=sale, file=a_file(["CODE01"]), actor=None, at=MORNING)
    meeting(
        lambda: imports.turn(at=MORNING),
        lambda: uploads.cancel(batch=batch, actor=None, at=MORNING),
    )
    assert work_off(batch).status == BatchStatus.CANCELLED
    assert not VoucherCode.objects.exists()
