"""Acknowledgements: a recipient's own words that the incentive arrived (incentives.md 3.11).

They come from a delivered distribution, or from a stand-alone request that names what was given itself.
Program and business stand on every row, so that both can be counted without visiting the sources.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from incentives.choices import AcknowledgementState
from incentives.models.acknowledgement_requests import AcknowledgementRequest
from incentives.models.distributions import Distribution
from incentives.models.offers import Offer
from incentives.models.programs import Program
from incentives.terms import Terms


class Acknowledgement(Timestamped):
    """An invitation to confirm receipt, and the answer to it; one for each source."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="acknowledgements")
    # The distribution's offer once more; empty where the distribution is of an incentive request.
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    distribution = models.OneToOneField(
        Distribution,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="acknowledgement",
    )
    acknowledgement_request = models.OneToOneField(
        AcknowledgementRequest,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="acknowledgement",
    )
    email = models.EmailField(max_length=254)
    # What the provider wrote into the invitation.
    personal_message = models.CharField(max_length=1024, blank=True)
    message = models.CharField(max_length=1024, blank=True)
    message_masked = models.BooleanField(default=False)
    display_name = models.CharField(max_length=60, blank=True)
    consent_public = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=AcknowledgementState.choices, default=AcknowledgementState.INVITED
    )
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="incentives_acknowledgement_source",
                condition=Q(distribution__isnull=False, acknowledgement_request__isnull=True)
                | Q(
                    distribution__isnull=True,
                    offer__isnull=True,
                    acknowledgement_request__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="incentives_acknowledgement_words",
                condition=Q(state="invited", submitted_at__isnull=True, message="")
                | Q(submitted_at__isnull=False) & ~Q(message="") & ~Q(state="invited"),
            ),
            models.CheckConstraint(
                name="incentives_acknowledgement_consent",
                condition=~Q(state__in=["published", "hidden"])
                | Q(consent_public=True, published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-created_at", "-id"], name="incentives_ack_newest"),
            models.Index(fields=["business", "state"], name="incentives_ack_by_state"),
            models.Index(
                fields=["program", "-published_at", "-id"],
                name="incentives_ack_published",
                condition=Q(state="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk}"

    @property
    def is_submitted(self) -> bool:
        """Whether the recipient has written, whatever became of the words."""
        return self.submitted_at is not None

    @property
    def is_published(self) -> bool:
        return self.state == AcknowledgementState.PUBLISHED

    @property
    def is_standalone(self) -> bool:
        return self.acknowledgement_request_id is not None

    @property
    def value(self) -> Terms:
        """What was given, as the source records it."""
        source = self.distribution or self.acknowledgement_request
        assert source is not None
        return source.value
