"""Alerts: something about a list needs somebody, and until when nobody wants to hear of it.

An alert is raised when a value crosses its threshold and ends by itself when the value goes back
across. While it lasts, its `key` is unique: fifty issues that cross the line at once raise one alert.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from vouchers.choices import AlertKind, AlertState
from vouchers.models.lists import VoucherList


class Alert(Timestamped):
    """One crossing of one threshold, or one thing that happened."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=AlertKind.choices)
    # Empty for what is no list's: a webhook endpoint that was switched off.
    voucher_list = models.ForeignKey(
        VoucherList, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts"
    )
    # What it is about, kind and threshold: "list:12:used_share:80", "upload:7".
    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    # An opaque reference to what happened, for the link on the page.
    reference = models.CharField(max_length=64, blank=True)
    threshold = models.PositiveIntegerField(null=True, blank=True)
    # As it was when the line was crossed.
    value = models.IntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.OPEN)
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    snoozed_until = models.DateTimeField(null=True, blank=True)
    # When somebody was last mailed about it.
    reminded_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business", "key"],
                condition=Q(resolved_at__isnull=True),
                name="vouchers_alert_raised_once",
            ),
            models.CheckConstraint(
                name="vouchers_alert_resolved",
                condition=Q(state="resolved", resolved_at__isnull=False)
                | ~Q(state="resolved") & Q(resolved_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-raised_at", "-id"], name="vouchers_alert_newest"),
            models.Index(
                fields=["voucher_list"],
                name="vouchers_alert_lasting",
                condition=Q(resolved_at__isnull=True),
            ),
            models.Index(
                fields=["reminded_at"], name="vouchers_alert_nagging", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.face.label}: {self.subject}"

    @property
    def face(self) -> AlertKind:
        """The kind as a choice with its label."""
        return AlertKind(self.kind)

    @property
    def stands(self) -> AlertState:
        """The state as a choice with its label and tone."""
        return AlertState(self.state)


@pghistory.track(exclude=["version"])
class VoucherSettings(Timestamped):
    """What a business's new lists begin with, and who hears of alerts of all its lists."""

    business = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="voucher_settings"
    )
    warn_used_percent = models.PositiveSmallIntegerField(null=True, blank=True, default=80)
    warn_remaining = models.PositiveIntegerField(null=True, blank=True)
    warn_days_left = models.PositiveSmallIntegerField(null=True, blank=True, default=7)
    warn_days_to_expiry = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    warn_waiting = models.PositiveIntegerField(null=True, blank=True, default=1)
    warn_addresses = ArrayField(models.EmailField(max_length=254), default=list, blank=True)
    # Whether ann+shop@example.com is the same recipient as ann@example.com.
    ignores_plus_tags = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="vouchers_settings_used_percent",
                condition=Q(warn_used_percent__isnull=True)
                | Q(warn_used_percent__gte=1, warn_used_percent__lte=100),
            ),
        ]
