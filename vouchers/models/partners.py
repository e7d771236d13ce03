"""Partners: who supplies codes (vouchers.md 2.1). A business's own coupon engine is one too."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.models import Organisation
from vouchers.choices import DuplicateScope, PartnerKind, PartnerUse


@pghistory.track()
class Partner(Timestamped):
    """A supplier of codes. Its name is case-sensitive: "acme" and "ACME" are two partners."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="voucher_partners"
    )
    # NFC, trimmed, inner runs of blanks collapsed.
    name = models.CharField(max_length=100, db_collation="C")
    kind = models.CharField(max_length=8, choices=PartnerKind.choices, default=PartnerKind.EXTERNAL)
    duplicate_scope = models.CharField(
        max_length=7, choices=DuplicateScope.choices, default=DuplicateScope.LIST
    )
    redemption_url = models.URLField(max_length=300, blank=True)
    redemption_instructions = models.TextField(max_length=2_000, blank=True)
    logo = models.ImageField(upload_to="voucher-partners/", blank=True)
    contact_email = models.EmailField(max_length=254, blank=True)
    # Whether `contact_email` is asked for more codes when a list runs low.
    is_told_of_low_stock = models.BooleanField(default=False)
    # A code is still taken so many days after its end (vouchers.md 9.2).
    late_redemption_days = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "name"], name="vouchers_partner_name"),
            models.CheckConstraint(name="vouchers_partner_named", condition=~Q(name="")),
        ]
        indexes = [
            # Finds the near-duplicates that the form asks about.
            models.Index("business", Lower("name"), name="vouchers_partner_alike"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def use(self) -> PartnerUse:
        """Whether it is active, as a choice with its label and tone."""
        return PartnerUse.ACTIVE if self.is_active else PartnerUse.INACTIVE


class PartnerContact(Timestamped):
    """A person of the partner who opens the partner portal through a mailed link."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                "partner", Lower("email"), name="vouchers_partner_contact_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email
