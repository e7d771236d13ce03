"""Segments: rules that name groups of contacts, asked anew whenever somebody wants to know.

Nothing is stored of who is in a segment: membership is computed live (rewards.md 2.7). A criterion's
values are those of the dataclass that its kind names in the registry of `directory.segments`, so that
an app above can add a kind without a table of its own.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.choices import SegmentMatch
from directory.models.organisations import Organisation


@pghistory.track()
class Segment(Timestamped):
    """A named group of contacts by rule."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="segments")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    match = models.CharField(max_length=3, choices=SegmentMatch.choices, default=SegmentMatch.ALL)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint("business", Lower("name"), name="directory_segment_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentCriterion(models.Model):
    """One criterion of a segment: which kind, with which values, and whether it is turned round."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    excludes = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["segment", "position"], name="directory_criterion_position"
            ),
        ]
