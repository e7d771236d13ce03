"""Uploading codes in a real browser: the look before sending, the check, the progress, the report."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from core.clock import now
from tests.cast import Cast
from tests.factories.vouchers import make_list, make_partner
from tests.kit import browser as kit
from tests.vouchers.loading import a_file, codes_of, upload, work_off
from vouchers.choices import BatchStep, PartnerKind
from vouchers.generating import READABLE, Recipe
from vouchers.models import UploadBatch, VoucherList
from vouchers.services import drawing, uploads, withdrawing

pytestmark = pytest.mark.django_db(transaction=True)
CODES = "Voucher code\nHOLI-0001\nHOLI-0002\nBAD CODE\nHOLI-0001\n=SUM(1)\n"


@pytest.fixture
def sale(cast: Cast, settings: Any, tmp_path: Path) -> VoucherList:
    settings.MEDIA_ROOT = tmp_path
    partner = make_partner(cast.acme, "Own engine", kind=PartnerKind.INTERNAL)
    return make_list(partner, "sale", expires_at=now() + timedelta(days=90))


def test_the_pages_of_uploads_are_sound_in_both_looks_and_widths(
    page: Page, cast: Cast, sale: VoucherList
) -> None:
    done = upload(sale, CODES, actor=cast.ada, at=now())
    checked = upload(sale, CODES + "NEW-001\n", actor=cast.ada, is_rehearsal=True, at=now())
    asked = upload(sale, CODES, actor=cast.ada, at=now())
    failed = upload(sale, "A-0001,B\n" + "x" * 60, actor=cast.ada, at=now())
    gone = upload(sale, "GONE-0001\n", actor=cast.ada, at=now())
    withdrawing.withdraw(batch=gone, actor=cast.ada, at=now())
    work_off(gone, at=now())
    drawing.generate(
        voucher_list=sale, recipe=Recipe("DRAWN-####-####", READABLE, 20), actor=cast.ada, at=now()
    )
    drawn = work_off(UploadBatch.objects.latest("pk"), at=now())
    working = uploads.receive(
        voucher_list=sale, file=a_file(f"C-{i:05d}" for i in range(900)), actor=cast.ada, at=now()
    )
    UploadBatch.objects.filter(pk=working.pk).update(
        step=BatchStep.PUBLISHING, accepted_count=900, row_count=900, published_count=300,
        started_at=now() - timedelta(seconds=4), heartbeat_at=now(),
    )  # fmt: skip
    states = {
        "done": done, "checked": checked, "asked": asked, "failed": failed, "withdrawn": gone,
        "drawn": drawn, "working": working,
    }  # fmt: skip
    paths = {
        "upload": reverse("voucher_upload", args=[sale.list_id]),
        "generate": reverse("voucher_generate", args=[sale.list_id]),
        "withdraw": reverse("voucher_upload_withdraw", args=[sale.list_id, done.number]),
    } | {
        name: reverse("voucher_upload_detail", args=[sale.list_id, batch.number])
        for name, batch in states.items()
    }
    paths["list"] = reverse("voucher_list", args=[sale.list_id])
    paths["history"] = reverse("voucher_list_uploads", args=[sale.list_id])
    kit.login(page, cast.ada)
    assert kit.faults_on(page, paths) == []
    assert kit.console_errors(page) == []


def test_a_file_is_looked_at_checked_and_imported_without_a_reload(
    page: Page, cast: Cast, sale: VoucherList
) -> None:
    kit.login(page, cast.ada)
    page.goto(reverse("voucher_upload", args=[sale.list_id]))
    page.get_by_label("File of codes").set_input_files(
        {"name": "holi.csv", "mimeType": "text/csv", "buffer": CODES.encode()}
    )
    look = page.locator("[data-preview]")
    look.get_by_text("heading “Voucher code” is skipped").wait_for()
    assert "first code “HOLI-0001”" in look.inner_text()
    assert look.locator("li").count() == 6
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("heading", name="Upload 1").wait_for()
    batch = UploadBatch.objects.get()
    work_off(batch, at=now())
    page.get_by_role("button", name="Import 2 codes").click()
    page.get_by_text("You can leave this page").wait_for()
    page.goto(reverse("voucher_generate", args=[sale.list_id]))
    page.goto(reverse("voucher_list_uploads", args=[sale.list_id]))
    page.get_by_role("link", name="holi.csv").click()
    page.get_by_role("progressbar", name="Progress of the upload").wait_for()
    work_off(batch, at=now())
    page.get_by_text("2 of 5 codes were added.").wait_for()
    assert codes_of(sale) == ["HOLI-0001", "HOLI-0002"]
    assert page.locator("[hx-trigger='every 2s']").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Refused lines").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "'=SUM(1)" in text
    assert kit.console_errors(page) == []


def test_the_arithmetic_follows_what_is_typed(page: Page, cast: Cast, sale: VoucherList) -> None:
    kit.login(page, cast.ada)
    page.goto(reverse("voucher_generate", args=[sale.list_id]))
    page.locator("#id_pattern").fill("X-#")
    page.locator("#capacity").get_by_text("need at least 10,000").wait_for()
    assert page.url.endswith("/generate")
    assert kit.console_errors(page) == []
