"""The network of a business: the tills of its places, its terms with merchants, its partners.

Terms belong to the link between a business and a merchant and live here, because the rewards and the
wallet both read them (decision D3). They are versioned: a row is never changed, a newer one is in
force from its `valid_from` on, and an award keeps the one of its own moment (wallet.md 8.1).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.choices import LinkStatus, SettlementMethod
from directory.models.organisations import Organisation


class Tap(Timestamped):
    """A transaction acquiring point: the code by which a till names itself (rewards.md 1)."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="taps")
    code = models.CharField(max_length=32)
    label = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("business", Lower("code"), name="directory_tap_code"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def kind(self) -> str:
        """MERCHANT or VENUE, as the place it belongs to."""
        return self.organisation.kind.upper()


class CommercialTerms(models.Model):
    """One version of what a business and a merchant (or a partner) have agreed."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="commercial_terms"
    )
    version = models.PositiveIntegerField()
    method = models.CharField(max_length=10, choices=SettlementMethod.choices)
    # The share of an award that the merchant contributes.
    contribution_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    # Stops awarding and spending there.
    blocked = models.BooleanField(default=False)
    refund_expired = models.BooleanField(default=True)
    fee_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    valid_from = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business", "organisation", "version"], name="directory_terms_version"
            ),
            models.UniqueConstraint(
                fields=["business", "organisation", "valid_from"], name="directory_terms_moment"
            ),
            models.CheckConstraint(
                name="directory_terms_shares",
                condition=Q(
                    contribution_percent__gte=0,
                    contribution_percent__lte=100,
                    fee_percent__gte=0,
                    fee_percent__lte=100,
                    fee_minor__gte=0,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="directory_terms_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="directory_terms_unchanged",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["created_by"]),
            ),
        ]

    @property
    def agreed(self) -> SettlementMethod:
        """The method as a choice with its label."""
        return SettlementMethod(self.method)


@pghistory.track()
class BusinessLink(Timestamped):
    """Another business in the network of this one: invited, accepted, ended; perhaps a charity."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="links")
    partner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="linked_from")
    is_charity = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=LinkStatus.choices, default=LinkStatus.INVITED)
    status_set_by = models.CharField(max_length=10)
    status_changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business", "partner"],
                condition=~Q(status=LinkStatus.ENDED),
                name="directory_link_once",
            ),
            models.CheckConstraint(
                name="directory_link_two_sides", condition=~Q(business=F("partner"))
            ),
        ]

    @property
    def step(self) -> LinkStatus:
        """The status as a choice with its label and tone."""
        return LinkStatus(self.status)
