"""Lists of people: addresses and numbers from a file, as recipient keys in its order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.errors import Invalid
from directory.models import Organisation
from vouchers import recipients
from vouchers.models import ListedPerson, PeopleList
from vouchers.recipients import EMAIL, NobodyNamed, Recipient, without_tag
from vouchers.selectors.recipients import ignores_tags, keys_of_tagged

PORTION = 2_000
MOST = 100_000


class NobodyListed(Invalid):
    """The file names nobody that can be read."""

    code = "nobody_listed"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The list that was made, and the numbers of the lines that name nobody."""

    people: PeopleList
    unreadable: tuple[int, ...]


def create(*, business: Organisation, name: str, lines: Iterable[str], at: datetime) -> Uploaded:
    """Store the people that the lines name, each once: an e-mail address or a phone number a line.

    Blank lines are skipped. Raises `NobodyListed` where no line can be read, or more than 100,000 can.
    """
    found: dict[str, int] = {}
    unreadable = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().strip('"')
        if not text:
            continue
        try:
            found.setdefault(_read(text, business).key, number)
        except NobodyNamed:
            unreadable.append(number)
    found = _without_tags(business, found)
    if not 1 <= len(found) <= MOST:
        raise NobodyListed(
            f"Give a file with 1 to {MOST:,} e-mail addresses or phone numbers, one a line."
        )
    with transaction.atomic():
        people = PeopleList.objects.create(
            business=business, name=name[:120], size=len(found), created_at=at, updated_at=at
        )
        ListedPerson.objects.bulk_create(
            (
                ListedPerson(people=people, line_no=number, recipient_key=key)
                for key, number in found.items()
            ),
            PORTION,
        )
    return Uploaded(people, tuple(unreadable))


def _without_tags(business: Organisation, found: dict[str, int]) -> dict[str, int]:
    """Return the keys as the business compares them, the first line of each (vouchers.md 2.8)."""
    tagged = {
        address: key
        for key in found
        if (address := key.removeprefix(EMAIL)) != without_tag(address) and key.startswith(EMAIL)
    }
    if not tagged or not ignores_tags(business):
        return found
    known = keys_of_tagged(business=business, addresses=list(tagged))
    names = {key: known[address] for address, key in tagged.items()}
    kept: dict[str, int] = {}
    for key, number in found.items():
        kept.setdefault(names.get(key, key), number)
    return kept


def _read(text: str, business: Organisation) -> Recipient:
    if "@" in text:
        return recipients.of_email(text)
    return recipients.of_phone(text, region=business.country)
