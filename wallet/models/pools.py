"""Commerce pools: the conditions that money in the commerce pocket carries (wallet.md 4).

A pool is edited by a new version; a lot keeps the version under which it was granted.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import Timestamped
from directory.models import Organisation
from events.models import ConditionSet
from wallet.choices import Classification, EndRule, PeriodUnit, PoolState, StartRule
from wallet.models.guards import Guard, refusal


class CommercePool(Timestamped):
    """A named set of spending conditions."""

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pools")
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=PoolState.choices, default=PoolState.ACTIVE)
    # "Spend Anywhere within a year": cannot be renamed, edited or retired (wallet.md 4.3).
    is_default = models.BooleanField(default=False)
    is_published = models.BooleanField(default=False)
    # Whether contacts may send money of this pool to each other, or top up into it.
    is_transferable = models.BooleanField(default=False)
    is_for_top_ups = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint("business", Lower("name"), name="wallet_pool_name"),
            models.UniqueConstraint(
                fields=["business"], condition=Q(is_default=True), name="wallet_pool_one_default"
            ),
            models.CheckConstraint(
                name="wallet_pool_default_is_active",
                condition=Q(is_default=False) | Q(state=PoolState.ACTIVE),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_money(self) -> bool:
        return self.state == PoolState.ACTIVE


class CommercePoolVersion(models.Model):
    """The conditions of a pool from one moment on; never changed afterwards."""

    pool = models.ForeignKey(
        CommercePool, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    description = models.CharField(max_length=1000, blank=True)
    classification = models.CharField(
        max_length=16, choices=Classification.choices, default=Classification.PAYMENT_METHOD
    )
    start_rule = models.CharField(max_length=8, choices=StartRule.choices, default=StartRule.NONE)
    starts_on = models.DateField(null=True, blank=True)
    start_after = models.PositiveSmallIntegerField(null=True, blank=True)
    start_unit = models.CharField(max_length=5, choices=PeriodUnit.choices, blank=True)
    end_rule = models.CharField(max_length=8, choices=EndRule.choices, default=EndRule.NEVER)
    # The first day on which the money is expired; a form asks for the day before.
    ends_on = models.DateField(null=True, blank=True)
    end_after = models.PositiveSmallIntegerField(null=True, blank=True)
    end_unit = models.CharField(max_length=5, choices=PeriodUnit.choices, blank=True)
    requires_activation = models.BooleanField(default=False)
    # Time, location and products; without a set the money is good for everything.
    conditions = models.ForeignKey(
        ConditionSet, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["pool", "number"], name="wallet_pool_version_number"),
            models.CheckConstraint(
                name="wallet_pool_version_start",
                condition=Q(
                    start_rule=StartRule.NONE,
                    starts_on__isnull=True,
                    start_after__isnull=True,
                    start_unit="",
                )
                | Q(
                    start_rule=StartRule.FIXED,
                    starts_on__isnull=False,
                    start_after__isnull=True,
                    start_unit="",
                )
                | Q(
                    start_rule=StartRule.RELATIVE,
                    starts_on__isnull=True,
                    start_after__gte=1,
                    start_unit__in=[PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH],
                ),
            ),
            models.CheckConstraint(
                name="wallet_pool_version_end",
                condition=Q(
                    end_rule=EndRule.NEVER,
                    ends_on__isnull=True,
                    end_after__isnull=True,
                    end_unit="",
                )
                | Q(
                    end_rule=EndRule.FIXED,
                    ends_on__isnull=False,
                    end_after__isnull=True,
                    end_unit="",
                )
                | Q(
                    end_rule=EndRule.RELATIVE,
                    ends_on__isnull=True,
                    end_after__gte=1,
                    end_unit__in=list(PeriodUnit),
                ),
            ),
        ]
        triggers = [
            Guard(
                name="pool_version_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refusal("A version of a pool is never changed; make a new one."),
            ),
        ]
