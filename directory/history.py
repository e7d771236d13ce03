"""Who changed what on a page of configuration, read from the audit rows that triggers write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db import models

from directory import history_values
from directory.models import Contact, User

MOST = 20


class Entry(TypedDict):
    """One line of `components/_timeline.html`."""

    who: str
    what: str
    at: datetime
    icon: str
    text: str


def history_of(*tracked: models.Model, shows_values: bool = False) -> list[Entry]:
    """Return the newest changes of the rows, newest first: what changed, by whom, when.

    Two queries for each row and one for all names. Field names suffice, unless `shows_values` asks for
    what stood there before and after, and from which address it was changed.
    """
    changes = [change for row in tracked for change in _changes(row)]
    changes.sort(key=lambda change: change[0].pgh_created_at, reverse=True)
    names = _names([event for event, *_ in changes[:MOST]])
    return [
        {
            "who": names.get(_actor(event), ""),
            "what": what,
            "at": event.pgh_created_at,
            "icon": "plus" if event.pgh_label == "insert" else "pencil",
            "text": text if shows_values else "",
        }
        for event, what, text in changes[:MOST]
    ]


def _changes(row: models.Model) -> list[tuple[Any, str, str]]:
    """Return the row's audit rows with a sentence each, and what was there before and after.

    Saves that changed nothing are left out.
    """
    events: Any = row.events  # type: ignore[attr-defined]
    newest = list(events.select_related("pgh_context").order_by("-pgh_id")[: MOST + 1])
    found = []
    for event, before in zip(newest, [*newest[1:], None], strict=True):
        if event.pgh_label == "insert":
            noun = str(row._meta.verbose_name)
            found.append(
                (
                    event,
                    f"{history_values.WORDS.get(noun, noun).capitalize()} created",
                    _where(event),
                )
            )
        elif before is not None and (fields := _differences(row, before, event)):
            text = "\n".join([*history_values.lines(row, before, event), _where(event)]).strip()
            found.append((event, f"Changed: {', '.join(fields)}", text))
    return found


def _where(event: Any) -> str:
    """Return from which address it was done, where that was noted."""
    context = event.pgh_context
    address = context.metadata.get("address") if context else None
    return f"From {address}" if address else ""


def _differences(row: models.Model, before: Any, after: Any) -> list[str]:
    """Name the columns that differ; a contact's addresses stand in tables of their own."""
    changed = [
        history_values.name_of(field) for field in history_values.changed(row, before, after)
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
