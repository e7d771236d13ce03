"""What the tests of uploads share: a file from lines, its import to the end, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories.vouchers import MORNING
from vouchers.choices import CodeState
from vouchers.models import UploadBatch, VoucherCode, VoucherList
from vouchers.services import imports, uploads


def a_file(content: bytes | str | Iterable[str], name: str = "codes.csv") -> SimpleUploadedFile:
    """Return an uploaded file of these bytes, this text, or these lines."""
    if not isinstance(content, bytes | str):
        content = "".join(f"{line}\n" for line in content)
    return SimpleUploadedFile(
        name, content.encode() if isinstance(content, str) else content, "text/csv"
    )


def upload(
    voucher_list: VoucherList,
    content: bytes | str | Iterable[str],
    *,
    at: datetime = MORNING,
    **options: Any,
) -> UploadBatch:
    """Upload a file and work it, and whatever else waits, to the end."""
    options = {"actor": None, **options}
    batch = uploads.receive(voucher_list=voucher_list, file=a_file(content), at=at, **options)
    return work_off(batch, at=at)


def work_off(batch: UploadBatch, *, at: datetime = MORNING) -> UploadBatch:
    """Give turns until nothing waits, and return the batch as it then is."""
    imports.advance(clock=lambda: at)
    return UploadBatch.objects.get(pk=batch.pk)


def codes_of(voucher_list: VoucherList, *, state: str = CodeState.AVAILABLE) -> list[str]:
    """Return the list's codes in the order in which they are given out."""
    codes = VoucherCode.objects.filter(voucher_list=voucher_list, state=state)
    return list(codes.order_by("pick_key").values_list("code", flat=True))


def lines_of(batch: UploadBatch, reason: str = "") -> list[tuple[int, str, str]]:
    """Return the batch's noted lines: number, reason, first seen."""
    rows = batch.lines.filter(reason=reason) if reason else batch.lines.all()
    return list(rows.order_by("line_no").values_list("line_no", "reason", "first_seen"))
