"""Modules and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "core", "directory", "events", "incentives", "rewards", "vouchers", "wallet")
LONGEST_MODULE, LONGEST_TEST_MODULE, LONGEST_FUNCTION = 400, 500, 60


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def longer_than(limit: int, *packages: str) -> list[str]:
    lengths = {name(path): len(path.read_text().splitlines()) for path in sources(*packages)}
    return [f"{path}: {length} lines" for path, length in lengths.items() if length > limit]


def test_a_module_has_at_most_400_lines() -> None:
    assert longer_than(LONGEST_MODULE, *PACKAGES, "scripts") == []


def test_a_test_module_has_at_most_500_lines() -> None:
    assert longer_than(LONGEST_TEST_MODULE, "tests") == []


def test_a_function_has_at_most_60_lines() -> None:
    long = [
        f"{name(path)}: {node.name}, {length} lines"
        for path in sources(*PACKAGES, "scripts", "tests")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []
