"""Three hundred contacts of Acme Solar, the same in every town."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

from directory.models import Organisation
from directory.services import contact_imports

COUNT = 300
FILES = 12
FIRST = (
    "Eleni Nikos Sofia Giorgos Katerina Dimitris Anna Kostas Ioanna Petros Despina Yannis Zoe"
    " Alexandra Stelios Irini Michalis Danai Thanos Fotini Lena Marco Ines Tomas Clara Noor Li"
    " Amara Jonas Priya Emil Hana Luca Marta Oskar Yara Pavel Rosa Samir Greta"
).split()
LAST = (
    "Papadopoulou Vlachos Nikolaidis Angelou Karras Economou Makris Lambrou Samaras Pappas"
    " Kostopoulos Xenakis Doukas Raptis Manos Zervas Galanis Tsirkas Moraitis Kefalas Berg Rossi"
    " Novak Silva Haddad Chen Okafor Weber Sharma Lindqvist"
).split()
TOWNS = "Athens Glyfada Kifisia Piraeus Marousi Chalandri Nea-Smyrni Peristeri Vari Rafina".split()


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as the town knows them."""

    first: str
    last: str
    email: str
    born: date
    town: str
    phone: str


def everybody() -> Iterator[Person]:
    """Yield the contacts; the generator's seed is fixed."""
    dice = random.Random(2009)
    for number in range(COUNT):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        yield Person(
            first,
            last,
            f"{first}.{last}{number}@example.com".lower(),
            date(1945, 1, 1) + timedelta(days=dice.randrange(22_000)),
            dice.choice(TOWNS).replace("-", " "),
            f"+3069{dice.randrange(10**8):08d}",
        )


def settle(*, business: Organisation, at: datetime, until: datetime) -> None:
    """Import everybody from files, a dozen of them spread over the time from `at` to `until`."""
    crowd = list(everybody())
    size = -(-COUNT // FILES)
    for number in range(FILES):
        moment = at + (until - at) / FILES * number
        file = _file(crowd[number * size : (number + 1) * size])
        contact_imports.run_file(business=business, stream=file, write=True, at=moment)


def _file(people: list[Person]) -> BytesIO:
    """Write people as the CSV file that a shop would export."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["E-mail", "First name", "Last name", "Birthday", "Mobile", "City", "Country", "Tags"]
    )
    for one in people:
        tags = "newsletter" if one.born.day % 3 else ""
        writer.writerow(
            [one.email, one.first, one.last, one.born.isoformat(), one.phone, one.town, "GR", tags]
        )
    return BytesIO(text.getvalue().encode())
