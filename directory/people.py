"""Pure rules about people: names, addresses, numbers, days of the year."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import phonenumbers

LEAP_YEAR = 2000
DATE = re.compile(r"(?:(\d{4})-|--)?(\d{1,2})-(\d{1,2})\Z")


class Unreadable(ValueError):
    """The text is not what it should be; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day of the year; the year of a birth date may be unknown."""

    month: int
    day: int
    year: int | None = None


def normal_email(text: str) -> str:
    """Return the address as it is stored and compared: trimmed and in lower case."""
    return text.strip().lower()


def e164(text: str, region: str = "") -> str:
    """Return the number in E.164 ("+442079460018"), or an empty text when it cannot be read.

    `region` is the two-letter country that a number without country code belongs to.
    """
    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digit_count(text: str) -> int:
    return sum(character.isdigit() for character in text)


def year_day(text: str) -> YearDay:
    """Read "1984-05-17", "--05-17" or "05-17"; raises `Unreadable` for what is no day."""
    found = DATE.match(text.strip())
    if found is None:
        raise Unreadable("Write the day as YYYY-MM-DD, or --MM-DD without the year.")
    year = int(found[1]) if found[1] else None
    checked = checked_day(month=int(found[2]), day=int(found[3]), year=year)
    assert checked is not None
    return checked


def checked_day(*, month: int | None, day: int | None, year: int | None = None) -> YearDay | None:
    """Return the day of the year, None when all is empty; raises `Unreadable` for half a day.

    29 February is accepted without a year, and with one only in leap years.
    """
    if month is None and day is None and year is None:
        return None
    if month is None or day is None:
        raise Unreadable("Give both day and month.")
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year or LEAP_YEAR, month)[1]:
        raise Unreadable("There is no such day.")
    return YearDay(month, day, year)


def past_birthday(born: YearDay, *, today: date) -> YearDay:
    """Return the birth date if it lies in the past and after 1900; raises `Unreadable`."""
    if born.year is None:
        return born
    if born.year < 1900 or date(born.year, born.month, born.day) >= today:
        raise Unreadable("A birth date lies in the past, after 1900.")
    return born


def split_name(text: str) -> tuple[str, str]:
    """Return first and last name: the last word is the last name, all before it the first."""
    first, _, last = " ".join(text.split()).rpartition(" ")
    return (first, last) if first else (last, "")


def name_day_for(
    first_name: str, rules: Iterable[tuple[int, int, Iterable[str]]]
) -> YearDay | None:
    """Return the day on which the first name is celebrated, by the first rule that names it."""
    wanted = first_name.strip().casefold()
    if not wanted:
        return None
    for month, day, names in rules:
        if wanted in {name.casefold() for name in names}:
            return YearDay(month, day)
    return None
