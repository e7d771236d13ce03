"""The side navigation of the desk: each app registers its entries, the page shows those one may open.

An app says what it offers in its module `navigation.py`, found by name when the navigation is first
drawn. Who may see an entry is decided by the judge that the directory registers; without one nothing
that asks for a permission is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import autodiscover_modules

Judge = Callable[[HttpRequest, str], bool]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry: where it leads, who sees it, and under which section and place it stands."""

    label: str
    url_name: str
    icon: str
    permission: str = ""
    section: str = ""
    order: int = 100
    hotkey: str = ""
    """The second key after `g`, as in `g o`; empty for none."""
    prefixes: tuple[str, ...] = ()
    """Paths below which the entry counts as the current one, besides its own address."""


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it."""

    label: str
    url: str
    icon: str
    hotkey: str
    current: bool


@dataclass(frozen=True)
class Section:
    label: str
    links: tuple[Link, ...]


_items: dict[str, Item] = {}
_judges: list[Judge] = []


def register(*items: Item) -> None:
    """Add entries; one url name stands once, and registering it again replaces it."""
    for item in items:
        _items[item.url_name] = item


def register_judge(judge: Judge) -> None:
    """Name the function that tells whether the person of a request has a permission."""
    _judges[:] = [judge]


@cache
def _discover() -> None:
    autodiscover_modules("navigation")


def address(url_name: str, *args: object) -> str:
    """Return the address of a page, or an empty string when this installation lacks the page."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def may(request: HttpRequest, permission: str) -> bool:
    """Tell whether the person of a request has a permission; an empty one is everybody's."""
    return not permission or any(judge(request, permission) for judge in _judges)


def _current(found: list[tuple[Item, str]], path: str) -> str:
    """Return the url name whose address is the longest beginning of the path."""
    matches = [
        (len(prefix), item.url_name)
        for item, url in found
        for prefix in (url, *item.prefixes)
        if path == prefix or path.startswith(prefix.rstrip("/") + "/")
    ]
    return max(matches)[1] if matches else ""


def sections(request: HttpRequest) -> list[Section]:
    """Return what the person may open, in sections, with the current page marked."""
    _discover()
    found = [
        (item, url)
        for item in sorted(_items.values(), key=lambda item: (item.order, item.label))
        if may(request, item.permission) and (url := address(item.url_name))
    ]
    current = _current(found, request.path)
    grouped: dict[str, list[Link]] = {}
    for item, url in found:
        link = Link(item.label, url, item.icon, item.hotkey, item.url_name == current)
        grouped.setdefault(item.section, []).append(link)
    return [Section(label, tuple(links)) for label, links in grouped.items()]
