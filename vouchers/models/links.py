"""What was mailed about a voucher, and the links by which recipients come to theirs.

The secret of a link is never stored: a row names who and what it opens, a link token carries the
secret, and its subject is the row's reference.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Mail, Timestamped
from directory.models import Contact, Organisation
from vouchers.models.campaigns import Campaign
from vouchers.models.issuances import Issuance


class Sending(models.Model):
    """One mail that brought a voucher, or was to bring it: to which address, and on whose word."""

    issuance = models.ForeignKey(Issuance, on_delete=models.CASCADE, related_name="sendings")
    mail = models.OneToOneField(Mail, null=True, on_delete=models.SET_NULL, related_name="+")
    address = models.EmailField(max_length=254)
    # Sent once more by staff; the first mail has nobody's name on it.
    is_resend = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_by_name = models.CharField(max_length=254, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["issuance", "-at", "-id"], name="vouchers_sending_newest")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["issuance"],
                condition=Q(is_resend=False),
                name="vouchers_sent_first_once",
            ),
        ]


class ClaimLink(Timestamped):
    """A campaign invites one recipient to claim a code on a page; opening the page takes none."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="claim_links")
    recipient_key = models.CharField(max_length=260)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["campaign", "recipient_key"], name="vouchers_invited_once"
            ),
        ]


class MailRefusal(models.Model):
    """An address that wants no more mails about vouchers of the business."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # Trimmed and in lower case.
    address = models.EmailField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business", "address"], name="vouchers_mail_refused_once"
            ),
        ]


class Tray(Timestamped):
    """All vouchers that one recipient has of a business, opened by a mailed link."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    recipient_key = models.CharField(max_length=260)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business", "recipient_key"], name="vouchers_tray_once"
            ),
        ]
