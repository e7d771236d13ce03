"""What stands on top of every page of a part of the desk while something is wrong there.

An app registers what asks: given the request, it answers a template with its context, or None. It is
asked on every page of the desk, so it looks at the path first and at the database last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Banner:
    """A template of one element, and what it needs."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


asked: Registry[Callable[[HttpRequest], Banner | None]] = Registry("banners")


def of(request: HttpRequest) -> list[Banner]:
    """Return the banners of the page, in the order of their registration."""
    found = (ask(request) for ask in asked.values())
    return [banner for banner in found if banner is not None]
