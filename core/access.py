"""How list pages, written below the directory, get their access rule from it.

`directory` knows members and roles and depends on `core`; a class of `core` that declares `access =
"offers.read"` therefore asks for the rule here. It is provided once, at start, and a page that
declares access without a provider cannot be built at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from core.http import View

AccessRule = Callable[..., Callable[[View], View]]
"""`access("offers.read", needs_profile=True)` returns the decorator that enforces it."""

_rules: list[AccessRule] = []


def provide(rule: AccessRule) -> None:
    """Name the decorator that decides access; called once, when the apps are ready."""
    _rules[:] = [rule]


def guard(view: View, permission: str, **options: Any) -> View:
    """Return the view behind the rule for that permission."""
    if not _rules:
        raise ImproperlyConfigured("No access rule: core.access.provide() was not called.")
    return _rules[0](permission, **options)(view)
