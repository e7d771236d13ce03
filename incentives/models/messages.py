"""The conversation between provider and recipient (incentives.md 2.6, 3.7)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from incentives.choices import OfferStatus, SenderKind
from incentives.models.offers import Offer


class Message(models.Model):
    """What one side wrote, with the status that the offer had once it was sent."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="messages")
    sender_kind = models.CharField(max_length=8, choices=SenderKind.choices)
    sender_name = models.CharField(max_length=160)
    sender_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = models.CharField(max_length=1024)
    status_at_send = models.CharField(max_length=20, choices=OfferStatus.choices)
    changed_status = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["offer", "-created_at", "-id"], name="incentives_message_newest"),
            models.Index(
                fields=["offer", "sender_kind"],
                name="incentives_message_unread",
                condition=Q(read_at__isnull=True),
            ),
        ]

    @property
    def is_from_system(self) -> bool:
        return self.sender_kind == SenderKind.SYSTEM


class MessageAttachment(models.Model):
    """A file sent with a message, stored under a random name, served only as a download."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=40, unique=True)
    file = models.FileField(upload_to="attachments/%Y/%m/")
    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
