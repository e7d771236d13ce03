"""Reward offers and their versions (rewards.md 2.4).

An offer is saved from the first step of its making on: while it is inactive anything may be missing.
What it says is kept as a version at every change, and an award keeps the version that made it.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.models import Brand, Category, Organisation, Product, ProductFamily, ProductType
from events.models import ConditionSet
from rewards import offer_types
from rewards.choices import AwardForm, Frequency, Goal, Occasion, PeriodUnit, RedeemMethod, Switch
from rewards.models.schemes import RewardScheme

GROUPS = ("group_type", "group_brand", "group_family", "group_category")


def at_most_one(*names: str) -> Q:
    """Say that at most one of the columns is filled."""
    found = Q()
    for name in names:
        found |= Q(**{f"{other}__isnull": True for other in names if other != name})
    return found


@pghistory.track()
class RewardOffer(Timestamped):
    """A set of conditions plus an award."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="reward_offers"
    )
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=150, blank=True)
    code = models.CharField(max_length=32, blank=True)
    # The business or the merchant that runs and funds it.
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    goal = models.CharField(max_length=12, choices=Goal.choices)
    # A key of `rewards.offer_types`; never changed after creation.
    type = models.CharField(max_length=24)
    scheme = models.ForeignKey(
        RewardScheme, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    image = models.ImageField(upload_to="reward-offers/", blank=True)
    available_from = models.DateTimeField(null=True, blank=True)
    available_to = models.DateTimeField(null=True, blank=True)
    short_description = models.CharField(max_length=255, blank=True)
    long_description = models.TextField(max_length=10_000, blank=True)
    terms_and_conditions = models.TextField(max_length=20_000, blank=True)
    featured = models.BooleanField(default=False)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    currency = models.CharField(max_length=3)
    award_form = models.CharField(
        max_length=20, choices=AwardForm.choices, default=AwardForm.AMOUNT
    )
    award_amount_minor = models.BigIntegerField(null=True, blank=True)
    award_percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    award_product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="given_by"
    )
    # "The cheapest of": at most one of the four.
    group_type = models.ForeignKey(
        ProductType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    group_brand = models.ForeignKey(
        Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    group_family = models.ForeignKey(
        ProductFamily, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    group_category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    max_award_minor = models.BigIntegerField(null=True, blank=True)
    redeem_method = models.CharField(
        max_length=8, choices=RedeemMethod.choices, default=RedeemMethod.DEFERRED
    )
    # An award takes the newest version of the pool.
    commerce_pool = models.ForeignKey(
        "wallet.CommercePool", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    occasion = models.CharField(max_length=8, choices=Occasion.choices, default=Occasion.NONE)
    days_before = models.PositiveSmallIntegerField(default=0)
    days_after = models.PositiveSmallIntegerField(default=0)
    requires_pass = models.BooleanField(default=False)
    frequency = models.CharField(
        max_length=15, choices=Frequency.choices, default=Frequency.EVERY_TIME
    )
    frequency_count = models.PositiveSmallIntegerField(default=1)
    frequency_unit = models.CharField(
        max_length=6, choices=PeriodUnit.choices, default=PeriodUnit.DAYS
    )
    condition_set = models.OneToOneField(
        ConditionSet, on_delete=models.PROTECT, related_name="reward_offer"
    )
    # What only its type has, as the fields of the type's `terms_type`.
    terms = models.JSONField(default=dict, blank=True)
    performance_enabled = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Switch.choices, default=Switch.INACTIVE)
    activated_at = models.DateTimeField(null=True, blank=True)
    # The key under which the set-up of a new business made it; it makes each once.
    made_as = models.CharField(max_length=20, blank=True)
    # The steps of the wizard that were saved, so that an offer left half-made is gone on with.
    steps_done = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "number"], name="rewards_offer_number"),
            models.UniqueConstraint(
                "business", Lower("name"), condition=~Q(name=""), name="rewards_offer_name"
            ),
            models.UniqueConstraint(
                "business", Lower("code"), condition=~Q(code=""), name="rewards_offer_code"
            ),
            models.UniqueConstraint(
                fields=["business", "made_as"],
                condition=~Q(made_as=""),
                name="rewards_offer_made_once",
            ),
            models.CheckConstraint(
                name="rewards_offer_availability",
                condition=Q(available_from__isnull=True)
                | Q(available_to__isnull=True)
                | Q(available_from__lt=F("available_to")),
            ),
            models.CheckConstraint(
                name="rewards_offer_amount",
                condition=Q(award_amount_minor__isnull=True) | Q(award_amount_minor__gt=0),
            ),
            models.CheckConstraint(
                name="rewards_offer_percentage",
                condition=Q(award_percentage__isnull=True)
                | Q(award_percentage__gt=0, award_percentage__lte=100),
            ),
            models.CheckConstraint(
                name="rewards_offer_cap",
                condition=Q(max_award_minor__isnull=True) | Q(max_award_minor__gt=0),
            ),
            models.CheckConstraint(name="rewards_offer_one_group", condition=at_most_one(*GROUPS)),
            models.CheckConstraint(
                name="rewards_offer_days", condition=Q(days_before__lte=30, days_after__lte=30)
            ),
            models.CheckConstraint(
                name="rewards_offer_frequency", condition=Q(frequency_count__gte=1)
            ),
            models.CheckConstraint(
                name="rewards_offer_active_whole",
                condition=Q(status=Switch.INACTIVE)
                | ~Q(name="") & Q(scheme__isnull=False, activated_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-created_at", "-id"], name="rewards_offer_newest"),
            models.Index(
                fields=["business"],
                condition=Q(status=Switch.ACTIVE),
                name="rewards_offer_active",
            ),
            models.Index(
                fields=["business"],
                condition=Q(award_product__isnull=False),
                name="rewards_offer_gives_product",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rewards_offer_type_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("business", "number", "type", "goal"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name, or what it is as long as it has none."""
        return self.name or f"Untitled {self.kind.label}"

    @property
    def kind(self) -> offer_types.OfferType:
        """The type, which says what can be configured."""
        return offer_types.get(self.type)

    @property
    def goal_label(self) -> str:
        return str(Goal(self.goal).label)

    @property
    def is_active(self) -> bool:
        return self.status == Switch.ACTIVE

    @property
    def state(self) -> Switch:
        """The status as a choice with its label and tone."""
        return Switch(self.status)

    @property
    def is_instant(self) -> bool:
        return self.redeem_method == RedeemMethod.INSTANT


class OfferVersion(models.Model):
    """What an offer said from one change to the next, enough to judge by it again (rewards.md 11.5)."""

    offer = models.ForeignKey(RewardOffer, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField()
    created_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["offer", "number"], name="rewards_version_number"),
        ]
        # Versions that made an award are kept by the award's foreign key.
        triggers = [
            pgtrigger.Protect(
                name="rewards_version_unchanged",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["by"]),
            )
        ]
