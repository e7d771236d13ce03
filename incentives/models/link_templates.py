"""Link templates: one shared address that makes a new offer for everybody who confirms.

The public address stays while the template is edited; what changes holds for future uses only
(incentives.md 7.1). `uses_count` is written under the template's row lock alone, so that it never
passes `max_uses`; the database says so too.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import Timestamped
from directory.models import Organisation
from incentives.choices import EntityStage, EntityType, IncentiveType, OfferType, TemplateStatus
from incentives.completeness.templates import DEFAULT_DAYS, LONGEST_DAYS, MAX_USES
from incentives.models.programs import Program
from incentives.models.values import Valued, value_is_sound


@pghistory.track(exclude=["uses_count"])
class LinkTemplate(Valued, Timestamped):
    """What the offers of one campaign link promise, and how many of them there may be."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="link_templates"
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="link_templates")
    name = models.CharField(max_length=80)
    entity_type = models.CharField(max_length=12, choices=EntityType.choices)
    entity_stage = models.CharField(max_length=20, choices=EntityStage.choices)
    incentive_type = models.CharField(max_length=10, choices=IncentiveType.choices)
    offer_type = models.CharField(max_length=6, choices=OfferType.choices, default=OfferType.SINGLE)
    max_required_members = models.PositiveSmallIntegerField(null=True, blank=True)
    description = models.CharField(max_length=255, blank=True)
    message = models.CharField(max_length=1024)
    message_masked = models.BooleanField(default=False)
    show_on_program_page = models.BooleanField(default=False)
    # How long an offer of the template stays open, counted from its making.
    validity_days = models.PositiveSmallIntegerField(default=DEFAULT_DAYS)
    # Empty means without limit.
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses_count = models.PositiveIntegerField(default=0)
    status = models.CharField(
        max_length=8, choices=TemplateStatus.choices, default=TemplateStatus.ACTIVE
    )
    slug = models.CharField(max_length=40, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="incentives_template_members",
                condition=Q(offer_type="single", max_required_members__isnull=True)
                # A comparison with an empty column is unknown, which a check lets pass.
                | Q(
                    offer_type="group",
                    max_required_members__isnull=False,
                    max_required_members__gte=2,
                    max_required_members__lte=500,
                ),
            ),
            models.CheckConstraint(
                name="incentives_template_uses",
                condition=Q(max_uses__isnull=True)
                | Q(max_uses__gte=1, max_uses__lte=MAX_USES) & Q(max_uses__gte=F("uses_count")),
            ),
            models.CheckConstraint(
                name="incentives_template_validity",
                condition=Q(validity_days__gte=1, validity_days__lte=LONGEST_DAYS),
            ),
            value_is_sound("incentives_template_value"),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="incentives_template_newest"
            ),
            models.Index(
                fields=["program"],
                name="incentives_template_shown",
                condition=Q(show_on_program_page=True, status="active"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == TemplateStatus.ACTIVE

    @property
    def is_group(self) -> bool:
        return self.offer_type == OfferType.GROUP

    @property
    def is_full(self) -> bool:
        """Whether every use that it allows was made."""
        return self.max_uses is not None and self.uses_count >= self.max_uses
