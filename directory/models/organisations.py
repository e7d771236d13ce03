"""Organisations: one tree of business (the tenant), merchants and venues; and what a provider shows.

Provider and vendor are the same record: a business. Its profile is completed before the offers area
opens (incentives.md 1, decision D3).
"""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.choices import OrganisationKind, ProductKind, PurchaseModel


@pghistory.track()
class Organisation(Timestamped):
    """A business, or a merchant or venue inside one."""

    kind = models.CharField(max_length=10, choices=OrganisationKind.choices)
    # The tenant that every row below belongs to; a business is its own.
    business = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="members_of_tree"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(max_length=120)
    slug = models.CharField(max_length=40, unique=True)
    country = models.CharField(max_length=2, blank=True)
    town = models.CharField(max_length=80, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    # A merchant or venue without one lives by its parent's.
    time_zone = models.CharField(max_length=64, blank=True)
    base_currency = models.CharField(max_length=3, blank=True)
    response_window_days = models.PositiveSmallIntegerField(default=14)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="directory_organisation_tree",
                condition=Q(kind="business", parent__isnull=True, business__isnull=True)
                | (Q(kind__in=["merchant", "venue"], parent__isnull=False, business__isnull=False)),
            ),
            models.CheckConstraint(
                name="directory_business_has_zone_and_currency",
                condition=~Q(kind="business") | (~Q(time_zone="") & ~Q(base_currency="")),
            ),
            models.CheckConstraint(
                name="directory_response_window",
                condition=Q(response_window_days__gte=1, response_window_days__lte=90),
            ),
            # A business has no parent, so that this tells apart merchants and venues alone.
            models.UniqueConstraint("parent", Lower("name"), name="directory_place_name"),
        ]
        indexes = [models.Index(fields=["business", "kind"], name="directory_organisation_tree")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_business(self) -> bool:
        return self.kind == OrganisationKind.BUSINESS

    @property
    def is_merchant(self) -> bool:
        return self.kind == OrganisationKind.MERCHANT

    @property
    def is_venue(self) -> bool:
        return self.kind == OrganisationKind.VENUE

    @property
    def kind_label(self) -> str:
        return OrganisationKind(self.kind).label

    @property
    def is_ready_for_offers(self) -> bool:
        """Whether the provider profile was completed."""
        profile = getattr(self, "provider_profile", None)
        return profile is not None and profile.completed_at is not None


@pghistory.track()
class ProviderProfile(Timestamped):
    """What recipients and the public see of a provider (incentives.md 3.1)."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="provider_profile"
    )
    website = models.URLField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=255, blank=True)
    logo = models.ImageField(upload_to="logos/", blank=True)
    description = models.TextField(max_length=2000, blank=True)
    social_links = models.JSONField(default=list, blank=True)
    notification_email = models.EmailField(max_length=254, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"Profile of {self.organisation_id}"


@pghistory.track()
class ProductService(Timestamped):
    """A product or service that programs are about (incentives.md 3.2)."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="product_services"
    )
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10)
    category = models.CharField(max_length=80)
    description = models.TextField(max_length=5000)
    purchase_model = models.CharField(max_length=20, blank=True)
    url = models.URLField(max_length=300, blank=True)
    contact_email = models.EmailField(max_length=254, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "business", Lower("name"), name="directory_product_service_name"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-created_at", "-id"], name="directory_ps_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_label(self) -> str:
        return ProductKind(self.kind).label

    @property
    def purchase_label(self) -> str:
        """How it is paid for, or an empty text where that was not said."""
        return PurchaseModel(self.purchase_model).label if self.purchase_model else ""


class ProductImage(models.Model):
    """A picture of a product or service; at most five, each at most 5 MB."""

    product_service = models.ForeignKey(
        ProductService, on_delete=models.CASCADE, related_name="images"
    )
    file = models.ImageField(upload_to="products/")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product_service", "position"], name="directory_product_image_position"
            ),
        ]
