"""Rows of a form that come and go by buttons, with or without script.

A button named `<prefix>-action` asks for a change ("add", "remove-2"); the page, or with htmx the
editor alone, comes back with what was typed and a row more or less. Such an answer is drawn without
judging: nobody wants to read errors while still writing.
"""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

MOST_ROWS = 40


def action_of(data: QueryDict | None, prefix: str) -> tuple[str, int]:
    """Return the change that a button asked for and the row it means: ("remove", 2)."""
    name, _, row = (data.get(f"{prefix}-action", "") if data is not None else "").partition("-")
    return name, int(row) if row.isdecimal() else -1


def row_count(data: QueryDict, prefix: str) -> int:
    """Return how many rows were sent; a number nobody could mean counts as the most."""
    sent = data.get(f"{prefix}-count", "0")
    return min(int(sent), MOST_ROWS) if sent.isdecimal() and len(sent) < 5 else 0


def typed(data: QueryDict, prefix: str, lists: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return what stands below the prefix as it was typed; the named ones as lists."""
    start = f"{prefix}-"
    return {
        name: data.getlist(key) if name in lists else data.get(key, "")
        for key in data
        if key.startswith(start)
        for name in [key.removeprefix(start)]
    }
