"""Claims by shared link: what a visitor wishes to do once their address is verified."""

from __future__ import annotations

from django.db import models

from incentives.models.offers import Offer


class ClaimIntent(models.Model):
    """A wish waiting for its e-mailed confirmation; several people may hold one at once."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="intents")
    target = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["offer", "email"], name="incentives_intent_offer")]
