"""Voucher lists and their counters (vouchers.md 2.2).

A list's public name, `list_id`, is derived from business, partner, tag and generation, so that a
tag that is used again after archiving names another list. Counters are spread over slots: whoever
changes codes adds to one slot in the same transaction, and no two issues wait for the same row.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.models import Timestamped
from directory.models import Organisation
from vouchers.choices import Actor, AssignmentOrder, CodeCase, ListStatus, RedeemRule
from vouchers.models.partners import Partner

# Codes that one list may hold, void ones not counted.
CAPACITY = 1_000_000
SLOTS = 16


@pghistory.track(exclude=["version"])
class VoucherList(Timestamped):
    """One pool of codes of one partner under one tag."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="voucher_lists"
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="lists")
    # NFC, lower case, without blanks.
    list_tag = models.CharField(max_length=64)
    generation = models.PositiveSmallIntegerField(default=1)
    list_id = models.CharField(max_length=13, unique=True, editable=False)
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2_000, blank=True)
    expires_at = models.DateTimeField()
    redeem_rule = models.CharField(
        max_length=16, choices=RedeemRule.choices, default=RedeemRule.SAME_AS_LIST
    )
    redeem_until = models.DateTimeField(null=True, blank=True)
    redeem_days = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=ListStatus.choices, default=ListStatus.ACTIVE)
    # Where an expired list goes when its expiry is extended.
    status_before_expiry = models.CharField(max_length=8, choices=ListStatus.choices, blank=True)
    status_set_by = models.CharField(max_length=5, choices=Actor.choices, default=Actor.STAFF)
    status_changed_at = models.DateTimeField()
    code_case = models.CharField(max_length=11, choices=CodeCase.choices, default=CodeCase.EXACT)
    code_min_length = models.PositiveSmallIntegerField(default=2)
    code_max_length = models.PositiveSmallIntegerField(default=255)
    assignment_order = models.CharField(
        max_length=10, choices=AssignmentOrder.choices, default=AssignmentOrder.SEQUENTIAL
    )
    # When to warn (vouchers.md 7.3); empty is off.
    warn_used_percent = models.PositiveSmallIntegerField(null=True, blank=True, default=80)
    warn_remaining = models.PositiveIntegerField(null=True, blank=True)
    warn_days_left = models.PositiveSmallIntegerField(null=True, blank=True, default=7)
    warn_days_to_expiry = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    warn_waiting = models.PositiveIntegerField(null=True, blank=True, default=1)
    warn_addresses = ArrayField(models.EmailField(max_length=254), default=list, blank=True)
    # Set when an archived list's codes no longer count as duplicates.
    codes_released_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner", "list_tag"],
                condition=~Q(status="archived"),
                name="vouchers_list_tag_in_use",
            ),
            models.UniqueConstraint(
                fields=["partner", "list_tag", "generation"], name="vouchers_list_generation"
            ),
            models.CheckConstraint(
                name="vouchers_list_lengths",
                condition=Q(
                    code_min_length__gte=1,
                    code_min_length__lte=F("code_max_length"),
                    code_max_length__lte=255,
                ),
            ),
            models.CheckConstraint(
                name="vouchers_list_redeem_rule",
                condition=Q(redeem_rule="same_as_list", redeem_until=None, redeem_days=None)
                | Q(redeem_rule="fixed_date", redeem_until__isnull=False, redeem_days=None)
                | Q(redeem_rule="days_after_issue", redeem_until=None, redeem_days__gte=1),
            ),
            models.CheckConstraint(
                name="vouchers_list_used_percent",
                condition=Q(warn_used_percent__isnull=True)
                | Q(warn_used_percent__gte=1, warn_used_percent__lte=100),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-updated_at", "-id"], name="vouchers_list_newest"),
            models.Index(
                fields=["expires_at"],
                name="vouchers_list_expiring",
                condition=Q(status__in=["active", "paused"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.status == ListStatus.ARCHIVED

    @property
    def has_expired(self) -> bool:
        return self.status == ListStatus.EXPIRED

    @property
    def state(self) -> ListStatus:
        """The status as a choice with its label and tone."""
        return ListStatus(self.status)


class ListCount(models.Model):
    """One slot of a list's counters; what the list holds is the sum over its slots.

    `uploaded` counts what was ever published and is not void; `issued` what was ever given out and
    not revoked; `reserved`, `redeemed`, `expired` and `void` count codes that are so now. A slot by
    itself may be negative: a code can be counted in one and taken out in another.
    """

    voucher_list = models.ForeignKey(VoucherList, on_delete=models.CASCADE, related_name="counts")
    slot = models.PositiveSmallIntegerField()
    uploaded = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    issued = models.BigIntegerField(default=0)
    redeemed = models.BigIntegerField(default=0)
    expired = models.BigIntegerField(default=0)
    void = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["voucher_list", "slot"], name="vouchers_count_slot"),
            models.CheckConstraint(name="vouchers_count_slots", condition=Q(slot__lt=SLOTS)),
        ]


class ListStatusChange(models.Model):
    """One line of a list's history: from, to, who, when."""

    voucher_list = models.ForeignKey(
        VoucherList, on_delete=models.CASCADE, related_name="status_changes"
    )
    transition = models.CharField(max_length=4)
    from_status = models.CharField(max_length=8, blank=True)
    to_status = models.CharField(max_length=8, choices=ListStatus.choices)
    actor_kind = models.CharField(max_length=5, choices=Actor.choices)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["voucher_list", "-at", "-id"], name="vouchers_change_newest")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="vouchers_list_change_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["actor_user"]),
                func="RAISE EXCEPTION 'The history of a list is never rewritten.';",
            ),
        ]
