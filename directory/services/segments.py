"""Saving segments; who is in them is never stored (rewards.md 2.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from core.errors import Conflict, Invalid, StaleVersion
from directory.choices import SegmentMatch
from directory.models import Organisation, Segment, SegmentCriterion
from directory.selectors.segments import Rule

MOST_CRITERIA = 12


class NameTaken(Invalid):
    """Another segment of the business has the name, whatever its case."""

    code = "name_taken"


class NoCriteria(Invalid):
    """A segment has between one and twelve criteria."""

    code = "no_criteria"


class InUse(Conflict):
    """A condition names the segment, so that it cannot be deleted."""

    code = "in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentData:
    """A segment as its form gives it."""

    name: str
    description: str = ""
    match: str = SegmentMatch.ALL
    rules: Sequence[Rule] = ()


def create(*, business: Organisation, data: SegmentData, at: datetime) -> Segment:
    """Add a segment; raises `NameTaken` and `NoCriteria`."""
    with transaction.atomic():
        return _write(Segment(business=business, created_at=at), data, at)


def update(*, segment: Segment, data: SegmentData, version: int, at: datetime) -> Segment:
    """Change a segment; raises `StaleVersion`, `NameTaken` and `NoCriteria`."""
    with transaction.atomic():
        locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
        if locked.version != version:
            raise StaleVersion(
                "Somebody saved this segment while you were editing it. Check the newer one below."
            )
        locked.version += 1
        return _write(locked, data, at)


def delete(*, segment: Segment) -> None:
    """Remove a segment that no condition names; raises `InUse`."""
    try:
        with transaction.atomic():
            segment.delete()
    except ProtectedError as error:
        raise InUse(f"An offer or pool asks for “{segment.name}”. Change that first.") from error


def _write(segment: Segment, data: SegmentData, at: datetime) -> Segment:
    if not 1 <= len(data.rules) <= MOST_CRITERIA:
        raise NoCriteria(f"Give a segment between 1 and {MOST_CRITERIA} criteria.")
    segment.name, segment.description = data.name.strip(), data.description.strip()
    segment.match, segment.updated_at = data.match, at
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as error:
        if "directory_segment_name" not in str(error):
            raise
        sentence = "You have a segment of this name already."
        raise NameTaken(sentence, fields={"name": sentence}) from error
    segment.criteria.all().delete()
    SegmentCriterion.objects.bulk_create(
        SegmentCriterion(
            segment=segment,
            position=position,
            kind=rule.criterion.KIND,
            values=rule.criterion.values(),
            excludes=rule.excludes,
        )
        for position, rule in enumerate(data.rules)
    )
    return segment
