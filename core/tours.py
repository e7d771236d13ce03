"""Guided tours: steps declared in Python per page, drawn by the browser, remembered per user.

An app declares its tours in a module `tours.py`, found by name. A tour is at most six steps and starts
when somebody asks for it. Where it was left is kept, so that the next start goes on from there; a step
whose target is not on the page is passed over by the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from django.utils.module_loading import autodiscover_modules

from core import preferences

MOST_STEPS = 6
FINISHED = -1


@dataclass(frozen=True)
class Step:
    """One stop: the element it points at (a CSS selector), its words, and the side it stands on."""

    target: str
    title: str
    text: str
    side: Literal["top", "right", "bottom", "left"] = "bottom"


@dataclass(frozen=True)
class Tour:
    """The tour of one page. `automatic` starts it by itself on the first visit, and never again."""

    key: str
    steps: tuple[Step, ...]
    automatic: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise ValueError(f"The tour {self.key!r} needs one to {MOST_STEPS} steps.")


_tours: dict[str, Tour] = {}


def register(*tours: Tour) -> None:
    """Add the tours of an app; a page's key stands once."""
    for tour in tours:
        if tour.key in _tours and _tours[tour.key] != tour:
            raise ValueError(f"Two tours are named {tour.key!r}.")
        _tours[tour.key] = tour


@cache
def _discover() -> None:
    autodiscover_modules("tours")


def find(key: str) -> Tour | None:
    """Return the tour of a page, or nothing when the page has none."""
    _discover()
    return _tours.get(key)


def everything() -> tuple[Tour, ...]:
    _discover()
    return tuple(_tours.values())


def preference(key: str) -> str:
    return f"tour:{key}"


def remember(*, user: Any, key: str, step: int) -> None:
    """Store where the user left the tour, or that they finished it (`FINISHED`)."""
    preferences.put(user=user, key=preference(key), value=step)


def facts(*, tour: Tour, user: Any, asked: bool) -> dict[str, Any]:
    """Return what the browser needs to draw the tour: steps, where to begin, whether to begin now.

    It begins by itself only when asked for (`?tour=1`), or when it is automatic and was never seen.
    """
    left_at = preferences.get(user, preference(tour.key))
    begin = left_at if isinstance(left_at, int) and 0 < left_at < len(tour.steps) else 0
    return {
        "key": tour.key,
        "start": asked or (tour.automatic and left_at is None),
        "begin": begin,
        "seen": left_at is not None,
        "steps": [
            {"target": step.target, "title": step.title, "text": step.text, "side": step.side}
            for step in tour.steps
        ],
    }
