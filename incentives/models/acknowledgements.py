"""Acknowledgements: a recipient's own words that the incentive arrived (incentives.md 3.11)."""

from __future__ import annotations

from django.db import models

from core.models import Timestamped
from directory.models import Organisation
from incentives.choices import AcknowledgementState
from incentives.models.distributions import Distribution
from incentives.models.offers import Offer


class Acknowledgement(Timestamped):
    """An invitation to confirm receipt, and the answer to it; one for each distribution."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="acknowledgements")
    distribution = models.OneToOneField(
        Distribution, on_delete=models.PROTECT, related_name="acknowledgement"
    )
    email = models.EmailField(max_length=254)
    message = models.CharField(max_length=1024, blank=True)
    display_name = models.CharField(max_length=60, blank=True)
    consent_public = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=AcknowledgementState.choices, default=AcknowledgementState.INVITED
    )
    expires_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
