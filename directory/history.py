"""Who changed what on a page of configuration, read from the audit rows that triggers write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

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


class _Change(NamedTuple):
    """An audit row of a row, the one before it, and a sentence about the difference."""

    row: models.Model
    event: Any
    before: Any
    what: str


def history_of(*tracked: models.Model, shows_values: bool = False) -> list[Entry]:
    """Return the newest changes of the rows, newest first: what changed, by whom, when.

    Two queries for each row and one for all names. Field names suffice, unless `shows_values` asks for
    what stood there before and after, and from which address it was changed.
    """
    changes = [change for row in tracked for change in _changes(row)]
    changes.sort(key=lambda change: change.event.pgh_created_at, reverse=True)
    newest = changes[:MOST]
    told = newest if shows_values else ()
    names = _names([*_actors(one.event for one in newest), *_persons(told)])
    return [
        {
            "who": names.get(_actor(one.event), ""),
            "what": one.what,
            "at": one.event.pgh_created_at,
            "icon": "plus" if one.event.pgh_label == "insert" else "pencil",
            "text": _text(one, names) if shows_values else "",
        }
        for one in newest
    ]


def authors_of(events: Sequence[Any]) -> dict[int, str]:
    """Return who made each of the audit rows, by their keys; one query."""
    names = _names(_actors(events))
    return {event.pgh_id: names.get(_actor(event), "") for event in events}


def whence(event: Any) -> str:
    """Return from which address it was done, where that was noted: "From 203.0.113.5"."""
    context = event.pgh_context
    address = context.metadata.get("address") if context else None
    return f"From {address}" if address else ""


def _changes(row: models.Model) -> Iterator[_Change]:
    """Yield the row's audit rows with a sentence each; saves that changed nothing are left out."""
    events: Any = row.events  # type: ignore[attr-defined]
    newest = list(events.select_related("pgh_context").order_by("-pgh_id")[: MOST + 1])
    for event, before in zip(newest, [*newest[1:], None], strict=True):
        if event.pgh_label == "insert":
            noun = str(row._meta.verbose_name)
            words = history_values.WORDS.get(noun, noun).capitalize()
            yield _Change(row, event, None, f"{words} created")
        elif before is not None and (fields := _differences(row, before, event)):
            yield _Change(row, event, before, f"Changed: {', '.join(fields)}")


def _text(change: _Change, names: Mapping[int, str]) -> str:
    """Return what stood there before and after, and from where it was changed."""
    lines = (
        history_values.lines(change.row, change.before, change.event, names)
        if change.before is not None
        else ()
    )
    return "\n".join([*lines, whence(change.event)]).strip()


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


def _actors(events: Iterable[Any]) -> set[int]:
    return {_actor(event) for event in events}


def _persons(changes: Iterable[_Change]) -> set[int]:
    """Return whom the changed columns name, before and after."""
    return {
        key
        for one in changes
        if one.before is not None
        for key in history_values.persons(one.row, one.before, one.event)
    }


def _names(keys: Collection[int]) -> dict[int, str]:
    keys = {*keys} - {0}
    if not keys:
        return {}
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=keys)}
