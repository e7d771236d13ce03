"""One row, or the refusal that it is not there."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model

from core.errors import NotFound

M = TypeVar("M", bound=Model)


def found_or_refused(row: M | None, sentence: str, *, code: str | None = None) -> M:
    """Return the row; raises `NotFound` with the sentence where there is none."""
    if row is None:
        raise NotFound(sentence, code=code)
    return row
