"""Incentive programs: what offers are made for (incentives.md 3.3)."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.models import Timestamped
from directory.models import Organisation, ProductService
from incentives.choices import ProgramStatus


@pghistory.track(exclude=["view_count"])
class Program(Timestamped):
    """A program gives a product or service its incentives; a product has at most one."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programs")
    product_service = models.OneToOneField(
        ProductService, on_delete=models.PROTECT, related_name="program"
    )
    status = models.CharField(
        max_length=10, choices=ProgramStatus.choices, default=ProgramStatus.ACTIVE
    )
    # Empty means all four.
    allowed_incentive_types = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    slug = models.CharField(max_length=40, unique=True)
    view_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="incentives_program_newest"
            )
        ]

    def __str__(self) -> str:
        return self.product_service.name

    @property
    def is_active(self) -> bool:
        return self.status == ProgramStatus.ACTIVE
