"""Half-open periods of time: the start is included, the end is not, and may be open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end) between aware moments; `end` None never ends."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        moments = [self.start] if self.end is None else [self.start, self.end]
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("A period needs aware moments.")
        if self.end is not None and self.end <= self.start:
            raise ValueError("A period must end after it starts.")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)

    def overlaps(self, other: Period) -> bool:
        """Tell whether some moment lies in both."""
        return (self.end is None or other.start < self.end) and (
            other.end is None or self.start < other.end
        )
