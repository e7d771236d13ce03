"""Files of a filtered list: what is on the screen, in every row, and never a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from openpyxl import load_workbook

from core.exports import defused
from tests.core.mail_list import mails

pytestmark = [pytest.mark.urls("tests.core.mail_list"), pytest.mark.django_db]


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(get_user_model().objects.create(username="ada", email="ada@example.com"))
    return client


def table_of(answer: Any) -> list[list[str]]:
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))


def test_csv_holds_every_row_of_the_filter_in_the_lists_order(reader: Client) -> None:
    mails(12, status="sent")
    mails(3, status="failed")
    answer = reader.get("/mails?status=sent&sort=id&per_page=5&page=2&export=csv")
    head, *rows = table_of(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mails.csv"'
    assert head == ["ID", "Key", "To", "Template", "Status", "Owner", "Attempts", "Created"]
    assert [row[1] for row in rows] == [f"mail-{number}" for number in range(12)]
    assert rows[0][4:] == ["Sent", "", "0", "2026-03-01 12:00:00"]


def test_cells_that_begin_like_formulas_are_defused_in_both_kinds(reader: Client) -> None:
    mails(1, template='=HYPERLINK("x")')
    (row,) = table_of(reader.get("/mails?export=csv"))[1:]
    assert row[3] == '\'=HYPERLINK("x")'
    sheet = b"".join(reader.get("/mails?export=xlsx").streaming_content)
    cells = load_workbook(io.BytesIO(sheet)).active[2]
    assert cells[3].value == '\'=HYPERLINK("x")'
    assert cells[3].data_type == "s"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_a_sheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert defused(Decimal("-4.50")) == Decimal("-4.50")
    assert defused(-3) == -3
    assert defused("plain") == "plain"


def test_number_of_queries_of_an_export_does_not_grow(
    reader: Client, django_assert_max_num_queries: Any
) -> None:
    mails(60)
    with django_assert_max_num_queries(6):
        assert len(table_of(reader.get("/mails?export=csv"))) == 61


def test_unknown_kind_of_export_shows_the_page(reader: Client) -> None:
    mails(1)
    assert reader.get("/mails?export=exe").headers["Content-Type"].startswith("text/html")
