"""Distributions: the record of what was really delivered, and its audit trail.

A distribution moves no money (incentives.md 6.1). It may change only through the batch service, which
writes one audit row for each changed field; audit rows are never changed or deleted.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Contact, Organisation
from incentives.choices import DistributionStatus
from incentives.models.groups import GroupMember
from incentives.models.offers import Offer
from incentives.models.requests import IncentiveRequest
from incentives.models.subjects import AboutOne, about_one
from incentives.models.values import Valued, value_is_sound


class Distribution(AboutOne, Valued, Timestamped):
    """What one recipient or member was given for an offer or a request."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="distributions"
    )
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    request = models.ForeignKey(
        IncentiveRequest,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="distributions",
    )
    group_member = models.ForeignKey(
        GroupMember, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    recipient_email = models.EmailField(max_length=254)
    recipient_name = models.CharField(max_length=120, blank=True)
    description = models.CharField(max_length=500, blank=True)
    status = models.CharField(
        max_length=8, choices=DistributionStatus.choices, default=DistributionStatus.PENDING
    )
    succeeded_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            about_one("incentives_distribution_about_one"),
            models.UniqueConstraint(
                fields=["request", "group_member"],
                condition=Q(group_member__isnull=False),
                name="incentives_distribution_r_member",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(group_member__isnull=True),
                name="incentives_distribution_r_single",
            ),
            models.UniqueConstraint(
                fields=["offer", "group_member"],
                condition=Q(group_member__isnull=False),
                name="incentives_distribution_member",
            ),
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(group_member__isnull=True),
                name="incentives_distribution_single",
            ),
            value_is_sound("incentives_distribution_value", zero=True),
            models.CheckConstraint(
                name="incentives_distribution_succeeded",
                condition=Q(status="success", succeeded_at__isnull=False)
                | (~Q(status="success") & Q(succeeded_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["request", "-created_at", "-id"], name="incentives_distribution_r_new"
            ),
            models.Index(
                fields=["offer", "-created_at", "-id"], name="incentives_distribution_new"
            ),
            models.Index(
                fields=["business", "status", "-succeeded_at"], name="incentives_distribution_done"
            ),
            models.Index(
                fields=["business", "-created_at", "-id"], name="incentives_distribution_all"
            ),
        ]


class DistributionChange(models.Model):
    """One changed field of one distribution: who, when, what it was, what it became."""

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="changes")
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=160)
    at = models.DateTimeField()
    field = models.CharField(max_length=20)
    old_value = models.CharField(max_length=500, blank=True)
    new_value = models.CharField(max_length=500, blank=True)
    batch = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["distribution", "-at", "-id"], name="incentives_dchange_newest")
        ]
        triggers = [
            pgtrigger.Protect(name="distribution_change_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="distribution_change_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["actor_user"]),
                func="RAISE EXCEPTION 'The audit trail of a distribution is never rewritten.';",
            ),
        ]
