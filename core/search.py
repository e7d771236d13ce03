"""Search in one indexed text column, by the plan that the term deserves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that hold a term; `frequent` when there are too many of them to list or to count."""

    queryset: QuerySet[Any]
    frequent: bool = False

    def estimate(self, rows: QuerySet[Any], ordering: Any) -> Any:
        raise NotImplementedError
