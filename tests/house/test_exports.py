"""Every list page can be taken away as a file, as it is filtered (incentives.md 2.0)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from core.views import TableView
from tests.cast import Cast, client_of
from tests.factories.directory import make_contact
from tests.factories.incentives import make_offer, make_program
from tests.house.test_urls import own_addresses

LISTS: dict[str, type[TableView]] = {
    route: view.view_class
    for route, view in own_addresses()
    if isinstance(getattr(view, "view_class", None), type)
    and issubclass(view.view_class, TableView)
}
BARE = sorted(route for route in LISTS if "<" not in route)


def test_every_list_offers_files() -> None:
    assert len(LISTS) > 8
    assert [route for route, view in LISTS.items() if not view.export_name] == []


@pytest.mark.django_db
@pytest.mark.parametrize("route", BARE)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_list_is_sent_as_a_file_with_the_headings_of_its_table(
    route: str, kind: str, cast: Cast
) -> None:
    make_offer(program=make_program(cast.acme), status="completed")
    answer: Any = client_of(cast.ada).get(f"/{route}?export={kind}")
    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    answer.close()
    if kind == "csv":
        head = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len(head) > 2
        assert all(head)


@pytest.mark.django_db
def test_file_holds_what_the_filters_leave_and_no_formula(cast: Cast) -> None:
    make_contact(cast.acme, "=cmd|'/c calc'!A1", email="formula@example.org")
    make_contact(cast.acme, "Somebody Else", email="other@example.org")
    answer: Any = client_of(cast.ada).get(f"{reverse('contact_list')}?q=formula@&export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "other@example.org" not in text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any("cmd|" in cell for cell in cells)
    assert not any(cell.startswith("=") for cell in cells)
