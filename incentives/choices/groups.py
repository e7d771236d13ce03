"""Members of a group: their part in it and how far they are (incentives.md 3.6)."""

from __future__ import annotations

from django.db import models


class GroupRole(models.TextChoices):
    LEAD = "lead", "Lead"
    MEMBER = "member", "Member"


class GroupMemberStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    ACTIVE = "active", "Active"
    CLAIMED = "claimed", "Claimed"
    DECLINED = "declined", "Declined"
    REMOVED = "removed", "Removed"

    @property
    def tone(self) -> str:
        """The tone of the status's badge, as the interface's components know it."""
        return {"pending": "warning", "active": "info", "claimed": "success"}.get(
            self.value, "neutral"
        )

    @property
    def icon(self) -> str:
        return {
            "pending": "clock",
            "active": "user-check",
            "claimed": "gift",
            "declined": "x",
            "removed": "ban",
        }[self.value]

    @property
    def hint(self) -> str:
        return {
            "pending": "Invited, has not joined yet",
            "active": "Has a place in the group",
            "claimed": "Has claimed their own incentive",
            "declined": "Declined the invitation, or left the group",
            "removed": "No longer in the group",
        }[self.value]


# Who holds a place of the group.
SEATED = (GroupMemberStatus.ACTIVE, GroupMemberStatus.CLAIMED)
