"""What the wallet did for one purchase: how much was redeemed and spent, and from where.

The parts are the matrix of lots and lines that partial returns need (wallet.md 5.3, 6.4).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from directory.models import Organisation
from wallet.choices import AccountKind, RedemptionMode, UseState
from wallet.models.accounts import Wallet
from wallet.models.guards import not_deleted
from wallet.models.lots import Lot


class PurchaseUse(models.Model):
    """The money that the wallet moved for a purchase; one row for each purchase."""

    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="uses", db_index=False
    )
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Where it was spent, if not at the business itself: its SETTLEMENT account is owed the money.
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Opaque and unique: the till's purchase ("events.purchase:42").
    reference = models.CharField(max_length=80)
    performed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    # Instant discounts on its lines that no award of the wallet pays for.
    instant_minor = models.BigIntegerField(default=0)
    # What the contact wished to spend; empty where as much as possible was asked or nothing at all.
    requested_minor = models.BigIntegerField(null=True)
    mode = models.CharField(max_length=16, choices=RedemptionMode.choices)
    commerce_minor = models.BigIntegerField()
    business_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    # False where commerce money was redeemed into the business pocket and stays there.
    is_spent = models.BooleanField()
    state = models.CharField(max_length=10, choices=UseState.choices, default=UseState.POSTED)
    # What the choice of lots was made from, so that it can be made again: lines, cap, lots in order.
    considered = models.JSONField(default=dict)
    # Goods returned so far, and what of it went back into the wallet.
    returned_minor = models.BigIntegerField(default=0)
    returned_to_wallet_minor = models.BigIntegerField(default=0)
    # Why redeemed money was not paid out although the business pays out on redemption.
    no_payout_reason = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "reference"], name="wallet_use_once"),
            models.CheckConstraint(
                name="wallet_use_returned",
                condition=Q(returned_minor__gte=0, returned_minor__lte=F("total_minor")),
            ),
        ]
        indexes = [
            # What a contact has spent in a period.
            models.Index(fields=["wallet", "performed_at"], name="wallet_use_of_wallet"),
        ]
        triggers = not_deleted("purchaseuse", "What was paid for a purchase")

    @property
    def paid_minor(self) -> int:
        """What the wallet moved in all."""
        return self.commerce_minor + self.business_minor + self.open_minor


class UsePart(models.Model):
    """An amount that came from one lot for one line, or from one pocket."""

    use = models.ForeignKey(PurchaseUse, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    lot = models.ForeignKey(Lot, null=True, on_delete=models.PROTECT, related_name="uses")
    line = models.PositiveSmallIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_use_part_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="wallet_use_part_back",
                condition=Q(back_minor__gte=0, back_minor__lte=F("amount_minor")),
            ),
        ]


class AwardReturn(models.Model):
    """What was clawed back of an award, so that parts round to the whole (wallet.md 6.4, 6.5)."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="award_return")
    clawed_back_minor = models.BigIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="wallet_award_return_amount", condition=Q(clawed_back_minor__gte=0)
            ),
        ]
