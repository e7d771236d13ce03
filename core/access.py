"""How list pages, written below the directory, get their access rule from it.

`directory` knows members and roles and depends on `core`; a class of `core` that declares
`access = "offers.read"` therefore asks for the rule here. It is provided once, at start, and a page that
declares access without a provider cannot be built at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from core.http import View

AccessRule = Callable[..., Callable[[View], View]]
"""`access("offers.read", needs_profile=True)`: returns the decorator that declares and enforces it."""

Holds = Callable[[Any, str], bool]
"""`holds(request, "offers.write")`: tells whether the signed-in member has the permission."""

_provided: dict[str, Any] = {}


def provide(*, rule: AccessRule, holds: Holds) -> None:
    """Name the decorator and the question that decide access; called when the apps are ready."""
    _provided.update(rule=rule, holds=holds)


def guard(view: View, permission: str, **options: Any) -> View:
    """Return the view behind the rule for that permission."""
    if "rule" not in _provided:
        raise ImproperlyConfigured("No access rule: core.access.provide() was not called.")
    rule: AccessRule = _provided["rule"]
    return rule(permission, **options)(view)


def holds(request: Any, permission: str) -> bool:
    """Tell whether the one who asks has the permission; an empty one is everybody's."""
    if not permission:
        return True
    question: Holds | None = _provided.get("holds")
    return bool(question and question(request, permission))
