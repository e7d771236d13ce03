"""Asking for an acknowledgement without an offer: by e-mail, by a link, or by a template's link.

A template's link makes an answered request for each person who writes; `uses_count` is written under
the template's row lock alone, so that it never passes `max_uses` (incentives.md 3.11).
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.models import Organisation
from incentives.choices import (
    AcknowledgementRequestStatus,
    DeliveryMethod,
    IncentiveType,
    TemplateStatus,
)
from incentives.models.programs import Program
from incentives.models.values import Valued, value_is_sound


class Given(Valued, Timestamped):
    """What somebody was given, and the words that ask whether it arrived."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    incentive_type = models.CharField(max_length=10, choices=IncentiveType.choices)
    description = models.CharField(max_length=255, blank=True)
    message = models.CharField(max_length=1024, blank=True)
    message_masked = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


@pghistory.track(exclude=["uses_count"])
class AcknowledgementTemplate(Given):
    """A link that anybody who got the incentive may use once, up to a number of uses."""

    name = models.CharField(max_length=80)
    # Empty means without limit.
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses_count = models.PositiveIntegerField(default=0)
    status = models.CharField(
        max_length=8, choices=TemplateStatus.choices, default=TemplateStatus.ACTIVE
    )
    slug = models.CharField(max_length=40, unique=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            value_is_sound("incentives_acktemplate_value"),
            models.CheckConstraint(
                name="incentives_acktemplate_uses",
                condition=Q(max_uses__isnull=True)
                | Q(max_uses__gte=1, max_uses__lte=100_000) & Q(max_uses__gte=F("uses_count")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="incentives_acktemplate_newest"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == TemplateStatus.ACTIVE

    @property
    def is_full(self) -> bool:
        return self.max_uses is not None and self.uses_count >= self.max_uses


class AcknowledgementRequest(Given):
    """One person is asked to confirm receipt of what was given outside of any offer."""

    template = models.ForeignKey(
        AcknowledgementTemplate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
    )
    delivery_method = models.CharField(max_length=5, choices=DeliveryMethod.choices)
    recipient_email = models.EmailField(max_length=254, blank=True)
    recipient_name = models.CharField(max_length=120, blank=True)
    link_slug = models.CharField(max_length=40, null=True, blank=True, unique=True)
    status = models.CharField(
        max_length=9,
        choices=AcknowledgementRequestStatus.choices,
        default=AcknowledgementRequestStatus.WAITING,
    )
    expires_at = models.DateTimeField()
    # Since when the invitation is known not to have arrived.
    undelivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            value_is_sound("incentives_ackrequest_value"),
            models.CheckConstraint(
                name="incentives_ackrequest_recipient",
                condition=~Q(recipient_email="")
                | Q(delivery_method="link", status__in=["waiting", "cancelled"]),
            ),
            models.CheckConstraint(
                name="incentives_ackrequest_link",
                condition=Q(delivery_method="email", link_slug__isnull=True)
                | Q(delivery_method="link", link_slug__isnull=False, template__isnull=True)
                | Q(delivery_method="link", link_slug__isnull=True, template__isnull=False),
            ),
            models.UniqueConstraint(
                "template", Lower("recipient_email"), name="incentives_ackrequest_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["business", "-created_at", "-id"], name="incentives_ackrequest_newest"
            ),
            models.Index(fields=["business", "status"], name="incentives_ackrequest_status"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"

    @property
    def is_link(self) -> bool:
        return self.delivery_method == DeliveryMethod.LINK

    @property
    def is_waiting(self) -> bool:
        return self.status == AcknowledgementRequestStatus.WAITING


class AcknowledgementIntent(models.Model):
    """Somebody named themselves on a link; their words count once the e-mailed link was opened."""

    acknowledgement_request = models.ForeignKey(
        AcknowledgementRequest,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="intents",
    )
    template = models.ForeignKey(
        AcknowledgementTemplate,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="intents",
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="incentives_ackintent_subject",
                condition=Q(acknowledgement_request__isnull=False, template__isnull=True)
                | Q(acknowledgement_request__isnull=True, template__isnull=False),
            )
        ]
