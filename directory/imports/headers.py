"""The columns of a contact file, and the headings by which each is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# The column, and further headings that mean the same; capitals, blanks and dashes do not matter.
COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("e_mail", "email_address", "e_mail_address", "mail"),
    "first_name": ("firstname", "given_name", "forename"),
    "middle_name": ("middlename",),
    "last_name": ("lastname", "surname", "family_name"),
    "name": ("full_name", "fullname"),
    "phone": ("mobile", "phone_number", "mobile_phone", "telephone"),
    "gender": ("sex",),
    "birth_date": ("birthday", "date_of_birth", "dob"),
    "name_day": ("nameday",),
    "language": ("lang",),
    "address_line_1": ("address", "street", "address1"),
    "address_line_2": ("address2",),
    "postal_code": ("postcode", "zip", "zip_code"),
    "town": ("city",),
    "country": ("country_code",),
    "tags": ("labels",),
    "notes": ("note", "comment", "comments"),
    "marketing_consent": ("consent", "opt_in", "newsletter"),
}
BY_HEADING = {
    heading: column for column, others in COLUMNS.items() for heading in (column, *others)
}


@dataclass(frozen=True, slots=True)
class Headers:
    """What the first line of a file says: the column of each place, and what nobody knows."""

    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def problem(self) -> str:
        """A sentence on why the file cannot be read, or an empty text."""
        if "email" not in self.columns:
            return (
                "The first line names no “email” column. Contacts are recognised by their e-mail"
                " address, so every file needs one."
            )
        if self.twice:
            return f"The column “{self.twice[0]}” stands there twice."
        return ""


def read_headers(cells: Sequence[str]) -> Headers:
    """Map the headings of a file to columns; an unknown one gives an empty column."""
    columns = tuple(BY_HEADING.get(normal(cell), "") for cell in cells)
    known = [column for column in columns if column]
    return Headers(
        columns=columns,
        unknown=tuple(
            cell.strip()
            for cell, column in zip(cells, columns, strict=True)
            if not column and cell.strip()
        ),
        twice=tuple(sorted({column for column in known if known.count(column) > 1})),
    )


def normal(heading: str) -> str:
    return re.sub(r"[\s\-_]+", "_", heading.strip().lower()).strip("_")
