"""Lots: what one award, or another conditional credit, brought into the commerce pocket.

The money of a lot lies on its COMMERCE_LOT account; the lot says how much it was, under which version
of a pool, and until when. Its expiry may move to a later moment, and it may come under another version
of its pool; a record says so of either.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from directory.models import Organisation
from wallet.choices import LotSource, RedeemMethod
from wallet.models.accounts import Wallet
from wallet.models.guards import Guard, not_deleted, refusal
from wallet.models.pools import CommercePoolVersion


class Lot(models.Model):
    """One conditional credit (wallet.md 1.1)."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="lots")
    pool_version = models.ForeignKey(
        CommercePoolVersion, on_delete=models.PROTECT, related_name="lots"
    )
    source = models.CharField(max_length=10, choices=LotSource.choices)
    # What granted it ("rewards.award:12"): the natural key of an award, unique where it is given.
    reference = models.CharField(max_length=80, blank=True)
    # The purchase that earned it ("purchase:ab12"): not to be redeemed on that same purchase.
    earned_by = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    redeem_method = models.CharField(
        max_length=10, choices=RedeemMethod.choices, default=RedeemMethod.DEFERRED
    )
    # Its redeemed money is kept apart, because the terms charge the merchant when it is spent.
    is_traced = models.BooleanField(default=False)
    awarded_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    # When the expiry job has to look at the lot; empty once it did and nothing came back since.
    expiry_due_at = models.DateTimeField(null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        db_index=False,
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_lot_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="wallet_lot_period",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("starts_at")),
            ),
            models.UniqueConstraint(
                fields=["business", "reference"],
                condition=Q(source=LotSource.AWARD) & ~Q(reference=""),
                name="wallet_lot_award_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expiry_due_at"],
                condition=Q(expiry_due_at__isnull=False),
                name="wallet_lot_due",
            ),
            models.Index(
                fields=["business", "earned_by"],
                condition=~Q(earned_by=""),
                name="wallet_lot_earned_by",
            ),
            # Few lots have one, and every lot is written twice in its life.
            models.Index(
                fields=["parent"],
                condition=Q(parent__isnull=False),
                name="wallet_lot_parent",
            ),
        ]
        triggers = [
            *not_deleted("lot", "A lot"),
            Guard(
                name="lot_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["pool_version", "starts_at", "expires_at", "expiry_due_at"]
                ),
                func=refusal("What a lot was granted as never changes."),
            ),
            Guard(
                name="lot_stays_in_its_pool",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("pool_version", "starts_at"),
                func=f"""
                    IF NEW.starts_at <= OLD.starts_at AND (
                        SELECT count(DISTINCT pool_id) FROM wallet_commercepoolversion
                        WHERE id IN (OLD.pool_version_id, NEW.pool_version_id)
                    ) = 1 THEN
                        RETURN NEW;
                    END IF;
                    {refusal("A lot stays in its pool, and never begins later than it was granted.")}
                """,
            ),
            Guard(
                name="lot_expires_no_earlier",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("expires_at"),
                func=f"""
                    IF NEW.expires_at IS NULL OR NEW.expires_at > OLD.expires_at THEN
                        RETURN NEW;
                    END IF;
                    {refusal("The expiry of a lot is only moved later.")}
                """,
            ),
        ]


class ExpiryChange(models.Model):
    """The record of an expiry that was moved later, by hand or because money came back."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="expiry_changes")
    before = models.DateTimeField(null=True)
    after = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    actor_name = models.CharField(max_length=120)
    at = models.DateTimeField()
