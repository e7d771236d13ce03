"""Awards: money granted for meeting an offer's conditions, and why others were not (rewards.md 2.9).

An award is a fact. What may still move is whether it stands, how much of it fell back, and which lot of
the wallet it became. The natural keys of rewards.md 11.10 are unique here, whatever a job repeats.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from core.model_fields import KeptJSONField
from core.money import Money
from directory.models import Contact, Organisation, Product
from events.models import BusinessEvent
from rewards.choices import AwardStatus, LogCause, RedeemMethod
from rewards.models.gifts import GiftRun
from rewards.models.offers import OfferVersion, RewardOffer
from rewards.models.schemes import RewardScheme

STANDS = Q(status=AwardStatus.POSTED)
MOVES = [
    "status",
    "status_set_by",
    "status_changed_at",
    "reversed_minor",
    "unrecovered_minor",
    "lot",
    "expires_at",
    "version",
]

# Holds the offer's row until the transaction ends, so that nobody changes its currency or scheme, or
# deletes it, between the look at it and the award. Who evaluated an older definition begins anew.
_FITS = """
    PERFORM FROM rewards_rewardoffer
    WHERE id = NEW.offer_id AND currency = NEW.currency AND scheme_id = NEW.scheme_id
    FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The offer has another currency or scheme by now.' USING ERRCODE = '40001';
    END IF;
    RETURN NEW;
"""


class Award(models.Model):
    """What one contact was granted by one offer for one event, or in one run."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The key under which the wallet granted it.
    reference = models.CharField(max_length=80)
    cause = models.CharField(max_length=12, choices=LogCause.choices)
    event = models.ForeignKey(
        BusinessEvent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="awards",
        db_index=False,
    )
    gift_run = models.ForeignKey(
        GiftRun,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="awards",
        db_index=False,
    )
    offer = models.ForeignKey(RewardOffer, on_delete=models.PROTECT, related_name="awards")
    offer_version = models.ForeignKey(OfferVersion, on_delete=models.PROTECT, related_name="awards")
    scheme = models.ForeignKey(RewardScheme, on_delete=models.PROTECT, related_name="awards")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="awards", db_index=False
    )
    merchant = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    venue = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    redeem_method = models.CharField(max_length=8, choices=RedeemMethod.choices)
    pool_version = models.ForeignKey(
        "wallet.CommercePoolVersion", on_delete=models.PROTECT, related_name="+"
    )
    lot = models.OneToOneField(
        "wallet.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The free or cheapest product whose one unit was given.
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The birthday or name day that it was given for.
    occurrence = models.DateField(null=True, blank=True)
    # The referred contact of a referral.
    about = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=9, choices=AwardStatus.choices, default=AwardStatus.POSTED)
    status_set_by = models.CharField(max_length=10, default="system")
    status_changed_at = models.DateTimeField()
    reversed_minor = models.BigIntegerField(default=0)
    # What of the reversed amount had been spent already and could not be found.
    unrecovered_minor = models.BigIntegerField(default=0)
    performed_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "reference"], name="rewards_award_once"),
            models.UniqueConstraint(
                fields=["event", "offer", "contact"],
                condition=Q(event__isnull=False),
                name="rewards_award_for_event",
            ),
            models.UniqueConstraint(
                fields=["gift_run", "contact"],
                condition=Q(gift_run__isnull=False),
                name="rewards_award_in_run",
            ),
            models.UniqueConstraint(
                fields=["offer", "contact", "occurrence"],
                condition=STANDS & Q(occurrence__isnull=False),
                name="rewards_award_for_day",
            ),
            models.UniqueConstraint(
                fields=["offer", "contact", "about"],
                condition=STANDS & Q(about__isnull=False),
                name="rewards_award_about",
            ),
            models.CheckConstraint(name="rewards_award_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="rewards_award_reversed",
                condition=Q(
                    reversed_minor__gte=0,
                    reversed_minor__lte=F("amount_minor"),
                    unrecovered_minor__gte=0,
                    unrecovered_minor__lte=F("reversed_minor"),
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["contact", "offer", "-performed_at"], name="rewards_award_of_contact"
            ),
            models.Index(fields=["business", "-posted_at", "-id"], name="rewards_award_newest"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="rewards_award_fits_its_offer",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_FITS,
            ),
            pgtrigger.Protect(name="rewards_award_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="rewards_award_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=MOVES),
            ),
        ]

    def __str__(self) -> str:
        return f"A-{self.pk}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def standing(self) -> Money:
        """What is left of it after everything that fell back."""
        return Money(self.amount_minor - self.reversed_minor, self.currency)

    @property
    def state(self) -> AwardStatus:
        """The status as a choice with its label and tone."""
        return AwardStatus(self.status)

    @property
    def is_posted(self) -> bool:
        return self.status == AwardStatus.POSTED


class EvaluationTrace(models.Model):
    """What became of every offer for one event: why, or why not (decision D16).

    `told` lists the offers that matched or came furthest, each with offer, version, contact, reason,
    where it came to an amount amount_minor and currency, and for the furthest of them `verdicts`:
    condition by condition what was needed and found. `refused` has all others by their reason,
    `{reason: {"offers": [ids], "versions": [numbers]}}`; they were refused to the event's contact.
    `rewards.selectors.traces` reads both as one list.

    What was needed and found of offers that granted nothing is emptied after 90 days; the reasons
    stay as long as the event.
    """

    # One row for an event, however many offers were looked at: a row for each would make up most of
    # the database. Events stay for good, so the server need not check the key. An offer that never
    # awarded may be deleted; what stands here of it is passed over by who reads.
    event = models.OneToOneField(
        BusinessEvent,
        on_delete=models.PROTECT,
        related_name="trace",
        primary_key=True,
        db_constraint=False,
    )
    told = KeptJSONField(default=list)
    refused = KeptJSONField(default=dict)
    is_emptied = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["created_at"],
                name="rewards_trace_to_empty",
                condition=Q(is_emptied=False),
            ),
        ]


class UsedAchievement(models.Model):
    """An achievement that an award of an offer has used up; it counts no second time."""

    offer = models.ForeignKey(
        RewardOffer, on_delete=models.PROTECT, related_name="used_achievements", db_index=False
    )
    event = models.ForeignKey(BusinessEvent, on_delete=models.PROTECT, related_name="used_by")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="used_achievements")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["offer", "event"], name="rewards_achievement_used_once"
            ),
        ]
