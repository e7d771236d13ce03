"""The charts of the reports (vouchers.md 8, page 17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.charts import Chart, Series
from vouchers.selectors.report_ends import BANDS, Aged, Unused
from vouchers.selectors.reports import Line

# Bars that can still be told apart; months are all drawn.
DRAWN = 12


def of_use(*, lines: Sequence[Line], kind: str, noun: str) -> list[Chart]:
    """Return what became of the codes given out, and what came in, is left or is waited for."""
    drawn = list(lines) if kind == "month" else _largest(lines, "issued")
    outcome = Chart(
        id="report-outcomes",
        title=f"Distributed codes by {noun}{_of_most(lines, drawn)}",
        label=noun.capitalize(),
        labels=[line.label for line in drawn],
        series=[
            _series("Redeemed", drawn, "redeemed", tone=3),
            _series("Not yet redeemed", drawn, "pending", tone=2),
            _series("Expired", drawn, "expired", tone=4),
        ],
        stacked=True,
        horizontal=kind != "month",
    )
    return [outcome, _second(lines, kind, noun)]


def _second(lines: Sequence[Line], kind: str, noun: str) -> Chart:
    if kind == "month":
        drawn, title = list(lines), "Uploaded beside distributed by month"
        series = [_series("Uploaded", drawn, "uploaded"), _series("Distributed", drawn, "issued")]
    elif kind == "campaign":
        drawn = _largest(lines, "waiting")
        title = f"People waiting now by campaign{_of_most(lines, drawn)}"
        series = [_series("Waiting", drawn, "waiting")]
    else:
        drawn = sorted(lines, key=lambda line: -line.stock.distributable)[:DRAWN]
        title = f"Codes left to distribute now by {noun}{_of_most(lines, drawn)}"
        series = [Series("Distributable", tuple(line.stock.distributable for line in drawn))]
    return Chart(
        id="report-beside",
        title=title,
        label=noun.capitalize(),
        labels=[line.label for line in drawn],
        series=series,
        horizontal=kind != "month",
    )


def of_unused(*, lines: Sequence[Unused]) -> list[Chart]:
    """Return what was used of the lists that ended, the one with most unused codes first."""
    drawn = list(lines)[:DRAWN]
    return [
        Chart(
            id="report-unused",
            title=f"Used and unused codes of expired lists{_of_most(lines, drawn)}",
            label="List",
            labels=[line.label for line in drawn],
            series=[
                _series("Distributed", drawn, "issued", tone=3),
                _series("Unused", drawn, "unused", tone=4),
            ],
            stacked=True,
            horizontal=True,
        )
    ]


def of_waiting(*, total: Aged) -> list[Chart]:
    """Return how many people wait how long, over all campaigns."""
    return [
        Chart(
            id="report-waiting",
            title="People waiting, by how long they wait",
            label="Waiting for",
            labels=[words for _, _, words in BANDS],
            series=[Series("People", total.counts)],
        )
    ]


def _largest(lines: Sequence[Line], name: str) -> list[Line]:
    return sorted(lines, key=lambda line: -int(getattr(line, name)))[:DRAWN]


def _of_most(lines: Sequence[Any], drawn: Sequence[Any]) -> str:
    return f", the {DRAWN} largest" if len(drawn) < len(lines) else ""


def _series(name: str, lines: Sequence[Any], figure: str, tone: Any = 0) -> Series:
    return Series(name, tuple(getattr(line, figure) for line in lines), tone=tone)
