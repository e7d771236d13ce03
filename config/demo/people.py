"""Three hundred contacts of Acme Solar, the same in every town."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from directory.choices import AddressType, PhoneType
from directory.models import Organisation
from directory.people import YearDay
from directory.services import contacts

COUNT = 300
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
TOWNS = (
    "Athens Glyfada Kifisia Piraeus Marousi Chalandri Nea-Smyrni Peristeri Vari Rafina".split()
)


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
    """Enter everybody as the desk would, spread over the time from `at` to `until`."""
    step = (until - at) / COUNT
    for number, person in enumerate(everybody()):
        _enter(business, person, at + step * number)


def _enter(business: Organisation, person: Person, at: datetime) -> None:
    contacts.create(
        business=business,
        data=contacts.ContactData(
            first_name=person.first,
            last_name=person.last,
            born=YearDay(month=person.born.month, day=person.born.day, year=person.born.year),
            emails=[contacts.EmailData(address=person.email, is_primary=True)],
            phones=[contacts.PhoneData(number=person.phone, type=PhoneType.MOBILE)],
            addresses=[{"type": AddressType.HOME, "town": person.town, "country": "GR"}],
            tags=["newsletter"] if person.born.day % 3 else [],
        ),
        at=at,
    )
