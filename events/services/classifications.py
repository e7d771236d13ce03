"""A business's own labels on purchases and achievements (rewards.md 2.6)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, StaleVersion
from directory.models import Organisation
from events.models import Classification, ClassificationCondition


class ClassificationTaken(Invalid):
    """Another classification of the business has the name or the code."""

    code = "classification_taken"


class InUse(Conflict):
    """A condition names the classification, so that it cannot be deleted."""

    code = "in_use"


def create(
    *,
    business: Organisation,
    kind: str,
    name: str,
    code: str = "",
    description: str = "",
    at: datetime,
) -> Classification:
    """Add a classification; its code is made of the initials of its name where none is given."""
    row = Classification(business=business, type=kind, created_at=at)
    return _save(row, name=name, code=code, description=description, at=at)


def update(
    *,
    classification: Classification,
    name: str,
    code: str,
    description: str = "",
    version: int,
    at: datetime,
) -> Classification:
    """Rename a classification; its type stays, because events carry it."""
    with transaction.atomic():
        locked = Classification.objects.select_for_update(of=("self",)).get(pk=classification.pk)
        if locked.version != version:
            raise StaleVersion("Somebody changed this meanwhile. Check the newer one below.")
        locked.version += 1
        return _save(locked, name=name, code=code, description=description, at=at)


def delete(*, classification: Classification, at: datetime) -> None:
    """Take it out of use; it stays readable on old events. Raises `InUse` while a condition asks."""
    with transaction.atomic():
        locked = Classification.objects.select_for_update(of=("self",)).get(pk=classification.pk)
        if ClassificationCondition.objects.filter(classification=locked).exists():
            raise InUse(f"An offer asks for “{locked.name}”. Change the offer first.")
        locked.deleted_at = locked.updated_at = at
        locked.save(update_fields=["deleted_at", "updated_at"])


def initials(name: str) -> str:
    """Return the default code: the initials of the name in upper case, "Dine in" gives "DI"."""
    return "".join(word[0] for word in name.replace("-", " ").split() if word[0].isalnum()).upper()


def _save(
    row: Classification, *, name: str, code: str, description: str, at: datetime
) -> Classification:
    row.name, row.description = name.strip(), description.strip()
    row.code = (code.strip() or initials(name)).upper()[:32]
    row.updated_at = at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        field = "code" if "events_classification_code" in str(error) else "name"
        if "events_classification_" not in str(error):
            raise
        sentence = f"Another classification has this {field}."
        raise ClassificationTaken(sentence, fields={field: sentence}) from error
    return row
