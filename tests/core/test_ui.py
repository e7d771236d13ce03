"""What the tags and filters write into a page."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from core.money import Money
from core.templatetags import ui

AT = dt.datetime(2026, 11, 24, 7, 12, tzinfo=dt.UTC)
ATHENS = ZoneInfo("Europe/Athens")


def drawn(source: str, **context: object) -> str:
    request = RequestFactory().get("/offers?status=open&status=sent&page=3&q=a+b")
    return Template(source).render(Context({"request": request, **context}))


def test_money_is_written_as_people_write_it_and_a_missing_amount_is_a_dash() -> None:
    assert ui.money(Money(123450, "EUR")) == "€1,234.50"
    assert ui.money(Money(500, "JPY"), "code") == "JP¥500 JPY"
    assert ui.money(None) == "–"


def test_moment_is_written_in_the_active_zone_with_its_machine_form() -> None:
    with timezone.override(ATHENS):
        assert ui.when(AT) == (
            '<time datetime="2026-11-24T07:12:00+00:00">24 Nov 2026, 09:12</time>'
        )


def test_moment_without_a_zone_of_the_reader_names_utc() -> None:
    with timezone.override(dt.UTC):
        assert ui.when(AT, "text") == "24 Nov 2026, 07:12 UTC"


def test_plain_date_is_written_without_an_hour() -> None:
    assert ui.when(dt.date(2026, 2, 1), "text") == "1 Feb 2026"


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (dt.timedelta(seconds=-59), "just now"),
        (dt.timedelta(seconds=-60), "1 minute ago"),
        (dt.timedelta(minutes=-59, seconds=-59), "59 minutes ago"),
        (dt.timedelta(hours=-1), "1 hour ago"),
        (dt.timedelta(hours=5), "in 5 hours"),
        (dt.timedelta(days=-2), "2 days ago"),
        (dt.timedelta(days=-7), "17 Nov 2026"),
    ],
)
def test_relative_time_counts_whole_units_and_turns_into_a_date_after_a_week(
    distance: dt.timedelta, words: str
) -> None:
    with timezone.override(dt.UTC):
        assert ui.relative(AT + distance, AT) == words


@time_machine.travel(AT, tick=False)
def test_ago_carries_the_exact_moment_for_pointer_keyboard_and_screen_reader() -> None:
    with timezone.override(ATHENS):
        html = ui.ago(AT - dt.timedelta(hours=3))
    assert 'data-exact="24 Nov 2026, 06:12"' in html
    assert 'tabindex="0">3 hours ago<span class="visually-hidden"> (24 Nov 2026, 06:12)' in html


def test_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in ui.icon("gift")
    assert 'role="img" aria-label="A &lt;gift&gt;"' in ui.icon("gift", label="A <gift>")


def test_status_badge_is_word_icon_colour_and_says_who_moves_next() -> None:
    status = SimpleNamespace(label="Offered", tone="info", icon="send", hint="The recipient")
    html = drawn("{% status_badge status %}", status=status)
    assert 'class="status status-info" title="The recipient"' in html
    assert "icons.svg#send" in html
    assert "Offered" in html


def test_status_of_unknown_tone_is_shown_as_neutral() -> None:
    facts = ui.badge_facts(SimpleNamespace(label="New", tone="mauve"))
    assert (facts["tone"], facts["icon"]) == ("neutral", "circle-dashed")


def test_query_keeps_what_is_not_replaced_and_drops_what_is_set_to_nothing() -> None:
    assert drawn("{% query_replace page=4 q=None as u %}{{ u|escape }}") == (
        "?status=open&amp;status=sent&amp;page=4"
    )
    assert ui.replaced(QueryDict("page=2"), {"page": None}) == "?"


def test_words_are_joined_as_in_a_sentence_and_escaped() -> None:
    assert ui.join_words(["Mon", "Tue", "<b>"]) == "Mon, Tue and &lt;b&gt;"
    assert ui.join_words(["Mon"]) == "Mon"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Acme Solar", "AS"), ("Largesse", "L"), ("Bed & Breakfast Inn", "BI"), ("", "?")],
)
def test_initials_are_those_of_the_first_and_last_word(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_address_of_a_page_that_is_not_installed_is_empty() -> None:
    assert ui.address("no-such-page") == ""
