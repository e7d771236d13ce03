"""Members of a group offer (incentives.md 3.6)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from directory.models import Contact
from incentives.choices import GroupMemberStatus, GroupRole
from incentives.models.offers import Offer
from incentives.models.requests import IncentiveRequest
from incentives.models.subjects import AboutOne, about_one


class GroupMember(AboutOne, models.Model):
    """A person in a group offer or group request; exactly one is lead once anyone is Active."""

    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.CASCADE, related_name="members"
    )
    request = models.ForeignKey(
        IncentiveRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="members"
    )
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=6, choices=GroupRole.choices, default=GroupRole.MEMBER)
    status = models.CharField(
        max_length=8, choices=GroupMemberStatus.choices, default=GroupMemberStatus.PENDING
    )
    invited_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            about_one("incentives_member_about_one"),
            models.UniqueConstraint(
                "request", Lower("email"), name="incentives_request_member_once"
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(role="lead", status__in=["active", "claimed"]),
                name="incentives_request_member_one_lead",
            ),
            models.UniqueConstraint("offer", Lower("email"), name="incentives_member_once"),
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(role="lead", status__in=["active", "claimed"]),
                name="incentives_member_one_lead",
            ),
        ]

    @property
    def is_invited(self) -> bool:
        """Whether the person was asked and has not answered yet."""
        return self.status == GroupMemberStatus.PENDING
