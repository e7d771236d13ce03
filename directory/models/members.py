"""People who sign in, and the organisations they act for."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import PreferencesModel, Timestamped
from directory.choices import MemberStatus, Role
from directory.models.organisations import Organisation


class User(AbstractUser, PreferencesModel):
    """A login. One account may act as provider and open recipients' links; never by accident."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="directory_user_email", condition=~Q(email="")
            ),
            models.UniqueConstraint(Lower("username"), name="directory_user_username"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The full name, or the username while none is given."""
        return self.get_full_name() or self.username


class Membership(Timestamped):
    """A user's role in a business."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    status = models.CharField(
        max_length=10, choices=MemberStatus.choices, default=MemberStatus.ACTIVE
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], name="directory_membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organisation_id} as {self.role}"


class Invitation(Timestamped):
    """An address asked to join a business; the e-mailed token carries the rest."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                name="directory_invitation_open_once",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
            ),
        ]
