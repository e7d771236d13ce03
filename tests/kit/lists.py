"""The contract of every list page (incentives.md 2.0), inherited by declaration.

class TestOffers(ListContract):
    path = "/provider/incentive-offers"
    filter_query = "status=offered"
    search_term = "ada"

    @pytest.fixture
    def reader(self, client, acme): ...
    @pytest.fixture
    def make_rows(self, acme): return lambda count: ...
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

HTMX = {"HX-Request": "true"}
ROW = re.compile(r'<tr id="([a-z]+-\d+)"')
Answer = Any


def rows_of(answer: Answer) -> list[str]:
    """Return the ids of the rows that an answer shows, in order."""
    return ROW.findall(answer.content.decode())


def without_tokens(html: str) -> str:
    """Return a page's text without the forgery tokens, which differ in every answer."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", html)


@pytest.mark.django_db
class ListContract:
    """Tests that every list passes; a subclass names its address and how rows come to be."""

    path: str
    filter_query: str = ""
    search_term: str = ""
    queries: int | None = None

    @pytest.fixture
    def reader(self) -> Client:
        raise NotImplementedError

    @pytest.fixture
    def make_rows(self) -> Callable[[int], Any]:
        raise NotImplementedError

    def get(self, reader: Client, query: str = "", **headers: str) -> Answer:
        answer = reader.get(f"{self.path}?{query}" if query else self.path, headers=headers)
        assert answer.status_code == 200
        return answer

    def sort_keys(self, reader: Client) -> list[str]:
        return re.findall(r'id="sort-(\w+)"', self.get(reader).content.decode())

    def test_list_without_rows_says_why(self, reader: Client) -> None:
        answer = self.get(reader)
        assert rows_of(answer) == []
        assert "empty-state" in answer.content.decode()

    def test_fragment_is_the_part_of_the_page_that_it_replaces(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(12)
        page = self.get(reader, "per_page=5").content.decode()
        fragment = self.get(reader, "per_page=5", **HTMX).content.decode().strip()
        assert fragment.startswith('<div id="results"')
        assert without_tokens(fragment) in without_tokens(page)
        assert "<html" not in fragment

    def test_answer_varies_by_who_asks_and_boosted_pages_stay_whole(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(1)
        assert "HX-Request" in self.get(reader).headers["Vary"]
        boosted = self.get(reader, **HTMX, **{"HX-Boosted": "true"})
        restored = self.get(reader, **HTMX, **{"HX-History-Restore-Request": "true"})
        assert "<html" in boosted.content.decode()
        assert "<html" in restored.content.decode()

    def test_pages_share_out_the_rows_and_say_where_they_stand(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(23)
        third = self.get(reader, "page=3")
        assert len(rows_of(third)) == 3
        assert "Showing 21 to 23 of 23 entries" in third.content.decode()
        shown = [row for page in (1, 2, 3) for row in rows_of(self.get(reader, f"page={page}"))]
        assert len(set(shown)) == 23

    def test_page_past_the_end_is_the_last_and_no_number_is_the_first(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(23)
        first, last = rows_of(self.get(reader)), rows_of(self.get(reader, "page=3"))
        assert rows_of(self.get(reader, "page=99")) == last
        assert rows_of(self.get(reader, "page=last")) == last
        for nonsense in ("abc", "-1", "0", "1.5", "²", ""):
            assert rows_of(self.get(reader, f"page={nonsense}")) == first

    def test_rows_per_page_are_one_of_four_sizes(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(23)
        assert len(rows_of(self.get(reader, "per_page=5"))) == 5
        assert len(rows_of(self.get(reader, "per_page=20"))) == 20
        for other in ("7", "1000", "x", "-5", ""):
            assert len(rows_of(self.get(reader, f"per_page={other}"))) == 10

    def test_each_sort_gives_one_stable_order_in_both_directions(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(13)
        for key in self.sort_keys(reader):
            for sort in (key, f"-{key}"):
                shown = [
                    row
                    for page in (1, 2, 3)
                    for row in rows_of(self.get(reader, f"sort={sort}&page={page}&per_page=5"))
                ]
                assert len(shown) == len(set(shown)) == 13, f"sorted by {sort}"

    def test_sort_is_marked_on_its_heading_and_unknown_ones_are_ignored(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(7)
        plain = rows_of(self.get(reader))
        for nonsense in ("password", "-", "--id", "id;drop", "pk__in"):
            assert rows_of(self.get(reader, f"sort={nonsense}")) == plain
        for key in self.sort_keys(reader)[:1]:
            page = self.get(reader, f"sort=-{key}").content.decode()
            assert 'aria-sort="descending"' in page

    def test_number_of_queries_does_not_grow_with_the_rows(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(4)
        self.get(reader)
        with CaptureQueriesContext(connection) as few:
            self.get(reader, "per_page=50")
        make_rows(30)
        with CaptureQueriesContext(connection) as many:
            self.get(reader, "per_page=50")
        assert len(many) == len(few)
        if self.queries is not None:
            assert len(many) <= self.queries

    def test_opening_the_list_writes_nothing(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(3)
        with CaptureQueriesContext(connection) as queries:
            self.get(reader, "per_page=50&page=1")
        verbs = {query["sql"].split(" ", 1)[0].upper() for query in queries}
        assert verbs.isdisjoint({"INSERT", "UPDATE", "DELETE"})

    def test_filter_and_search_return_to_the_first_page_and_are_kept_by_links(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(3)
        given = "&".join(
            part
            for part in (self.filter_query, f"q={self.search_term}" * bool(self.search_term))
            if part
        )
        if not given:
            pytest.skip("the list has neither filter nor search")
        page = self.get(reader, f"{given}&page=2&per_page=20&sort=id", **HTMX)
        for link in re.findall(r'class="(?:sort|chip)" href="([^"]+)"', page.content.decode()):
            assert "page=" not in link.replace("per_page=", "")
            assert "per_page=20" in link

    def test_unknown_filter_values_and_hostile_terms_are_answered(
        self, reader: Client, make_rows: Callable[[int], Any]
    ) -> None:
        make_rows(2)
        name = self.filter_query.partition("=")[0] or "status"
        for query in (
            f"{name}=no-such-value",
            "q=%25",
            "q=_",
            "q=%5C",
            "q=%00",
            "q='",
            "q=" + "x" * 5000,
            "after=x",
            "before=W10",
            "after=WzAsW11d",
            "q=1",
            "q=99999999999999999999999",
        ):
            self.get(reader, query)
