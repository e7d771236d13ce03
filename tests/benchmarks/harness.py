"""How benchmarks are run, judged and written down.

Reference and product run alternately in one process, and the median of the paired ratios is judged,
never a time: the machine's mood falls on both alike. Each benchmark checks its answers first.
"""

from __future__ import annotations

import gc
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
FULL = os.environ.get("BENCH_SIZE", "full") == "full"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))


@dataclass(frozen=True)
class Pair:
    """The medians of both in milliseconds, and the median of their paired ratios."""

    reference_ms: float
    product_ms: float
    ratio: float


def paired(
    reference: Callable[[], object],
    product: Callable[[], object],
    *,
    inner: int = 1,
    in_sql: bool = False,
) -> Pair:
    """Run both alternately, `inner` calls a round, after one unmeasured round of each.

    They change places after every call, and who goes first changes too: what slows the machine for
    a moment falls on both. Garbage is collected before and not meanwhile. With `in_sql` only the
    time that the database takes is compared.
    """
    measure = sql_milliseconds if in_sql else milliseconds
    reference()
    product()
    theirs: list[float] = []
    ours: list[float] = []
    gc.collect()
    gc.disable()
    try:
        for number in range(ROUNDS * inner):
            order = [(theirs, reference), (ours, product)]
            for times, call in order if number % 2 else reversed(order):
                times.append(measure(call))
            gc.collect(0)
    finally:
        gc.enable()
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Pair(statistics.median(theirs), statistics.median(ours), statistics.median(ratios))


def milliseconds(call: Callable[[], object], *, inner: int = 1) -> float:
    """Return how long one call takes on average over `inner` calls."""
    begin = time.perf_counter()
    for _ in range(inner):
        call()
    return (time.perf_counter() - begin) * 1000 / inner


def sql_milliseconds(call: Callable[[], object], *, inner: int = 1) -> float:
    """Return how long one call waits for the database on average over `inner` calls."""
    spent = 0.0

    def clocked(execute: Any, *args: Any) -> Any:
        nonlocal spent
        begin = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent += time.perf_counter() - begin

    with connection.execute_wrapper(clocked):
        for _ in range(inner):
            call()
    return spent * 1000 / inner


def exponent(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Return b of cost ~ n^b between the smallest and the largest size, by least squares."""
    import math

    xs, ys = [math.log(size) for size in sizes], [math.log(value) for value in times]
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum(
        (a - x) ** 2 for a in xs
    )


def write(
    name: str, title: str, text: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Replace the benchmark's section of docs/benchmarks.md; small runs leave the document alone."""
    table = "\n".join(
        ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    )
    print(f"\n{title}\n{table}")
    if not FULL:
        return
    body = "\n\n".join([f"<!-- {name} -->\n## {title}", text.strip(), table, _machine()])
    section = f"{body}\n<!-- /{name} -->"
    document = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    others = [found[0] for found in SECTION.finditer(document) if found["name"] != name]
    sections = sorted([*others, section], key=_number)
    DOCUMENT.write_text("\n\n".join([HEAD.strip(), *sections]) + "\n", encoding="utf-8")


def _number(section: str) -> int:
    """Return the number of a section, by which the document is ordered."""
    found = re.search(r"^## (\d+)\.", section, re.MULTILINE)
    assert found, section[:80]
    return int(found[1])


def _machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = str(cursor.fetchone()[0]).split()[0]
    return (
        f"Measured on {datetime.now(tz=UTC):%d %B %Y}: {os.cpu_count()} cores, Python"  # noqa: TID251
        f" {platform.python_version()}, PostgreSQL {server}, median of {ROUNDS} paired rounds."
    )


SECTION = re.compile(r"<!-- (?P<name>\w+) -->.*?<!-- /(?P=name) -->", re.DOTALL)
HEAD = """# Benchmarks

Speed is judged by ratios: each benchmark runs the product beside a small reference of its own,
alternately in one process, and compares the median of the paired ratios with a goal. Times in
milliseconds only give the scale. Answers are checked before anything is measured.

    make bench                       # the full sizes; writes this page
    BENCH_SIZE=small make bench      # seconds; prints, and writes nothing

A benchmark that misses its goal fails.
"""
