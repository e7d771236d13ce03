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
                fields=["business", "earned_by"],
                condition=~Q(earned_by=""),
                name="wallet_lot_earned_by",
            ),
            # Few lots have one.
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
                condition=pgtrigger.AnyChange(exclude=["pool_version", "starts_at", "expires_at"]),
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


class LotDue(models.Model):
    """A lot that the expiry job has to look at, and when: at its expiry.

    It is gone once the job has looked and nothing came back since. Apart from the lot, because to write
    that into a million lots that expire on one day would write each of their indexes anew.
    """

    lot = models.OneToOneField(
        Lot, on_delete=models.PROTECT, related_name="due", primary_key=True, db_constraint=False
    )
    # Those of the lot, which never change.
    business = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    due_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["due_at", "business"], name="wallet_lot_due_first"),
        ]

    @classmethod
    def of(cls, lot: Lot) -> list[LotDue]:
        """Return the row of a lot that expires; one that lasts has none."""
        if lot.expires_at is None:
            return []
        return [
            cls(
                lot=lot,
                business_id=lot.business_id,
                wallet_id=lot.wallet_id,
                due_at=lot.expires_at,
            )
        ]


class ExpiryChange(models.Model):
    """The record of an expiry that was moved later, by hand or because money came back."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="expiry_changes")
    before = models.DateTimeField(null=True)
    after = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    actor_name = models.CharField(max_length=120)
    at = models.DateTimeField()
