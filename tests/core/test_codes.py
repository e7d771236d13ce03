from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import codes


def test_codes_for_people_have_no_look_alikes() -> None:
    assert not set(codes.ALPHABET) & set("0O1IL")
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET)


@pytest.mark.parametrize("length", [1, 7, 20])
def test_a_code_has_the_length_asked_for_and_only_letters_of_the_alphabet(length: int) -> None:
    code = codes.human_code(length)
    assert len(code) == length
    assert set(code) <= set(codes.ALPHABET)


def test_codes_are_not_repeated() -> None:
    assert len({codes.human_code(10) for _ in range(2000)}) == 2000


def test_a_reference_is_grouped_for_reading_aloud() -> None:
    assert re.fullmatch(r"OF-[2-9A-Z]{4}-[2-9A-Z]{3}", codes.grouped_code("OF"))


def test_a_slug_is_url_safe_and_has_128_bits() -> None:
    slugs = {codes.slug() for _ in range(500)}
    assert len(slugs) == 500
    assert all(re.fullmatch(r"[\w-]{22}", slug, re.ASCII) for slug in slugs)


@given(st.text(max_size=300), st.text(max_size=300))
def test_long_keys_that_begin_alike_stay_two_keys(one: str, other: str) -> None:
    head = "k" * 150
    short = [codes.fit(head + text, 100) for text in (one, other)]
    assert all(len(key) <= 100 for key in short)
    assert (short[0] == short[1]) == (one == other)


def test_a_short_key_stays_as_it_is() -> None:
    assert codes.fit("E01:5", 100) == "E01:5"
