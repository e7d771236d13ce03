"""Which columns of a list somebody sees: their own choice, kept for that list."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from core.list_memory import ListMemory
from tests.core.mail_list import MailTable, mails
from tests.kit.lists import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.mail_list")]
CHOOSABLE = ["key", "template", "status", "owner_id", "created_at"]


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(get_user_model().objects.create(username="ada", email="ada@example.com"))
    return client


def headings(answer: Any) -> list[str]:
    return [head.name for head in answer.context["table"].headings]


def choose(reader: Client, *shown: str, **headers: str) -> Any:
    data = {"remember": "columns", "shown": shown, "state": "sort=key&page=2"}
    return reader.post("/mails", data, headers=headers)


def test_the_first_column_boxes_fields_and_menus_cannot_be_hidden() -> None:
    assert [one.name for one in MailTable.choosable()] == CHOOSABLE


def test_a_choice_is_kept_for_the_list_and_its_person_alone(reader: Client) -> None:
    mails(2)
    assert set(CHOOSABLE) <= set(headings(reader.get("/mails")))
    answer = choose(reader, "key", "status")
    assert (answer.status_code, answer.url) == (303, "/mails?sort=key")
    shown = headings(reader.get("/mails"))
    assert set(shown) & set(CHOOSABLE) == {"key", "status"}
    assert {"select", "id", "to", "attempts", "menu"} <= set(shown)
    assert "template" in headings(reader.get("/mails/small-cap"))
    reader.force_login(get_user_model().objects.create(username="bob", email="bob@example.com"))
    assert set(CHOOSABLE) <= set(headings(reader.get("/mails")))


def test_the_fragment_comes_with_the_chosen_columns_at_once(reader: Client) -> None:
    mails(2)
    answer = choose(reader, "key", **HTMX)
    assert answer.status_code == 200
    assert set(headings(answer)) & set(CHOOSABLE) == {"key"}
    assert [one["name"] for one in answer.context["columns"] if one["shown"]] == ["key"]


def test_all_columns_come_back_and_unknown_names_are_passed_over(reader: Client) -> None:
    mails(1)
    choose(reader, "key", "password", "id")
    assert set(headings(reader.get("/mails"))) & set(CHOOSABLE) == {"key"}
    reader.post("/mails", {"remember": "all_columns", "state": ""})
    assert set(CHOOSABLE) <= set(headings(reader.get("/mails")))
    user = get_user_model().objects.get(username="ada")
    assert ListMemory(user=user, name="tests.MailList").hidden == frozenset()


def test_exports_hold_every_column_whatever_is_hidden(reader: Client) -> None:
    mails(1)
    before = b"".join(reader.get("/mails?export=csv"))
    choose(reader, "key")
    assert b"".join(reader.get("/mails?export=csv")) == before


def test_a_hidden_column_may_still_sort_and_filter(reader: Client) -> None:
    mails(3)
    choose(reader, "key")
    assert reader.get("/mails?sort=-status&status=queued").status_code == 200
