"""How contacts are searched: one folded text per person, indexed by its triples of letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from core.search import Found, GramSearch, folded

CONTACTS = GramSearch("directory_contact_grams")
PHONE_SIGNS = re.compile(r"[()/.\-\s]")


def contact_text(*, names: Iterable[str], code: str, addresses: Iterable[str]) -> str:
    """Return all that a person is found by, folded, for `Contact.search_text`."""
    parts = [" ".join(name for name in names if name), code, *addresses]
    return folded(" ".join(part for part in parts if part))


def find_contacts(
    queryset: QuerySet[Any], *, business_id: int, term: str, ordering: Sequence[str]
) -> Found:
    """Keep the contacts that hold every word of the term, in any order.

    The longest word goes to the index, the others narrow what it leaves. A phone number is one word,
    however it is written.
    """
    words = sorted(_words(folded(term)), key=len, reverse=True)
    for word in words[1:]:
        queryset = queryset.filter(search_text__contains=word)
    return CONTACTS.find(queryset, scope_id=business_id, term=words[0], ordering=ordering)


def _words(term: str) -> list[str]:
    """Split a term; a number is stored with its country code, so its leading zero falls away."""
    bare = PHONE_SIGNS.sub("", term)
    if re.fullmatch(r"\+?\d{5,}", bare):
        return [bare.lstrip("0") or bare]
    return term.split()
