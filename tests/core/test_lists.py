"""The list mechanism on a list of mails: what every list page does (incentives.md 2.0)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from core.models import Mail
from tests.core.mail_list import AT, mails
from tests.kit.lists import HTMX, ListContract, rows_of

pytestmark = [pytest.mark.urls("tests.core.mail_list"), pytest.mark.django_db]


@pytest.fixture
def ada() -> Any:
    return get_user_model().objects.create(username="ada", email="ada@example.com")


@pytest.fixture
def reader(client: Client, ada: Any) -> Client:
    client.force_login(ada)
    return client


class TestMailList(ListContract):
    path = "/mails"
    filter_query = "status=queued"
    search_term = "mail"
    queries = 6

    @pytest.fixture
    def reader(self, client: Client, ada: Any) -> Client:
        client.force_login(ada)
        return client

    @pytest.fixture
    def make_rows(self) -> Callable[[int], Any]:
        return mails


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_newest_comes_first_without_a_sort(reader: Client) -> None:
    old, new = mails(2)
    assert rows_of(reader.get("/mails")) == [f"row-{new.pk}", f"row-{old.pk}"]
    assert '<th scope="col" class="cell-when" aria-sort="descending">' in text(reader.get("/mails"))


def test_search_finds_part_of_an_address_in_other_letter_case(reader: Client) -> None:
    mails(2, to="someone@example.org")
    (wanted,) = mails(1, to="Maria.K@example.com")
    assert rows_of(reader.get("/mails?q=mARIA")) == [f"row-{wanted.pk}"]
    assert rows_of(reader.get("/mails", {"q": "  maria  "})) == [f"row-{wanted.pk}"]


def test_filters_combine_with_and(reader: Client) -> None:
    mails(1, kind="bill")
    mails(1, status="sent")
    (both,) = mails(1, kind="bill", status="sent")
    assert rows_of(reader.get("/mails?kind=bill&status=sent")) == [f"row-{both.pk}"]


def test_filters_in_force_are_named_and_each_can_be_taken_away(reader: Client) -> None:
    mails(1, kind="bill", status="sent")
    page = text(reader.get("/mails?kind=bill&status=sent&status=failed&created_after=2026-01-31"))
    assert "Kind: Bill" in page
    assert "Status: Sent or Failed" in page
    assert "Created: from 31 Jan 2026" in page
    assert '<a class="applied-filter" href="/mails?created_after=2026-01-31&amp;status=sent' in page


def test_chips_count_the_other_filters_rows(reader: Client) -> None:
    mails(3, status="sent")
    mails(2, status="failed")
    mails(4, status="failed", kind="bill")
    page = text(reader.get("/mails?kind=news&status=failed"))
    chips = re.findall(r'id="chip-(\w+)">[\w ]+ <span class="chip-count">(\d+)', page)
    assert dict(chips) == {"all": "5", "queued": "0", "sending": "0", "sent": "3", "failed": "2"}
    assert re.search(r'href="/mails\?kind=news&amp;status=failed" aria-current="true"', page)


def test_nothing_found_offers_to_clear_and_nothing_there_does_not(reader: Client) -> None:
    assert "No mail yet" in text(reader.get("/mails"))
    mails(1)
    page = text(reader.get("/mails?q=nowhere"))
    assert "No mails match your search" in page
    assert "Clear filters" in page


def test_row_menu_holds_what_is_possible_and_is_absent_otherwise(reader: Client) -> None:
    (failed,) = mails(1, status="failed")
    mails(1, status="sent")
    page = text(reader.get("/mails"))
    assert page.count("row-menu dropdown") == 1
    assert f'formaction="/again/{failed.pk}"' in page
    assert f'aria-label="Actions for M-{failed.pk}"' in page


def test_cells_are_escaped_and_named_for_the_cards_of_phones(reader: Client) -> None:
    mails(1, template="<b>x</b>")
    page = text(reader.get("/mails"))
    assert '<td data-label="Template">&lt;b&gt;x&lt;/b&gt;</td>' in page


def test_filter_form_takes_sort_and_size_along(reader: Client) -> None:
    mails(1)
    page = text(reader.get("/mails?sort=key&per_page=5&page=2"))
    form = page[page.index('<form id="list-filters"') :]
    assert '<input type="hidden" name="sort" value="key">' in form
    assert '<input type="hidden" name="per_page" value="5">' in form
    assert 'name="page"' not in form


def test_fragment_puts_an_address_without_empty_fields_in_the_bar(reader: Client) -> None:
    mails(12)
    answer = reader.get("/mails?q=&status=&kind=news&sort=&per_page=5&page=2", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == "/mails?kind=news&per_page=5&page=2"


def test_counts_beyond_the_cap_are_said_to_be_so(reader: Client) -> None:
    mails(30)
    assert "Showing 1 to 10 of 30 entries" in text(reader.get("/mails/small-cap"))
    mails(1)
    page = text(reader.get("/mails/small-cap"))
    assert "Showing 1 to 10 of more than 30 entries" in page
    assert "chip-count" not in page


def follow(reader: Client, page: Any, rel: str) -> Any | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page.content.decode())
    return reader.get(found.group(1).replace("&amp;", "&")) if found else None


@pytest.mark.parametrize("sort", ["", "id", "-key", "owner_id", "-owner_id", "status"])
def test_pages_beyond_the_cap_are_walked_both_ways_without_loss(reader: Client, sort: str) -> None:
    for number in range(3):
        mails(8, owner_id=number, status="sent")
        mails(8, owner_id=None, status="failed")
    ascending = [f"row-{pk}" for pk in _sorted_keys(sort)]
    page, forwards = reader.get(f"/mails/small-cap?sort={sort}"), []
    while page is not None:
        forwards += rows_of(page)
        last, page = page, follow(reader, page, "next")
    assert forwards == ascending
    page, backwards = last, []
    while page is not None:
        backwards = rows_of(page) + backwards
        page = follow(reader, page, "prev")
    assert backwards == ascending


def _sorted_keys(sort: str) -> list[int]:
    name = sort.removeprefix("-") or "created_at"
    sign = "-" if sort.startswith("-") or not sort else ""
    return list(Mail.objects.order_by(f"{sign}{name}", f"{sign}id").values_list("pk", flat=True))


def test_last_page_beyond_the_cap_says_that_it_is_the_last(reader: Client) -> None:
    mails(48)
    answer = reader.get("/mails/small-cap?page=last&per_page=5")
    assert "Showing the last 5 of more than 30 entries" in text(answer)
    keys = list(Mail.objects.order_by("created_at").values_list("pk", flat=True)[:5])
    assert rows_of(answer) == [f"row-{pk}" for pk in reversed(keys)]
    before = follow(reader, answer, "prev")
    assert "Showing 10 to 6 from the end of more than 30 entries" in text(before)
    assert follow(reader, before, "next").content.decode().count('<tr id="row-') == 5


def test_rows_per_page_are_remembered_by_posting_and_never_by_looking(
    reader: Client, ada: Any
) -> None:
    mails(12)
    reader.get("/mails?per_page=5")
    assert len(rows_of(reader.get("/mails"))) == 10
    posted = {"remember": "rows", "per_page": "5", "state": "status=queued&page=2"}
    answer = reader.post("/mails", posted)
    assert (answer.status_code, answer.url) == (303, "/mails?per_page=5&status=queued")
    assert len(rows_of(reader.get("/mails"))) == 5
    assert len(rows_of(reader.get("/mails?per_page=20"))) == 12
    assert len(rows_of(reader.get("/mails/small-cap"))) == 5


def test_rows_per_page_answer_htmx_with_the_fragment_and_its_address(reader: Client) -> None:
    mails(12)
    posted = {"remember": "rows", "per_page": "5", "state": "q=mail"}
    answer = reader.post("/mails", posted, headers=HTMX)
    assert len(rows_of(answer)) == 5
    assert answer.headers["HX-Push-Url"] == "/mails?per_page=5&q=mail"
    assert answer.content.decode().strip().startswith('<div id="results"')


def test_saved_view_is_the_users_own_and_one_may_open_first(reader: Client) -> None:
    mails(1, status="sent")
    mails(1, status="failed")
    new = {
        "remember": "view",
        "name": " My  failures ",
        "state": "status=failed&page=3",
        "default": "1",
    }
    assert reader.post("/mails", new).url == "/mails?status=failed"
    page = reader.get("/mails")
    assert len(rows_of(page)) == 1
    assert 'href="/mails?status=failed" aria-current="true">My failures' in text(page)
    assert len(rows_of(reader.get("/mails?q="))) == 2
    stranger = get_user_model().objects.create(username="bob", email="bob@example.com")
    reader.force_login(stranger)
    assert "My failures" not in text(reader.get("/mails"))


def test_saved_view_can_be_removed_and_needs_a_name(reader: Client) -> None:
    new = {"remember": "view", "name": "Mine", "state": "status=sent"}
    reader.post("/mails", new)
    assert "Mine" in text(reader.get("/mails"))
    reader.post("/mails", {"remember": "forget", "name": "Mine", "state": ""})
    assert "Mine" not in text(reader.get("/mails"))
    assert reader.post("/mails", {**new, "name": " "}).status_code == 422


def test_post_that_the_list_does_not_know_is_not_allowed(reader: Client) -> None:
    assert reader.post("/mails", {"x": "1"}).status_code == 405
    assert reader.post("/mails", {"remember": "everything"}).status_code == 422


def test_stranger_is_led_to_sign_in(client: Client) -> None:
    assert client.get("/mails").status_code == 302


def test_filter_by_day_includes_both_ends(reader: Client) -> None:
    mails(1)
    later = AT + dt.timedelta(days=2)
    Mail.objects.create(
        key="later",
        kind="news",
        to="a@b.example",
        template="t",
        next_attempt_at=AT,
        created_at=later,
    )
    assert len(rows_of(reader.get("/mails?created_before=2026-03-01"))) == 1
    assert (
        len(rows_of(reader.get("/mails?created_after=2026-03-01&created_before=2026-03-03"))) == 2
    )
