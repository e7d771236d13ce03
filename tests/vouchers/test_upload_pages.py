"""The desk's pages of uploads and of the generator (vouchers.md 4.6; 8, pages 5 to 7)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import now
from tests.cast import Cast, client_of
from tests.factories.vouchers import make_codes, make_list, make_partner
from tests.vouchers.loading import a_file, codes_of, upload, work_off
from vouchers.choices import BatchStatus, PartnerKind
from vouchers.models import UploadBatch, VoucherList

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sale(cast: Cast) -> VoucherList:
    return make_list(
        make_partner(cast.acme, "Puma"), "sale", expires_at=now() + timedelta(days=300)
    )


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def page_of(batch: UploadBatch, name: str = "detail", *more: str) -> str:
    kwargs = [batch.voucher_list.list_id, batch.number, *more]
    return reverse(f"voucher_upload_{name}", args=kwargs)


def send(client: Client, voucher_list: VoucherList, content: str, **data: Any) -> Any:
    """Send the upload form as a browser does."""
    form = {"file": a_file(content), "mode": "partial", "header": "auto", **data}
    return client.post(reverse("voucher_upload", args=[voucher_list.list_id]), form)


def fetch(client: Client, batch: UploadBatch, kind: str) -> bytes:
    answer = client.post(page_of(batch, "file", kind))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_file_is_checked_and_then_imported(sale: VoucherList, ada: Client) -> None:
    answer = send(ada, sale, "CODE01\nBAD CODE\nCODE02\n")
    batch = work_off(UploadBatch.objects.get())
    assert (answer.status_code, answer.url) == (303, page_of(batch))
    page = ada.get(page_of(batch)).content.decode()
    assert "Nothing is imported yet" in page
    assert "Import 2 codes" in page
    assert "A code has no blank inside." in page
    assert codes_of(sale) == []
    assert ada.post(page_of(batch, "start")).status_code == 303
    work_off(batch)
    assert codes_of(sale) == ["CODE01", "CODE02"]
    assert "2 of 3 codes were added." in ada.get(page_of(batch)).content.decode()


def test_a_file_can_be_imported_at_once(sale: VoucherList, ada: Client) -> None:
    send(ada, sale, "CODE01\n", now="1")
    assert work_off(UploadBatch.objects.get()).status == BatchStatus.COMPLETED


def test_the_page_asks_again_while_it_works_and_then_no_more(
    sale: VoucherList, ada: Client
) -> None:
    send(ada, sale, "CODE01\n", now="1")
    batch = UploadBatch.objects.get()
    fragment = ada.get(page_of(batch), headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in fragment
    assert "<html" not in fragment
    work_off(batch)
    assert "every 2s" not in ada.get(page_of(batch)).content.decode()


@pytest.mark.parametrize("content", ["", "PK\x03\x04\0"])
def test_what_is_no_file_of_codes_is_refused_at_its_field(
    sale: VoucherList, ada: Client, content: str
) -> None:
    answer = send(ada, sale, content)
    assert answer.status_code == 422
    assert not UploadBatch.objects.exists()


@pytest.mark.scenario("VCH-36")
def test_the_file_of_refused_values_is_corrected_and_uploaded_again(
    sale: VoucherList, ada: Client
) -> None:
    batch = upload(sale, 'GOOD01\n=SUM(1)\n"B,2345"\nC 2345\n')
    rejected = fetch(ada, batch, "rejected")
    assert rejected.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(rejected.decode("utf-8-sig"))))
    assert list(rows[0]) == ["line", "value", "outcome", "reason_code", "message", "first_seen"]
    assert [row["value"] for row in rows] == ["'=SUM(1)", '"B,2345"', "C 2345"]
    assert [row["reason_code"] for row in rows] == ["FORMULA", "COMMA", "INNER_SPACE"]
    values = fetch(ada, batch, "correct").decode()
    assert values.splitlines() == ["=SUM(1)", '"B,2345"', "C 2345"]
    corrected = values.translate(str.maketrans("", "", '=(), "'))
    again = upload(sale, corrected)
    assert (again.status, again.accepted_count) == (BatchStatus.COMPLETED, 3)
    assert codes_of(sale) == ["GOOD01", "SUM1", "B2345", "C2345"]


def test_the_report_of_all_lines_names_each_with_its_outcome(
    sale: VoucherList, ada: Client
) -> None:
    make_codes(sale, codes=["THERE1"])
    batch = upload(sale, "Voucher code\nCODE01\n\n  CODE02\nTHERE1\nCODE01\nBAD CODE\n")
    rows = list(csv.reader(io.StringIO(fetch(ada, batch, "all").decode("utf-8-sig"))))
    assert [(row[0], row[1], row[2], row[3]) for row in rows[1:]] == [
        ("2", "CODE01", "accepted", ""),
        ("4", "  CODE02", "warning", "TRIMMED"),
        ("5", "THERE1", "rejected", "DUPLICATE_IN_LIST"),
        ("6", "CODE01", "rejected", "DUPLICATE_IN_FILE"),
        ("7", "BAD CODE", "rejected", "INNER_SPACE"),
    ]
    assert rows[5 - 1][5] == "first on line 2"
    assert fetch(ada, batch, "original").startswith(b"Voucher code\nCODE01")
    kinds = batch.downloads.order_by("pk").values_list("kind", "user_name")
    assert list(kinds) == [("all", "ada@example.org"), ("original", "ada@example.org")]


def test_doubles_are_masked_on_the_page(sale: VoucherList, ada: Client) -> None:
    make_codes(sale, codes=["SECRET-CODE-1"])
    batch = upload(sale, "SECRET-CODE-1\n")
    page = ada.get(page_of(batch)).content.decode()
    assert "SECRET-CODE-1" not in page
    assert "SE••••••-1" in page


def test_problems_are_filtered_by_reason(sale: VoucherList, ada: Client) -> None:
    batch = upload(sale, "BAD CODE\n=FORMULA\n")
    page = ada.get(page_of(batch), {"reason": "FORMULA"}).content.decode()
    assert "does not begin with" in page
    assert "has no blank inside" not in page


def test_an_upload_is_cancelled_and_withdrawn_by_its_buttons(
    sale: VoucherList, ada: Client
) -> None:
    send(ada, sale, "CODE01\n", now="1")
    batch = UploadBatch.objects.get()
    assert ada.post(page_of(batch, "cancel")).status_code == 303
    assert work_off(batch).status == BatchStatus.CANCELLED
    assert ada.post(page_of(batch, "cancel")).status_code == 409
    done = upload(sale, "CODE02\n")
    assert "1 codes become void" in ada.get(page_of(done, "withdraw")).content.decode()
    assert ada.post(page_of(done, "withdraw")).status_code == 303
    assert codes_of(sale, state="void") == ["CODE02"]


def test_the_same_file_is_asked_about_on_its_page(sale: VoucherList, ada: Client) -> None:
    upload(sale, "CODE01\n")
    send(ada, sale, "CODE01\n", now="1")
    batch = UploadBatch.objects.latest("pk")
    assert "This file was imported before" in ada.get(page_of(batch)).content.decode()
    assert ada.post(page_of(batch, "anyway")).status_code == 303
    assert work_off(batch).duplicate_existing_count == 1


def test_only_marketing_and_administrators_upload(
    sale: VoucherList, cast: Cast, ada: Client
) -> None:
    batch = upload(sale, "CODE01\n")
    addresses = [reverse("voucher_upload", args=[sale.list_id]), page_of(batch)]
    for address in addresses:
        assert ada.get(address).status_code == 200
        assert client_of(cast.finn).get(address).status_code == 403
        assert client_of(cast.boris).get(address).status_code == 404


def test_an_upload_costs_the_same_number_of_queries_whatever_was_refused(
    sale: VoucherList, ada: Client, django_assert_max_num_queries: Any
) -> None:
    batch = upload(sale, [f"BAD {number}" for number in range(300)])
    with django_assert_max_num_queries(14):
        ada.get(page_of(batch))


def test_codes_are_generated_from_a_pattern(cast: Cast, ada: Client) -> None:
    engine = make_partner(cast.acme, "Own", kind=PartnerKind.INTERNAL)
    own = make_list(engine, "own", expires_at=now() + timedelta(days=300))
    address = reverse("voucher_generate", args=[own.list_id])
    assert "combinations for 1,000 codes" in ada.get(address).content.decode()
    form = {"quantity": 50, "shape": "pattern", "pattern": "X-####-####", "signs": "readable"}
    assert ada.post(address, {**form, "pattern": "X-#"}).status_code == 422
    part = ada.post(f"{address}/capacity", {**form, "pattern": "X-#"}).content.decode()
    assert "need at least 500" in part
    assert ada.post(address, {**form, "preview": "1"}).status_code == 200
    assert not UploadBatch.objects.exists()
    assert ada.post(address, form).status_code == 303
    batch = work_off(UploadBatch.objects.get())
    assert len(codes_of(own)) == 50
    assert "Codes, once" in ada.get(page_of(batch)).content.decode()
    assert len(fetch(ada, batch, "generated").splitlines()) == 51
    assert ada.post(page_of(batch, "file", "generated")).status_code == 410
    parts = {"shape": "parts", "beginning": "AB-", "length": 6, "ending": "-Z", "has_check": "on"}
    ada.post(address, {"quantity": 5, "signs": "own", "own": "XYZQRS", **parts})
    work_off(UploadBatch.objects.latest("pk"))
    assert all(code.startswith("AB-") and len(code) == 12 for code in codes_of(own)[50:])
