"""Reading the classifications of a business."""

from __future__ import annotations

from django.db.models import QuerySet

from directory.models import Organisation
from directory.selectors.found import found_or_refused
from events.models import Classification

CODE = "CLASSIFICATION_NOT_FOUND"


def classifications_of(*, business: Organisation) -> QuerySet[Classification]:
    """Return the classifications in use; deleted ones stay on their events alone."""
    return Classification.objects.filter(business=business, deleted_at__isnull=True)


def classification(*, business: Organisation, pk: int) -> Classification:
    found = classifications_of(business=business).filter(pk=pk).first()
    return found_or_refused(found, "There is no such classification. Check its code.", code=CODE)


def classification_by_code(*, business: Organisation, code: str, kind: str) -> Classification:
    """Return the classification that a till names by its code."""
    found = classifications_of(business=business).filter(code=code.upper(), type=kind).first()
    return found_or_refused(found, "There is no such classification. Check its code.", code=CODE)
