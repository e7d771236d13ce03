"""Which test carries which acceptance scenario: `python -m tests.house.scenarios` writes the list.

A scenario is a numbered line of a specification's section of acceptance scenarios; a test carries it by
the mark `scenario("INC-21")`. The list is made from the source alone, so it needs no test run.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPECIFICATION = ROOT / "docs/specification"
LIST = SPECIFICATION / "scenarios.md"
HEAD = """\
# Acceptance scenarios and their tests

Made by `python -m tests.house.scenarios`; a test fails when it is out of date. A scenario is carried
by the tests that check its whole text; several may share it.
"""


@dataclass(frozen=True)
class Source:
    """A specification with its acceptance scenarios: where they begin, where they end."""

    title: str
    file: str
    begin: str
    end: str


SOURCES = {
    "INC": Source("Incentive offers", "incentives.md", "## 9. Acceptance scenarios", "## 10."),
    "RWD": Source("Rewards", "rewards.md", "## 12. Acceptance scenarios", "## 13."),
    "WAL": Source("Wallet", "wallet.md", "## 11. Acceptance scenarios", "## 12."),
    "VCH": Source("Partner vouchers", "vouchers.md", "## 10. Acceptance scenarios", "## 11."),
}


def scenarios(prefix: str) -> dict[str, str]:
    """Return the scenarios of one specification: `INC-1` and its text.

    Some write them as numbered sentences, with or without a sign of their own, some as rows of tables:
    given, when, then.
    """
    source = SOURCES[prefix]
    text = (SPECIFICATION / source.file).read_text()
    section = text.split(source.begin)[1].split(f"\n{source.end}")[0]
    line = r"^(?:(\d+)\. (?:S-\d+ )?(.+)|\| (\d+[a-z]?) \| (.+) \|)$"
    found = re.findall(line, section, re.MULTILINE)
    return {f"{prefix}-{one or other}": words or cells for one, words, other, cells in found}


def carriers() -> dict[str, list[str]]:
    """Return, by scenario, the tests that are marked with it: `tests/a/test_b.py::test_c`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        module = ast.parse(path.read_text())
        for node in module.body:
            for test, marks in _tests_of(node):
                for name in marks:
                    found[name].append(f"{path.relative_to(ROOT)}::{test}")
    return found


def _tests_of(node: ast.AST, inherited: tuple[str, ...] = ()) -> list[tuple[str, list[str]]]:
    if isinstance(node, ast.ClassDef):
        own = (*inherited, *_marks(node))
        return [
            (f"{node.name}::{test}", marks)
            for child in node.body
            for test, marks in _tests_of(child, own)
        ]
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
        return [(node.name, [*inherited, *_marks(node)])]
    return []


def _marks(node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    """Return the scenarios named by the decorators, those of single parameters included."""
    return [
        argument.value
        for decorator in node.decorator_list
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "scenario"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def page() -> str:
    """Return the list as Markdown."""
    carried = carriers()
    lines = [HEAD]
    for prefix, source in SOURCES.items():
        lines += [f"## {source.title}\n", "| Scenario | Text | Tests |", "| --- | --- | --- |"]
        for name, words in scenarios(prefix).items():
            tests = "<br>".join(f"`{test}`" for test in carried.get(name, ())) or "–"
            text = words.replace(" | ", " → ").replace("|", r"\|")
            lines.append(f"| {name} | {text} | {tests} |")
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


if __name__ == "__main__":
    LIST.write_text(page())
