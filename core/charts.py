"""What a chart shows, as one value: drawn by a script from JSON, and always there as a table too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one set of bars: its name and a value for each label of the chart.

    `tone` picks one of the five tones of charts where the order would pick a misleading one; 0 lets
    the order pick.
    """

    name: str
    values: tuple[int | float, ...]
    tone: Literal[0, 1, 2, 3, 4, 5] = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for `components/_chart.html`.

    `links` are the addresses of the rows behind each label; the table's labels lead there. `shown`
    words the values of the table where plain figures would not do (amounts of money); it has the
    shape of the series. `horizontal` bars are for labels that are names.
    """

    id: str
    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Literal["bar", "line", "doughnut"] = "bar"
    stacked: bool = False
    horizontal: bool = False
    label: str = ""
    links: Sequence[str] = ()
    shown: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        lengths = {len(series.values) for series in self.series} | (
            {len(self.links)} if self.links else set()
        )
        if lengths - {len(self.labels)}:
            raise ValueError(f"The chart {self.id!r} needs one value for each label.")

    @property
    def data_id(self) -> str:
        return f"{self.id}-data"

    @property
    def data(self) -> dict[str, Any]:
        """Return what the script draws from."""
        return {
            "kind": self.kind,
            "stacked": self.stacked,
            "horizontal": self.horizontal,
            "labels": list(self.labels),
            "series": [
                {"name": row.name, "values": list(row.values), "tone": row.tone or place}
                for place, row in enumerate(self.series, start=1)
            ],
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the lines of the table: label, its address if it has one, and the values in words."""
        return [
            {
                "label": label,
                "url": self.links[place] if self.links else "",
                "values": [
                    self.shown[column][place] if self.shown else f"{series.values[place]:,}"
                    for column, series in enumerate(self.series)
                ],
            }
            for place, label in enumerate(self.labels)
        ]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but zeros to draw."""
        return not any(value for series in self.series for value in series.values)
