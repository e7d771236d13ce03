"""Contact files for tests, measurements and demonstrations: the same rows for the same seed.

With faults, a known part of the lines is spoilt, each kind of fault in turn, so that a rehearsal can be
held against the numbers that were planted.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import IO

COLUMNS = (
    "email",
    "first_name",
    "last_name",
    "phone",
    "birth_date",
    "name_day",
    "language",
    "postal_code",
    "town",
    "country",
    "tags",
    "marketing_consent",
)
# Names in a row read better than sixty lines of them.
FIRST = (  # noqa: SIM905
    "Anna Maria Sofia Elena Katarina Ingrid Amelie Chloe Zoë Ines Lucia Agnes Nora Freya Olga"
    " Petra Jonas Mateo Luca Erik Nikolaos George Paul Émile Tomás Andrei Stefan Hugo Oliver Max"
).split()
LAST = (  # noqa: SIM905
    "Müller Schmidt Rossi Bianchi García López Silva Santos Dubois Lefèvre Jansen Novák Kowalska"
    " Papadopoulou Andersson Hansen Virtanen Smith Taylor Murphy O'Brien Popescu Ivanova Kaya"
).split()
TOWNS = (
    ("London", "GB", "SW1A {:02d}", "+4479460{:05d}", "en"),
    ("Berlin", "DE", "101{:02d}", "+4915112{:06d}", "de"),
    ("Athens", "GR", "105 {:02d}", "+30694{:07d}", "el"),
    ("Lyon", "FR", "690{:02d}", "+3361234{:04d}", "fr"),
    ("Madrid", "ES", "280{:02d}", "+3461234{:04d}", "es"),
    ("Utrecht", "NL", "35{:02d} AB", "+3161234{:04d}", "nl"),
)
TAGS = ("regular", "newsletter", "trade", "since-2019", "vip", "walk-in")
HOSTS = ("example.org", "example.com", "example.net")

Spoil = Callable[[dict[str, str], dict[str, str]], None]


def _no_address(row: dict[str, str], before: dict[str, str]) -> None:
    row["email"] = ""


def _bad_address(row: dict[str, str], before: dict[str, str]) -> None:
    row["email"] = row["email"].replace("@", " at ")


def _address_twice(row: dict[str, str], before: dict[str, str]) -> None:
    row["email"] = before["email"].upper()


def _bad_day(row: dict[str, str], before: dict[str, str]) -> None:
    row["birth_date"] = "1985-02-30"


def _bad_phone(row: dict[str, str], before: dict[str, str]) -> None:
    row["phone"] = "call the office"


def _formula(row: dict[str, str], before: dict[str, str]) -> None:
    row["marketing_consent"] = '=HYPERLINK("http://example.org","yes")'


FAULTS: dict[str, Spoil] = {
    "no address": _no_address,
    "no e-mail address": _bad_address,
    "address twice": _address_twice,
    "no such day": _bad_day,
    "no phone number": _bad_phone,
    "formula": _formula,
}


def write(*, stream: IO[str], rows: int, seed: int, faults: int = 0) -> Counter[str]:
    """Write the file and return how many lines were spoilt in which way.

    `faults` lines, spread evenly behind the first, are spoilt; all others are good and differ from
    each other by address.
    """
    spoilt: Counter[str] = Counter()
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    before: dict[str, str] = {}
    for number, row in enumerate(_people(rows, Random(seed))):  # noqa: S311 - no secret
        if before and faults and _is_spoilt(number, rows, faults):
            kind = list(FAULTS)[spoilt.total() % len(FAULTS)]
            FAULTS[kind](row, before)
            spoilt[kind] += 1
        else:
            before = row
        writer.writerow(row)
    return spoilt


def _is_spoilt(number: int, rows: int, faults: int) -> bool:
    """Tell whether the line is one of `faults` spread over lines 1 to rows − 1."""
    usable = rows - 1
    return (number * faults) // usable > ((number - 1) * faults) // usable


def _people(rows: int, dice: Random) -> Iterator[dict[str, str]]:
    for number in range(rows):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        town, country, postal, phone, language = dice.choice(TOWNS)
        yield {
            "email": f"person{number}.{dice.randrange(10**6)}@{dice.choice(HOSTS)}",
            "first_name": first,
            "last_name": last,
            "phone": phone.format(number % 10 ** _width(phone)) if dice.random() < 0.8 else "",
            "birth_date": _birthday(dice),
            "name_day": f"{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
            if dice.random() < 0.3
            else "",
            "language": language,
            "postal_code": postal.format(number % 100),
            "town": town,
            "country": country,
            "tags": ", ".join(sorted(dice.sample(TAGS, dice.randint(0, 3)))),
            "marketing_consent": dice.choice(("yes", "no", "")),
        }


def _width(phone: str) -> int:
    return int(phone.partition("{:0")[2].partition("d")[0])


def _birthday(dice: Random) -> str:
    """Return a full birth date, one without year, or none."""
    day = f"{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
    kind = dice.random()
    if kind < 0.6:
        return f"{dice.randint(1940, 2007)}-{day}"
    return f"--{day}" if kind < 0.75 else ""
