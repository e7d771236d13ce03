"""What a changed row held before and after, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone

from directory.models import User

# Fields that change with every save and say nothing to a person.
SILENT = frozenset({"version", "updated_at", "created_at", "completed_at", "steps_done"})
# What nobody may read here: a code is money to whoever reads it.
UNTOLD = frozenset({"fallback_code"})
LONGEST = 80
# What people call a column or a row where the code's own word would puzzle them.
WORDS = {
    "url": "web page",
    "kind": "type",
    "base_currency": "currency",
    "product service": "product or service",
    "organisation": "business",
    "marketing_consent_at": "consent to marketing",
    "warn_used_percent": "warning at per cent used",
    "warn_remaining": "warning at codes left",
    "warn_days_left": "warning at days of use left",
    "warn_days_to_expiry": "warning at days before the expiry",
    "warn_waiting": "warning at people waiting",
    "warn_addresses": "who else is warned",
}


def name_of(field: Any) -> str:
    """Return what a person calls the field."""
    return WORDS.get(field.name, str(field.verbose_name))


def changed(row: models.Model, before: Any, after: Any) -> list[Any]:
    """Return the fields that differ between two audit rows of the row."""
    return [
        field
        for field in row._meta.concrete_fields
        if field.name not in SILENT
        and getattr(before, field.attname, None) != getattr(after, field.attname, None)
    ]


def lines(row: models.Model, before: Any, after: Any, names: Mapping[int, str]) -> Iterator[str]:
    """Yield "name: Sale → Summer sale" for each field that differs and can be told in a line.

    `names` are those of the people that `persons` returns.
    """
    for field in changed(row, before, after):
        values = (getattr(one, field.attname, None) for one in (before, after))
        if _is_person(field):
            old, new = (names.get(key, "somebody") if key else "nobody" for key in values)
        elif field.is_relation or field.name in UNTOLD:
            continue
        else:
            old, new = (told(field, value) for value in values)
        if old != new:
            yield f"{name_of(field)}: {old} → {new}"


def persons(row: models.Model, before: Any, after: Any) -> Iterator[int]:
    """Yield the keys of the users that differing fields name, before and after."""
    for field in changed(row, before, after):
        if _is_person(field):
            yield from filter(None, (getattr(one, field.attname, None) for one in (before, after)))


def _is_person(field: Any) -> bool:
    return field.related_model is User


def told(field: Any, value: Any) -> str:
    """Return the value in the words of its choices, in the zone of the page, cut where it is long."""
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        at = timezone.localtime(value)
        return f"{at.day} {at:%b %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, list | tuple):
        return _cut(", ".join(map(str, value)))
    return _cut(str(dict(field.flatchoices).get(value, value)))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
