"""The bells in the desk's header: how many things of a kind wait for somebody, and where they stand.

An app registers what asks: given the request, it answers a bell, or None where the person has none.
It is asked on every page of the desk, so it asks the database one cheap question at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from core.registry import Registry

# What fits on the mark; beyond it the number says little.
MOST_SHOWN = 99


@dataclass(frozen=True, slots=True)
class Bell:
    """How many wait, the page that lists them, and the same as a sentence."""

    count: int
    url: str
    label: str

    @property
    def shown(self) -> str:
        """The number on the mark."""
        return f"{MOST_SHOWN}+" if self.count > MOST_SHOWN else str(self.count)


asked: Registry[Callable[[HttpRequest], Bell | None]] = Registry("bells")


def of(request: HttpRequest) -> list[Bell]:
    """Return the bells of the person, in the order of their registration."""
    found = (ask(request) for ask in asked.values())
    return [bell for bell in found if bell is not None]
