"""Members of a group offer (incentives.md 3.6)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from directory.models import Contact
from incentives.choices import GroupMemberStatus, GroupRole
from incentives.models.offers import Offer


class GroupMember(models.Model):
    """A person in a group offer; exactly one is lead once anyone is Active."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="members")
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
            models.UniqueConstraint("offer", Lower("email"), name="incentives_member_once"),
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(role="lead", status__in=["active", "claimed"]),
                name="incentives_member_one_lead",
            ),
        ]
