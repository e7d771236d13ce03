"""Tables of the mechanisms: mail, link tokens, keys and their answers, outbox, rate counters."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q


class Timestamped(models.Model):
    """A row that knows when it was made and last written; services set both from `at`."""

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True


class PreferencesModel(models.Model):
    """What one user chose for themselves: theme, rows per page, tours seen, saved views."""

    preferences = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class LinkToken(models.Model):
    """A secret in an e-mailed link: one purpose, one subject, an end, revocable.

    Only a SHA-256 digest and a salt are stored. The secret itself is an HMAC of the salt under the
    site's key, so that a queued mail can be rendered when it is sent without keeping the secret.
    """

    purpose = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    address = models.EmailField(max_length=254, blank=True)
    digest = models.BinaryField(max_length=32, unique=True)
    salt = models.BinaryField(max_length=32)
    single_use = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose"], name="core_token_subject")]


class Mail(models.Model):
    """One message to one address, from the wish to send it to its arrival or failure."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    to = models.EmailField(max_length=254)
    reply_to = models.EmailField(max_length=254, blank=True)
    from_name = models.CharField(max_length=120, blank=True)
    template = models.CharField(max_length=100)
    context = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    token = models.ForeignKey(LinkToken, null=True, blank=True, on_delete=models.SET_NULL)
    reference = models.CharField(max_length=64, blank=True)
    owner_id = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    # The receiving server refused the address for good.
    is_bounced = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="core_mail_due",
                condition=Q(status__in=["queued", "sending"]),
            ),
            models.Index(fields=["reference"], name="core_mail_reference"),
            models.Index(fields=["owner_id", "-created_at"], name="core_mail_owner"),
        ]


class IdempotencyKey(models.Model):
    """One key, one effect, one answer."""

    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    result = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["scope", "key"], name="core_idempotency_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="core_idempotency_age")]


class ApiAnswer(models.Model):
    """What the API answered to a call that writes; kept as long as what the call has done.

    Inserted with status 0 in the transaction of the effect, which fills in the answer.
    """

    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["scope", "key"], name="core_answer_once")
        ]


class OutboxEvent(models.Model):
    """Something that happened, kept until every subscriber was told."""

    topic = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["topic", "key"], name="core_outbox_once")
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="core_outbox_due",
                condition=Q(dispatched_at__isnull=True),
            )
        ]


class RateCounter(models.Model):
    """How often something was done in one window of time; shared by all processes."""

    bucket = models.CharField(max_length=160)
    window_start = models.DateTimeField()
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["bucket", "window_start"], name="core_rate_once")
        ]
        indexes = [models.Index(fields=["window_start"], name="core_rate_age")]
