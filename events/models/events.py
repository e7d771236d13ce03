"""What happened: one row for each business event, and a narrow table for what its kind adds.

An event is a fact: it is recorded once and never edited. Only three things move: whether it stands
(posted or cancelled), whether somebody has evaluated it, and whose it is, once, when a purchase
without a contact is claimed (rewards.md 2.9, 11.7). Places are kept as they were at that moment, so
that a venue that moves to another merchant takes no history along.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.models import Contact, Organisation, Product, Tap
from events.choices import (
    ClassificationType,
    ContactEventKind,
    EvaluationState,
    EventStatus,
    EventType,
)


class Classification(Timestamped):
    """A business's own label on purchases or achievements: dine-in, facebook like."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=12, choices=ClassificationType.choices)
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=32)
    description = models.CharField(max_length=300, blank=True)
    # A deleted one stays readable on the events that carry it.
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                "business",
                Lower("name"),
                condition=Q(deleted_at__isnull=True),
                name="events_classification_name",
            ),
            models.UniqueConstraint(
                fields=["business", "code"],
                condition=Q(deleted_at__isnull=True),
                name="events_classification_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def type_label(self) -> str:
        return ClassificationType(self.type).label


class BusinessEvent(models.Model):
    """Something that a contact did, as it was reported."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="business_events", db_index=False
    )
    type = models.CharField(max_length=12, choices=EventType.choices)
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="business_events",
        db_index=False,
    )
    # Where: the organisation of the till, and the merchant and venue that it meant at that moment.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    venue = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tap = models.ForeignKey(
        Tap, null=True, blank=True, on_delete=models.PROTECT, related_name="business_events"
    )
    time_zone = models.CharField(max_length=64)
    performed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    classification = models.ForeignKey(
        Classification,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="business_events",
    )
    reference_number = models.CharField(max_length=64, blank=True)
    # What the caller sent, as it came; sentences and exports mask what is personal in it.
    payload = models.JSONField(default=dict)
    status = models.CharField(
        max_length=10, choices=EventStatus.choices, default=EventStatus.POSTED
    )
    status_set_by = models.CharField(max_length=10, default="till")
    status_changed_at = models.DateTimeField()
    status_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    evaluation_state = models.CharField(
        max_length=8, choices=EvaluationState.choices, default=EvaluationState.PENDING
    )
    evaluation_reason = models.CharField(max_length=40, blank=True)
    evaluated_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            # A second guard beside the idempotency key; a cancelled one still blocks its number.
            models.UniqueConstraint(
                fields=["organisation", "type", "reference_number"],
                condition=~Q(reference_number=""),
                name="events_event_reference",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-performed_at", "-id"], name="events_event_newest"),
            models.Index(
                fields=["contact", "type", "-performed_at"], name="events_event_of_contact"
            ),
            models.Index(
                fields=["received_at"],
                name="events_event_pending",
                condition=Q(evaluation_state=EvaluationState.PENDING),
            ),
        ]
        triggers = [pgtrigger.Protect(name="events_event_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reference_number or f"E-{self.pk}"

    @property
    def is_posted(self) -> bool:
        return self.status == EventStatus.POSTED

    @property
    def is_purchase(self) -> bool:
        return self.type == EventType.PURCHASE

    @property
    def type_label(self) -> str:
        return EventType(self.type).label


class Purchase(models.Model):
    """What a purchase adds to its event: money in whole minor units. `total` is `net` + `tax`."""

    event = models.OneToOneField(
        BusinessEvent, primary_key=True, on_delete=models.PROTECT, related_name="purchase"
    )
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    pass_code = models.CharField(max_length=64, blank=True)
    payment_medium = models.CharField(max_length=64, blank=True)
    notes = models.CharField(max_length=500, blank=True)

    # The lines with their products, where somebody has just written them; else they are to be read.
    recorded_lines: tuple[PurchaseLine, ...] | None = None

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="events_purchase_amounts",
                condition=Q(
                    net_minor__gte=0,
                    tax_minor__gte=0,
                    discount_minor__gte=0,
                    total_minor=models.F("net_minor") + models.F("tax_minor"),
                ),
            ),
        ]


class PurchaseLine(models.Model):
    """A product in the basket; lines of one SKU and unit price stand here as one."""

    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lines")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()

    class Meta:
        ordering = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["purchase", "position"], name="events_line_position"),
            models.CheckConstraint(
                name="events_line_amounts",
                condition=Q(quantity__gt=0, net_minor__gte=0, tax_minor__gte=0, total_minor__gte=0),
            ),
        ]


class Referral(models.Model):
    """Who referred the contact of the event."""

    event = models.OneToOneField(
        BusinessEvent, primary_key=True, on_delete=models.PROTECT, related_name="referral"
    )
    referrer = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="referrals")


class Achievement(models.Model):
    """How often the classified thing was done."""

    event = models.OneToOneField(
        BusinessEvent, primary_key=True, on_delete=models.PROTECT, related_name="achievement"
    )
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="events_achievement_count", condition=Q(quantity__gte=1)),
        ]


class ContactChange(models.Model):
    """Signing up or changing one's profile."""

    event = models.OneToOneField(
        BusinessEvent, primary_key=True, on_delete=models.PROTECT, related_name="contact_change"
    )
    kind = models.CharField(max_length=16, choices=ContactEventKind.choices)


class SubscriptionReport(models.Model):
    """A subscription as its billing reported it; the newest report of a reference is the mirror."""

    event = models.OneToOneField(
        BusinessEvent, primary_key=True, on_delete=models.PROTECT, related_name="subscription"
    )
    subscription_ref = models.CharField(max_length=64)
    is_active = models.BooleanField()
    is_termed = models.BooleanField()
    is_billable = models.BooleanField()
    active_since = models.DateField(null=True, blank=True)
    last_interruption_on = models.DateField(null=True, blank=True)
    # The upcoming bill of the recurring fees, after promotional discounts.
    estimate_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["subscription_ref"], name="events_subscription_ref")]
