"""Claims by shared link: what a visitor wishes to do once their address is verified."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from incentives.models.link_templates import LinkTemplate
from incentives.models.offers import Offer


class ClaimIntent(models.Model):
    """A wish waiting for its e-mailed confirmation; several people may hold one at once.

    It is about an offer or about a link template, which makes its offer at the confirmation. The
    target is the status to set, or `JOIN` for a place in a group.
    """

    JOIN = "join"

    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.CASCADE, related_name="intents"
    )
    template = models.ForeignKey(
        LinkTemplate, null=True, blank=True, on_delete=models.CASCADE, related_name="intents"
    )
    target = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="incentives_intent_subject",
                condition=Q(offer__isnull=False, template__isnull=True)
                | Q(offer__isnull=True, template__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["offer", "email"], name="incentives_intent_offer")]

    @property
    def is_join(self) -> bool:
        """Whether a place in a group is wished for."""
        return self.target == self.JOIN
