"""Outgoing webhooks by the convention of Standard Webhooks (vouchers.md 6.4).

A message is one happening for one endpoint; it carries no code, which is read and put in when it is
sent. The secret of an endpoint is derived from a random salt and the site's key, so that the tables
alone sign nothing. What was given up stays as a dead letter and can be sent again.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.models import Timestamped
from directory.models import Organisation
from vouchers.models.issuances import Issuance
from vouchers.models.partners import Partner
from vouchers.outside_choices import EndpointState, MessageState


@pghistory.track(
    exclude=[
        "salt",
        "previous_salt",
        "digest",
        "previous_digest",
        "version",
        "given_up_in_a_row",
        "slowed_until",
        "busy_until",
        "last_success_at",
    ]
)
class WebhookEndpoint(Timestamped):
    """An address of the business, or of one partner, that wants to hear of happenings."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="voucher_webhooks"
    )
    # A partner's endpoint hears of its own lists only.
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="webhooks"
    )
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    event_types = ArrayField(models.CharField(max_length=40), default=list)
    # Whether `voucherCode` is told whole.
    shows_code = models.BooleanField(default=True)
    state = models.CharField(
        max_length=8, choices=EndpointState.choices, default=EndpointState.ACTIVE
    )
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    salt = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    # The secret before the last rotation signs too until then.
    previous_salt = models.BinaryField(max_length=32, null=True)
    previous_digest = models.BinaryField(max_length=32, null=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    # Messages given up since the last success; three switch the endpoint off.
    given_up_in_a_row = models.PositiveSmallIntegerField(default=0)
    # The receiver asked for less or did not answer: nothing is sent before.
    slowed_until = models.DateTimeField(null=True, blank=True)
    # Until then a worker has it; afterwards, when it was called last.
    busy_until = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "url"], name="vouchers_endpoint_once"),
            models.CheckConstraint(
                name="vouchers_endpoint_disabled",
                condition=Q(state="active", disabled_at=None)
                | Q(state="disabled", disabled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        """Where it leads, short enough for a heading: the host without the path."""
        return urlsplit(self.url).hostname or self.url

    @property
    def is_on(self) -> bool:
        """Whether anything is made and sent for it."""
        return self.state == EndpointState.ACTIVE

    @property
    def stands(self) -> EndpointState:
        """The state as a choice with its label and tone."""
        return EndpointState(self.state)


class WebhookMessage(Timestamped):
    """One happening on its way to one endpoint; its `public_id` is the `webhook-id` of every try."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    event_type = models.CharField(max_length=40)
    event_id = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    # The properties without the code.
    data = models.JSONField(default=dict)
    # Whose code is put in when it is sent.
    issuance = models.ForeignKey(Issuance, null=True, on_delete=models.SET_NULL, related_name="+")
    is_test = models.BooleanField(default=False)
    state = models.CharField(
        max_length=9, choices=MessageState.choices, default=MessageState.PENDING
    )
    # Tries of this round; sending again begins a new round with the same id.
    tries = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["endpoint", "event_type", "event_id"], name="vouchers_message_once"
            ),
        ]
        indexes = [
            # Whether an endpoint has something due, and what it is called for first.
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                name="vouchers_message_due",
                condition=Q(state="pending"),
            ),
            models.Index(
                fields=["endpoint", "id"],
                name="vouchers_message_first",
                condition=Q(state="pending"),
            ),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="vouchers_message_newest"),
        ]

    def __str__(self) -> str:
        return f"msg_{self.public_id.hex}"

    @property
    def is_pending(self) -> bool:
        """Whether a try is still to come."""
        return self.state == MessageState.PENDING

    @property
    def is_given_up(self) -> bool:
        """Whether it is a dead letter, which can be sent again."""
        return self.state == MessageState.FAILED

    @property
    def stands(self) -> MessageState:
        """The state as a choice with its label and tone."""
        return MessageState(self.state)


class WebhookAttempt(models.Model):
    """One try to deliver a message and what was answered."""

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    # Empty where no answer came.
    status = models.PositiveSmallIntegerField(null=True)
    # The first 2 kB, with the code masked.
    answer = models.TextField(max_length=2_100, blank=True)
    error = models.CharField(max_length=300, blank=True)
    took_ms = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["message", "-at", "-id"], name="vouchers_tries_newest")]

    @property
    def is_success(self) -> bool:
        """Whether the receiver answered with any 2xx."""
        return self.status is not None and 200 <= self.status < 300
