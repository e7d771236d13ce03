"""Schemes: groups of offers for one kind of contacts, and who has joined them (rewards.md 2.3).

Nobody writes a row for every contact of a scheme that everybody is in: a contact of the business is a
member of an AUTO_SIGN_UP scheme from its registration on, or from the day on which the scheme was
first activated, whichever is later. A membership row says what differs from that: a scheme joined by
choice, one left, one joined again. So nobody is ever missing, however a contact came to be, and a scheme
for a million contacts is switched on in no time. `rewards.selectors.schemes` answers who is a member;
nothing else reads the rows.
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
from directory.models import Contact, Organisation
from rewards.choices import SignUpMethod, SignUpOption, Switch


@pghistory.track()
class RewardScheme(Timestamped):
    """A scheme; its offers award only while it is active."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="reward_schemes"
    )
    name = models.CharField(max_length=100)
    description = models.TextField(max_length=2000, blank=True)
    sign_up_option = models.CharField(
        max_length=12, choices=SignUpOption.choices, default=SignUpOption.AUTO_SIGN_UP
    )
    sign_up_method = models.CharField(max_length=12, choices=SignUpMethod.choices, blank=True)
    email_domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    terms_and_conditions = models.TextField(max_length=20_000, blank=True)
    status = models.CharField(max_length=8, choices=Switch.choices, default=Switch.INACTIVE)
    # The first activation: from then on every contact is a member of an AUTO_SIGN_UP scheme.
    opened_at = models.DateTimeField(null=True, blank=True)
    # Made by the set-up of a new business, which makes it once.
    is_default = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint("business", Lower("name"), name="rewards_scheme_name"),
            models.UniqueConstraint(
                fields=["business"], condition=Q(is_default=True), name="rewards_scheme_one_default"
            ),
            models.CheckConstraint(
                name="rewards_scheme_method",
                condition=Q(sign_up_option=SignUpOption.CLOSED_LOOP)
                & Q(sign_up_method__in=SignUpMethod.values)
                | ~Q(sign_up_option=SignUpOption.CLOSED_LOOP) & Q(sign_up_method=""),
            ),
            models.CheckConstraint(
                name="rewards_scheme_opened",
                condition=Q(status=Switch.INACTIVE) | Q(opened_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-created_at", "-id"], name="rewards_scheme_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == Switch.ACTIVE

    @property
    def state(self) -> Switch:
        """The status as a choice with its label and tone."""
        return Switch(self.status)

    @property
    def option(self) -> SignUpOption:
        """How contacts become members, as a choice with its label."""
        return SignUpOption(self.sign_up_option)

    @property
    def is_automatic(self) -> bool:
        return self.sign_up_option == SignUpOption.AUTO_SIGN_UP

    @property
    def asks_for_code(self) -> bool:
        return self.sign_up_method == SignUpMethod.CODE

    @property
    def asks_for_address(self) -> bool:
        return self.sign_up_method == SignUpMethod.EMAIL_DOMAIN


class SignUpCode(models.Model):
    """A code that lets one contact into a closed loop, once."""

    scheme = models.ForeignKey(RewardScheme, on_delete=models.CASCADE, related_name="codes")
    # As it is compared: upper case, without blanks.
    code = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    used_by = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["scheme", "code"], name="rewards_code_once"),
            models.CheckConstraint(
                name="rewards_code_used_whole",
                condition=Q(used_by__isnull=True, used_at__isnull=True)
                | Q(used_by__isnull=False, used_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["scheme"], name="rewards_code_free", condition=Q(used_at__isnull=True)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rewards_code_used_up",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__used_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_used(self) -> bool:
        return self.used_at is not None


class SchemeMembership(models.Model):
    """One stay of a contact in a scheme: from joining to leaving.

    Of an automatic scheme only those who leave it get a row, written when they do.
    """

    scheme = models.ForeignKey(RewardScheme, on_delete=models.PROTECT, related_name="memberships")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="memberships")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    # By what a closed loop was entered.
    email = models.EmailField(max_length=254, blank=True)
    code = models.OneToOneField(
        SignUpCode, null=True, blank=True, on_delete=models.PROTECT, related_name="membership"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["contact", "scheme"],
                condition=Q(left_at__isnull=True),
                name="rewards_membership_once",
            ),
            models.CheckConstraint(
                name="rewards_membership_period",
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["scheme", "-joined_at", "-id"], name="rewards_member_newest"),
            models.Index(fields=["contact", "scheme"], name="rewards_member_stays"),
        ]
        triggers = [pgtrigger.Protect(name="rewards_membership_kept", operation=pgtrigger.Delete)]
