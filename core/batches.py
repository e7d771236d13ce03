"""The claim loop of workers: take rows that are due, skip those another worker holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import models, transaction

M = TypeVar("M", bound=models.Model)


def claim(queryset: models.QuerySet[M], *, limit: int) -> list[M]:
    """Lock and return up to `limit` rows, skipping locked ones; call it inside a transaction.

    The queryset's order must be served by the partial index of the due rows: ordering a claim by
    the primary key walks over everything that was claimed before.
    """
    return list(queryset.select_for_update(skip_locked=True, of=("self",))[:limit])


def each(
    queryset: models.QuerySet[M], *, limit: int, step: int, work: Callable[[list[M]], None]
) -> int:
    """Work through up to `limit` due rows, `step` a transaction, and return how many there were.

    `work` must change the rows so that the queryset no longer finds them; a killed worker loses
    only the step it was at, which the next run takes again.
    """
    done = 0
    while done < limit:
        with transaction.atomic():
            rows = claim(queryset, limit=min(step, limit - done))
            if not rows:
                break
            work(rows)
            done += len(rows)
    return done
