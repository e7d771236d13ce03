"""Who changed what on a page of configuration, read from the audit rows that triggers write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db import models

from directory.models import Contact, User

MOST = 20
# Fields that change with every save and say nothing to a person.
SILENT = {"version", "updated_at", "created_at", "completed_at"}
# What people call a column or a row where the code's own word would puzzle them.
WORDS = {
    "url": "web page",
    "kind": "type",
    "base_currency": "currency",
    "product service": "product or service",
    "organisation": "business",
    "marketing_consent_at": "consent to marketing",
}


class Entry(TypedDict):
    """One line of `components/_timeline.html`."""

    who: str
    what: str
    at: datetime
    icon: str


def history_of(*tracked: models.Model) -> list[Entry]:
    """Return the newest changes of the rows, newest first: what changed, by whom, when.

    Two queries for each row and one for all names; values are not repeated, field names suffice.
    """
    changes = [change for row in tracked for change in _changes(row)]
    changes.sort(key=lambda change: change[0].pgh_created_at, reverse=True)
    names = _names([event for event, _ in changes[:MOST]])
    return [
        {
            "who": names.get(_actor(event), ""),
            "what": what,
            "at": event.pgh_created_at,
            "icon": "plus" if event.pgh_label == "insert" else "pencil",
        }
        for event, what in changes[:MOST]
    ]


def _changes(row: models.Model) -> list[tuple[Any, str]]:
    """Return the row's audit rows with a sentence each; saves that changed nothing are left out."""
    events: Any = row.events  # type: ignore[attr-defined]
    newest = list(events.select_related("pgh_context").order_by("-pgh_id")[: MOST + 1])
    found = []
    for event, before in zip(newest, [*newest[1:], None], strict=True):
        if event.pgh_label == "insert":
            noun = str(row._meta.verbose_name)
            found.append((event, f"{WORDS.get(noun, noun).capitalize()} created"))
        elif before is not None and (fields := _differences(row, before, event)):
            found.append((event, f"Changed: {', '.join(fields)}"))
    return found


def _differences(row: models.Model, before: Any, after: Any) -> list[str]:
    """Name the columns that differ; a contact's addresses stand in tables of their own."""
    changed = [
        WORDS.get(field.name, str(field.verbose_name))
        for field in row._meta.concrete_fields
        if field.name not in SILENT
        and getattr(before, field.attname, None) != getattr(after, field.attname, None)
    ]
    if not changed and isinstance(row, Contact) and before.version != after.version:
        return ["addresses or numbers"]
    return changed


def _actor(event: Any) -> int:
    context = event.pgh_context
    return int((context.metadata.get("user") if context else None) or 0)


def _names(events: Sequence[Any]) -> dict[int, str]:
    keys = {_actor(event) for event in events} - {0}
    if not keys:
        return {}
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=keys)}
