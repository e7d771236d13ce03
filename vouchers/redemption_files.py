"""Reading files of redemptions: a heading, then a row for each code (vouchers.md 9.4). Pure.

The heading names the columns, in any order, divided by comma, semicolon or tab; `code` must be among
them. A field never spans lines, so that one bad quotation mark costs one row.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from unicodedata import category
from zoneinfo import ZoneInfo

from core.money import Money, NotMoney

COLUMNS = ("code", "redeemed_at", "reference", "amount", "currency", "location", "status")
LONGEST_LINE = 4_096
LENGTHS = {"code": 255, "reference": 100, "location": 120}
STATUSES = ("redeemed", "reversed")


class BadFile(ValueError):
    """The file as a whole cannot be read; the text says why."""


class BadRow(ValueError):
    """One row cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Which column stands where, and what divides them."""

    divider: str
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says."""

    code: str
    redeemed_at: datetime | None
    reference: str
    amount_minor: int | None
    currency: str
    location: str
    is_reversal: bool


def heading_of(line: str) -> Heading:
    """Return the columns that the first line names; raises `BadFile` without `code` or twice a name."""
    for divider in (",", ";", "\t"):
        names = [name.strip().lower() for name in _cells(line, divider)]
        if "code" not in names:
            continue
        known = [name for name in names if name in COLUMNS]
        if len(known) != len(set(known)):
            raise BadFile("The heading names a column twice.")
        return Heading(divider, {name: names.index(name) for name in known})
    raise BadFile(
        "The first line must name the columns, and `code` must be one of them: "
        + ", ".join(COLUMNS)
    )


def row_of(line: str, heading: Heading, *, zone: ZoneInfo, at: datetime) -> Row:
    """Return what the row says; raises `BadRow` for what cannot be meant."""
    if len(line) > LONGEST_LINE:
        raise BadRow("The line is longer than 4,096 characters.")
    try:
        cells = _cells(line, heading.divider)
    except csv.Error as error:
        raise BadRow("A quotation mark is left open.") from error
    values = {
        name: cells[place].strip() if place < len(cells) else ""
        for name, place in heading.places.items()
    }
    for name, longest in LENGTHS.items():
        if len(values.get(name, "")) > longest:
            raise BadRow(f"The {name} is longer than {longest} characters.")
        if any(is_control(sign) for sign in values.get(name, "")):
            raise BadRow(f"The {name} holds a character that cannot be printed.")
    if not values["code"]:
        raise BadRow("The code is missing.")
    minor, currency = _amount(values.get("amount", ""), values.get("currency", ""))
    return Row(
        code=values["code"],
        redeemed_at=_moment(values.get("redeemed_at", ""), zone, at),
        reference=values.get("reference", ""),
        amount_minor=minor,
        currency=currency,
        location=values.get("location", ""),
        is_reversal=_is_reversal(values.get("status", "")),
    )


def code_in(line: str, heading: Heading) -> str:
    """Return what stands where the code should, for the report of a row that cannot be read."""
    cells = line.split(heading.divider)
    place = heading.places["code"]
    text = cells[place] if place < len(cells) else ""
    return "".join(sign for sign in text if not is_control(sign)).strip(' "')[:255]


def is_control(sign: str) -> bool:
    """Tell whether the sign is none that a till could print, such as NUL, which no column takes."""
    return category(sign) == "Cc"


def _cells(line: str, divider: str) -> Sequence[str]:
    return next(csv.reader([line], delimiter=divider, strict=True), [])


def _moment(word: str, zone: ZoneInfo, at: datetime) -> datetime | None:
    """Return the moment, without an offset in the time of the business; a day begins it."""
    if not word:
        return None
    try:
        found = datetime.fromisoformat(word)
    except ValueError as error:
        raise BadRow("Write redeemed_at as 2026-05-04 or 2026-05-04T15:10:00+03:00.") from error
    if found.tzinfo is None:
        found = datetime.combine(found.date(), found.time() or time(), zone)
    if found > at:
        raise BadRow("redeemed_at lies in the future.")
    if found.year < 2000:
        raise BadRow("redeemed_at lies before the year 2000.")
    return found


def _amount(word: str, currency: str) -> tuple[int | None, str]:
    if not word:
        return None, ""
    if not currency:
        raise BadRow("An amount needs its currency.")
    try:
        money = Money.parse(word, currency.upper())
    except NotMoney as error:
        raise BadRow(str(error)) from error
    if money.minor < 0:
        raise BadRow("An amount is never negative.")
    return money.minor, money.currency


def _is_reversal(word: str) -> bool:
    status = word.lower() or "redeemed"
    if status not in STATUSES:
        raise BadRow("The status is either redeemed or reversed.")
    return status == "reversed"
