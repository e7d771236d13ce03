"""What the layers may not do, where linters have no word for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.test_modules import PACKAGES, name, sources

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("time", "time"),
    ("clock", "now"),
}
# Where the present moment is read: the edges of the house.
EDGES = re.compile(
    r"/(views|urls|management|api|tasks|demo)(/|\.py)|_views\.py|core/(clock|http|views|"
    r"outbox_mail)\.py|config/|/middleware\.py|directory/(accounts|hooks|sessions|forms/accounts)\.py|/templatetags/"
)
BELOW = [path for path in sources(*PACKAGES) if not EDGES.search(name(path))]
SERVICES = [path for path in BELOW if re.search(r"/(services|selectors)(/|\.py)", name(path))]


def calls(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line, owner and name of every call: `timezone.now()` is ("timezone", "now")."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield node.lineno, getattr(owner, "id", getattr(owner, "attr", "")), node.func.attr


def imported(path: Path) -> set[str]:
    """Return every dotted name that the module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_the_clock_is_read_at_the_edges_only() -> None:
    read = [
        f"{name(path)}:{line}: {owner}.{call}"
        for path in BELOW
        for line, owner, call in calls(path)
        if (owner, call) in CLOCKS
    ]
    assert read == []
    assert [name(path) for path in BELOW if "core.clock.now" in imported(path)] == []


def test_the_status_of_an_offer_is_written_by_the_workflow_alone() -> None:
    """No assignment and no update writes it, but `perform`; a new offer begins as a draft."""
    writes = re.compile(r"\boffer\.status\s*=[^=]|Offer\.objects[^\n]*\.update\([^)]*\bstatus=")
    assert [name(path) for path in sources(*PACKAGES) if writes.search(path.read_text())] == []


def test_services_and_selectors_know_no_requests_forms_or_workers() -> None:
    forbidden = (
        "django.http",
        "django.forms",
        "django.shortcuts",
        "celery",
        "django_htmx",
        "ninja",
    )
    known = [
        (name(path), module)
        for path in SERVICES
        for module in imported(path)
        if module.startswith(forbidden)
    ]
    assert known == []


def test_nothing_of_ours_flows_through_signals() -> None:
    listening = [
        name(path)
        for path in sources(*PACKAGES)
        if any(module.startswith("django.dispatch") for module in imported(path))
    ]
    assert listening == []


def test_models_override_neither_save_nor_delete() -> None:
    overridden = [
        f"{name(path)}:{node.lineno}: {node.name}"
        for path in sources(*PACKAGES)
        if "/models/" in name(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    assert overridden == []
