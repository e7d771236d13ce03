"""The engine of status changes: the only code that writes a `status` column.

A change is one conditional UPDATE, filtered by key, source status, the side that set it and the
version that the caller saw. Zero rows means that somebody was first. The history row is written in
the same transaction; there are no side effects here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import models, transaction
from django.db.models import F

from core.errors import StaleStatus
from core.transitions import Transition


class Tracked(Protocol):
    """What `perform` needs of a model: a status, who set it and when, and a version."""

    pk: Any
    status: str
    status_set_by: str
    status_changed_at: datetime
    version: int


def perform(
    instance: Any,
    transition: Transition,
    *,
    at: datetime,
    history: Callable[[Any, str], Any],
    values: Mapping[str, Any] | None = None,
) -> None:
    """Carry out the transition on the row and write its history.

    `values` are further columns that change together with the status. `history` is called with the
    refreshed instance and the status it left. Raises `StaleStatus` when the row is no longer in the
    transition's source status, or has another version than the instance.
    """
    model: type[models.Model] = type(instance)
    left: str = instance.status
    changes: dict[str, Any] = {
        "status": transition.target,
        "status_set_by": transition.actor,
        "status_changed_at": at,
        **(values or {}),
    }
    expected: dict[str, Any] = {
        "pk": instance.pk,
        "status": transition.source,
        "version": instance.version,
    }
    if transition.after is not None:
        expected["status_set_by"] = transition.after
    with transaction.atomic():
        changed = model._default_manager.filter(**expected).update(
            **changes, version=F("version") + 1
        )
        if changed != 1:
            raise StaleStatus("Somebody else was first: this has changed meanwhile.")
        for name, value in changes.items():
            setattr(instance, name, value)
        instance.version += 1
        history(instance, left)
