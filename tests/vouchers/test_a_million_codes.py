"""An upload as large as a list may be, worked on while somebody looks at it (vouchers.md 4.5, 10)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.urls import reverse

from core.clock import now
from directory.models import User
from tests.cast import client_of
from tests.factories.vouchers import make_list, make_partner
from tests.kit import memory
from tests.kit.concurrency import beside
from tests.vouchers.conservation import lists_off
from vouchers.choices import BatchStatus
from vouchers.models import UploadBatch, VoucherCode, VoucherList
from vouchers.selectors.numbers import numbers
from vouchers.services import imports, uploads

MILLION = 1_000_000
MOST_MEMORY_MB = 64


@pytest.fixture
def sale(ada: User, acme: Any, settings: Any, tmp_path: Path) -> VoucherList:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_list(make_partner(acme), "sale", at=now())


def write(path: Path) -> Path:
    with path.open("w", encoding="ascii") as file:
        file.writelines(f"SALE-{number * 7_919 % 10_000_019:08d}\n" for number in range(MILLION))
    return path


@pytest.mark.scenario("VCH-28")
@pytest.mark.django_db(transaction=True)
def test_a_million_codes_come_in_while_the_page_tells_how_far_they_are(
    sale: VoucherList, ada: User, tmp_path: Path
) -> None:
    desk = client_of(ada)
    with write(tmp_path / "million.csv").open("rb") as stream:
        file = File(stream, "million.csv")
        batch = uploads.receive(voucher_list=sale, file=file, actor=ada, at=now())
    page = reverse("voucher_upload_detail", args=[sale.list_id, batch.number])
    told: list[tuple[str, int]] = []
    with memory.peak() as peak:
        for _ in beside(lambda: imports.advance(clock=now)):
            answer = desk.get(page)
            assert answer.status_code == 200
            if answer.context["is_working"]:
                told.append((answer.context["batch"].step, answer.context["progress"].percent))
    assert peak.grown_mb <= MOST_MEMORY_MB
    percents = [percent for _, percent in told]
    assert percents == sorted(percents)
    assert len(set(percents)) >= 5
    batch = UploadBatch.objects.get(pk=batch.pk)
    assert (batch.status, batch.accepted_count, batch.rejected_count) == (
        BatchStatus.COMPLETED, MILLION, 0,
    )  # fmt: skip
    assert VoucherCode.objects.filter(batch=batch, state="available").count() == MILLION
    assert numbers(sale, at=now()).distributable == MILLION
    assert lists_off() == []
