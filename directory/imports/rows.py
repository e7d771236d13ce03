"""One line of a contact file: from cells to a checked row, or to the reasons why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries

from core.exports import STARTERS
from directory import people
from directory.choices import Gender
from directory.models import Contact, ContactAddress
from directory.people import Unreadable, YearDay

MOST_TAGS = 20
YES, NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0"}
GENDERS = {"f": Gender.FEMALE, "m": Gender.MALE, **{one.value: one for one in Gender}}
ADDRESS_COLUMNS = ("address_line_1", "address_line_2", "postal_code", "town")
TEXT_COLUMNS = ("first_name", "middle_name", "last_name", "language", "notes", *ADDRESS_COLUMNS)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What one line says of a person. Only what was filled in is there; the rest stays as it is.

    `values` are columns of the contact, `address` columns of its home address.
    """

    email: str
    values: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    consent: bool | None = None
    phone: str = ""
    e164: str = ""
    address: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line cannot be imported: in which column, and a sentence."""

    column: str
    reason: str


@dataclass(slots=True)
class _Draft:
    """A line while it is read."""

    today: date
    region: str
    email: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    consent: bool | None = None
    phone: str = ""
    e164: str = ""
    address: dict[str, str] = field(default_factory=dict)


def read_row(
    cells: Mapping[str, str], *, today: date, region: str = ""
) -> tuple[ImportRow | None, list[Fault]]:
    """Return the row that the cells describe, or None and every fault in them.

    `today` bounds birth dates; `region` is the country of phone numbers without a country code.
    """
    draft = _Draft(today=today, region=region)
    faults = []
    for column, cell in cells.items():
        raw = fused(cell)
        text = " ".join(raw.split()) if column != "notes" else raw.strip()
        if not text:
            continue
        try:
            READERS[column](draft, text)
        except Unreadable as error:
            faults.append(Fault(column, str(error)))
    if not draft.email and not any(fault.column == "email" for fault in faults):
        faults.append(Fault("email", "There is no e-mail address."))
    if faults:
        return None, faults
    row = ImportRow(
        email=draft.email,
        values=draft.values,
        tags=draft.tags,
        consent=draft.consent,
        phone=draft.phone,
        e164=draft.e164,
        address=draft.address,
    )
    return row, []


def fused(cell: str) -> str:
    """Return the cell without the mark by which our own files keep it from being a formula.

    So a result file or an export can be corrected and imported again.
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTERS) else cell


def _email(draft: _Draft, text: str) -> None:
    address = people.normal_email(text)
    try:
        validate_email(address)
    except ValidationError as error:
        raise Unreadable("This is no e-mail address.") from error
    if len(address) > 254:
        raise Unreadable("An e-mail address has at most 254 characters.")
    draft.email = address


def _text(column: str) -> Callable[[_Draft, str], None]:
    model: Any = ContactAddress if column in ADDRESS_COLUMNS else Contact
    longest = model._meta.get_field(column).max_length

    def read(draft: _Draft, text: str) -> None:
        if len(text) > longest:
            raise Unreadable(f"At most {longest} characters; these are {len(text)}.")
        if "\0" in text:
            raise Unreadable("This holds a character that is no text.")
        (draft.address if column in ADDRESS_COLUMNS else draft.values)[column] = text

    return read


def _name(draft: _Draft, text: str) -> None:
    """Split a whole name, unless the file has the parts in columns of their own."""
    first, last = people.split_name(text)
    for column, part in (("first_name", first), ("last_name", last)):
        if part and column not in draft.values:
            READERS[column](draft, part)


def _phone(draft: _Draft, text: str) -> None:
    number = people.e164(text, draft.region)
    if not number or len(text) > 30:
        raise Unreadable(
            "This is no phone number. Write it with its country code: +44 7700 900123."
        )
    draft.phone, draft.e164 = text, number


def _gender(draft: _Draft, text: str) -> None:
    if text.lower() not in GENDERS:
        raise Unreadable("Write female, male or other.")
    draft.values["gender"] = str(GENDERS[text.lower()])


def _birth_date(draft: _Draft, text: str) -> None:
    born = people.past_birthday(people.year_day(text), today=draft.today)
    draft.values.update(birth_year=born.year, birth_month=born.month, birth_day=born.day)


def _name_day(draft: _Draft, text: str) -> None:
    day: YearDay = people.year_day(text)
    draft.values.update(name_day_month=day.month, name_day_day=day.day)


def _tags(draft: _Draft, text: str) -> None:
    tags = sorted({tag.strip().lower() for tag in text.replace(";", ",").split(",")} - {""})
    if len(tags) > MOST_TAGS or any(len(tag) > 40 for tag in tags):
        raise Unreadable(f"At most {MOST_TAGS} tags of at most 40 characters.")
    draft.tags = tuple(tags)


def _consent(draft: _Draft, text: str) -> None:
    if text.lower() not in YES | NO:
        raise Unreadable("Write yes or no.")
    draft.consent = text.lower() in YES


@cache
def _country_codes() -> dict[str, str]:
    by_name = {country.name.lower(): country.code for country in countries}
    return by_name | {country.code.lower(): country.code for country in countries}


def _country(draft: _Draft, text: str) -> None:
    code = _country_codes().get(text.lower())
    if code is None:
        raise Unreadable("Write the country by its two-letter code, for example GB.")
    draft.address["country"] = code


READERS: dict[str, Callable[[_Draft, str], None]] = {
    "email": _email,
    "name": _name,
    "phone": _phone,
    "gender": _gender,
    "birth_date": _birth_date,
    "name_day": _name_day,
    "tags": _tags,
    "marketing_consent": _consent,
    "country": _country,
    **{column: _text(column) for column in TEXT_COLUMNS},
}
