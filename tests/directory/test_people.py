"""Pure rules about people: addresses, numbers, days."""

from __future__ import annotations

from datetime import date

import pytest

from directory import people
from directory.people import Unreadable, YearDay
from directory.search import contact_text


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+44 7700 900123", "", "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("(030) 1234567", "de", "+49301234567"),
        ("07700 900123", "", ""),
        ("call me", "GB", ""),
        ("+1", "", ""),
    ],
)
def test_numbers_are_written_in_e164_where_they_can_be_read(
    text: str, region: str, expected: str
) -> None:
    assert people.e164(text, region) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1984-05-17", YearDay(5, 17, 1984)),
        ("--05-17", YearDay(5, 17)),
        ("5-7", YearDay(5, 7)),
        ("--02-29", YearDay(2, 29)),
        ("2024-02-29", YearDay(2, 29, 2024)),
    ],
)
def test_a_day_may_lack_its_year(text: str, expected: YearDay) -> None:
    assert people.year_day(text) == expected


@pytest.mark.parametrize("text", ["2023-02-29", "1984-13-01", "17.05.1984", "05-32", "soon", ""])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        people.year_day(text)


def test_half_a_day_is_refused_and_none_is_none() -> None:
    assert people.checked_day(month=None, day=None) is None
    with pytest.raises(Unreadable):
        people.checked_day(month=5, day=None)
    with pytest.raises(Unreadable):
        people.checked_day(month=None, day=None, year=1984)


@pytest.mark.parametrize("born", [YearDay(3, 4, 2026), YearDay(1, 1, 1899)])
def test_a_birth_date_lies_in_the_past_after_1900(born: YearDay) -> None:
    with pytest.raises(Unreadable):
        people.past_birthday(born, today=date(2026, 3, 4))


def test_a_name_is_split_before_its_last_word() -> None:
    assert people.split_name(" Anna  Maria Rossi ") == ("Anna Maria", "Rossi")
    assert people.split_name("Cher") == ("Cher", "")
    assert people.split_name("") == ("", "")


def test_a_name_day_is_found_by_first_name_whatever_its_case() -> None:
    rules = [(1, 7, ["Ioannis", "Ioanna"]), (8, 15, ["Maria", "Panagiotis"])]
    assert people.name_day_for("MARIA", rules) == YearDay(8, 15)
    assert people.name_day_for("Ada", rules) is None
    assert people.name_day_for(" ", rules) is None


def test_the_search_text_holds_names_code_and_addresses_in_lower_case() -> None:
    text = contact_text(names=("Zoë", "", "O'Brien"), code="C-7H2K", addresses=["Z@Example.org"])
    assert text == "zoë o'brien c-7h2k z@example.org"
