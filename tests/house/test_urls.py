"""Every address says who may open it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from directory.permissions import PERMISSIONS, SIGNED_IN

# Addresses of parts that guard themselves: their own tests and documentation say how.
GUARDED_ELSEWHERE = {
    "accounts/": "django-allauth's own rules",
    "admin/": "staff only, by Django's admin",
    "static/": "public files",
    "api/": "keys and scopes, declared by each operation's `auth`",
}


def addresses(
    patterns: list[URLPattern | URLResolver], start: str = ""
) -> Iterator[tuple[str, object]]:
    for entry in patterns:
        route = f"{start}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        else:
            yield route, entry.callback


def own_addresses() -> list[tuple[str, object]]:
    return [
        (route, view)
        for route, view in addresses(get_resolver().url_patterns)
        if not route.startswith(tuple(GUARDED_ELSEWHERE))
    ]


def test_every_address_declares_who_may_open_it() -> None:
    silent = [route for route, view in own_addresses() if not getattr(view, "access", "")]
    assert silent == []


def test_every_declared_permission_is_known() -> None:
    for route, view in own_addresses():
        declared = str(getattr(view, "access", ""))
        known = declared.startswith("public: ") or declared in {*PERMISSIONS, SIGNED_IN}
        assert known, f"{route}: {declared}"


def test_no_own_address_ends_in_a_slash() -> None:
    slashed = [route for route, _ in own_addresses() if route.endswith("/")]
    assert slashed == []
