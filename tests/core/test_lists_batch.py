"""Editing selected rows of a list (incentives.md 6.5)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from core.models import Mail
from core.selection import BatchResult
from tests.core.mail_list import mails
from tests.kit.lists import HTMX, rows_of

pytestmark = [pytest.mark.urls("tests.core.mail_list"), pytest.mark.django_db]
URL = "/mails/batch"


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(get_user_model().objects.create(username="ada", email="ada@example.com"))
    return client


def sent(*edits: tuple[Mail, dict[str, Any]], selected: list[int] | None = None) -> dict[str, Any]:
    """Write the form's fields for some rows, all ticked unless `selected` says otherwise."""
    data: dict[str, Any] = {"batch": "1"}
    for mail, fields in edits:
        shown = {"version": mail.attempts, "to": mail.to, "attempts": mail.attempts, **fields}
        data.update({f"row-{mail.pk}-{name}": value for name, value in shown.items()})
    data["selected"] = [mail.pk for mail, _ in edits] if selected is None else selected
    return data


def address_of(mail: Mail) -> str:
    return Mail.objects.get(pk=mail.pk).to


def test_selected_rows_are_saved_and_the_table_comes_back_unselected(reader: Client) -> None:
    one, two = mails(2)
    data = sent((one, {"to": "one@example.com"}), (two, {"to": "two@example.com"}))
    answer = reader.post(f"{URL}?q=mail", data, headers=HTMX)
    assert answer.status_code == 200
    assert "2 mails updated" in answer.headers["HX-Trigger"]
    assert (address_of(one), address_of(two)) == ("one@example.com", "two@example.com")
    assert len(rows_of(answer)) == 2
    assert not re.search(r"data-select-row checked", answer.content.decode())


def test_without_script_the_answer_leads_back_to_the_same_page(reader: Client) -> None:
    (one,) = mails(1)
    answer = reader.post(f"{URL}?q=mail&page=1", sent((one, {"to": "one@example.com"})))
    assert (answer.status_code, answer.url) == (303, f"{URL}?q=mail&page=1")
    assert "1 mail updated" in reader.get(answer.url).content.decode()


def test_one_bad_row_keeps_all_from_being_saved_and_everything_as_typed(reader: Client) -> None:
    good, bad = mails(2)
    data = sent((good, {"to": "good@example.com"}), (bad, {"attempts": "-4"}))
    answer = reader.post(URL, data, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert address_of(good) == "ada@example.com"
    assert "1 of 2 selected rows needs a change" in page
    assert f'<a href="#id_row-{bad.pk}-attempts">M-{bad.pk}:' in page
    assert 'value="good@example.com"' in page
    assert 'value="-4"' in page
    assert page.count("data-select-row checked") == 2
    assert '"level": "error"' in answer.headers["HX-Trigger"]


def test_stale_row_is_refused_at_that_row_and_nothing_is_saved(reader: Client) -> None:
    fresh, stale = mails(2)
    data = sent((fresh, {"to": "x@example.com"}), (stale, {"version": 7}))
    answer = reader.post(URL, data, headers=HTMX)
    assert answer.status_code == 422
    assert f"M-{stale.pk}: It was changed meanwhile." in answer.content.decode()
    assert f'name="row-{stale.pk}-version" value="7"' in answer.content.decode()
    assert address_of(fresh) == "ada@example.com"


def test_row_without_its_version_is_refused(reader: Client) -> None:
    (one,) = mails(1)
    data = sent((one, {"to": "x@example.com"}))
    del data[f"row-{one.pk}-version"]
    assert reader.post(URL, data).status_code == 422
    assert address_of(one) == "ada@example.com"


def test_row_sent_unchanged_is_accepted_and_not_counted(reader: Client) -> None:
    one, two = mails(2)
    answer = reader.post(URL, sent((one, {"to": "x@example.com"}), (two, {})), headers=HTMX)
    assert "1 mail updated, 1 not changed" in answer.headers["HX-Trigger"]


def test_fields_of_unselected_rows_are_ignored(reader: Client) -> None:
    one, two = mails(2)
    data = sent((one, {"to": "x@example.com"}), (two, {"to": "nonsense"}), selected=[one.pk])
    assert reader.post(URL, data, headers=HTMX).status_code == 200
    assert address_of(two) == "ada@example.com"


def test_foreign_and_impossible_ids_are_not_found(reader: Client) -> None:
    (one,) = mails(1)
    (foreign,) = mails(1, kind="secret")
    for wrong in (foreign.pk, 10**12, "x", "-1", "0", "9" * 40, "1.0"):
        data = sent((one, {"to": "x@example.com"}), selected=[one.pk, wrong])
        assert reader.post(URL, data).status_code == 404, wrong
    assert address_of(one) == "ada@example.com"


def test_repeated_id_and_more_than_fifty_rows_are_refused(reader: Client) -> None:
    rows = mails(51)
    assert reader.post(URL, sent((rows[0], {}), selected=[rows[0].pk] * 2)).status_code == 422
    assert reader.post(URL, sent(selected=[row.pk for row in rows])).status_code == 422
    edits = [(row, {"to": "x@example.com"}) for row in rows[:50]]
    assert reader.post(URL, sent(*edits)).status_code == 303


def test_pressing_with_nothing_selected_explains_itself(reader: Client) -> None:
    mails(1)
    answer = reader.post(URL, {"batch": "1"})
    assert answer.status_code == 422
    assert "Select at least one row first" in answer.content.decode()


def test_read_only_list_has_no_boxes_and_refuses_a_post(reader: Client) -> None:
    (one,) = mails(1)
    page = reader.get(f"{URL}?closed=1").content.decode()
    assert "data-select-row" not in page
    assert "Update Selected" not in page
    assert reader.post(f"{URL}?closed=1", sent((one, {"to": "x@y.example"}))).status_code == 409
    assert address_of(one) == "ada@example.com"


def test_bad_row_that_left_the_page_is_shown_first(reader: Client) -> None:
    old = mails(1)[0]
    mails(10)
    answer = reader.post(URL, sent((old, {"attempts": "x"})), headers=HTMX)
    assert rows_of(answer)[0] == f"row-{old.pk}"
    assert len(rows_of(answer)) == 11


def test_both_faces_of_an_editable_cell_are_in_the_page(reader: Client) -> None:
    (one,) = mails(1)
    page = reader.get(URL).content.decode()
    assert '<div class="cell-read">ada@example.com</div><div class="cell-edit">' in page
    assert f'name="row-{one.pk}-to"' in page


def test_result_names_changed_and_unchanged() -> None:
    assert BatchResult((1, 2)).sentence("row", "rows") == "2 rows updated"
    assert (
        BatchResult((), (3,)).sentence("row", "rows") == "Nothing to update: 1 row sent as stored"
    )
