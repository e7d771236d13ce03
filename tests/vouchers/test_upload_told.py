"""Who is told what came of an upload: the uploader, and addresses that were given along (4.5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.clock import now
from core.models import Mail
from tests.cast import Cast, client_of
from tests.factories.vouchers import MORNING, make_list, make_partner
from tests.vouchers.loading import a_file, upload
from vouchers.models import UploadBatch, VoucherList
from vouchers.services import upload_ends

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sale(cast: Cast) -> VoucherList:
    return make_list(make_partner(cast.acme, "Puma"), "sale", at=now())


@pytest.fixture
def ada(cast: Cast) -> Client:
    return client_of(cast.ada)


def told() -> list[str]:
    return sorted(Mail.objects.filter(kind="vouchers_upload").values_list("to", flat=True))


def test_further_addresses_are_told_once_each_and_why_they_hear_of_it(
    sale: VoucherList, cast: Cast
) -> None:
    more = ["stock@acme.example", cast.ada.email]
    upload(sale, "CODE01\n", actor=cast.ada, told_addresses=more)
    for _ in range(2):
        upload_ends.tell_due(at=MORNING)
    assert told() == sorted([cast.ada.email, "stock@acme.example"])
    stock = Mail.objects.get(to="stock@acme.example")
    assert (stock.context["is_uploader"], stock.context["uploader"]) == (False, cast.ada.email)
    assert Mail.objects.get(to=cast.ada.email).context["is_uploader"]


def test_an_upload_of_nobody_tells_the_addresses_alone(sale: VoucherList) -> None:
    upload(sale, "CODE01\n", told_addresses=["stock@acme.example"])
    upload_ends.tell_due(at=MORNING)
    assert told() == ["stock@acme.example"]


def test_addresses_are_typed_with_the_file_and_kept_when_one_is_wrong(
    sale: VoucherList, ada: Client
) -> None:
    url = reverse("voucher_upload", args=[sale.list_id])
    data = {"file": a_file("CODE01\n"), "mode": "partial", "header": "auto", "now": "1"}
    wrong = ada.post(url, {**data, "told_addresses": "stock@acme.example, nonsense"})
    assert wrong.status_code == 422
    assert "stock@acme.example, nonsense" in wrong.content.decode()
    again = {
        **data,
        "file": a_file("CODE01\n"),
        "told_addresses": "Stock@acme.example; b@b.example",
    }
    assert ada.post(url, again).status_code == 303
    assert UploadBatch.objects.get().told_addresses == ["stock@acme.example", "b@b.example"]
