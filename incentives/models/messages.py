"""The conversation between provider and recipient (incentives.md 2.6, 3.7)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from directory.models import Organisation
from incentives.choices import SenderKind
from incentives.models.groups import GroupMember
from incentives.models.offers import Offer
from incentives.models.requests import IncentiveRequest
from incentives.models.subjects import AboutOne, about_one


class Message(AboutOne, models.Model):
    """What one side wrote, with the status that the offer or request had once it was sent.

    Messages of the kind `member` are the chat of a group request's members among themselves.
    """

    # The thread's business once more: the dashboard counts messages without visiting the threads.
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="incentive_messages"
    )
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    request = models.ForeignKey(
        IncentiveRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    sender_kind = models.CharField(max_length=8, choices=SenderKind.choices)
    sender_name = models.CharField(max_length=160)
    sender_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    sender_member = models.ForeignKey(
        GroupMember, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    body = models.CharField(max_length=1024)
    # A status of the subject: an offer's or a request's.
    status_at_send = models.CharField(max_length=20)
    changed_status = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            about_one("incentives_message_about_one"),
            models.CheckConstraint(
                name="incentives_message_of_member",
                condition=Q(sender_kind="member", sender_member__isnull=False)
                | (~Q(sender_kind="member") & Q(sender_member__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["request", "-created_at", "-id"], name="incentives_message_of_request"
            ),
            models.Index(
                fields=["request", "sender_kind"],
                name="incentives_message_r_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(fields=["offer", "-created_at", "-id"], name="incentives_message_newest"),
            models.Index(
                fields=["offer", "sender_kind"],
                name="incentives_message_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(
                fields=["business", "-created_at", "-id"],
                name="incentives_message_said",
                condition=~Q(sender_kind__in=["system", "member"]),
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
