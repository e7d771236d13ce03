"""Who says something in a conversation, and what became of a distribution (incentives.md 3.7, 6.2)."""

from __future__ import annotations

from django.db import models


class SenderKind(models.TextChoices):
    """Codes of a message's sender, named as the message pages name the sides."""

    VENDOR = "vendor", "Provider"
    REFERENT = "referent", "Recipient"
    SYSTEM = "system", "System"
    # Only in the chat of a group request, which the provider does not see.
    MEMBER = "member", "Group member"


class DistributionStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    SUCCESS = "success", "Success"
    FAILED = "failed", "Failed"

    @property
    def tone(self) -> str:
        """The tone of the status's badge, as the interface's components know it."""
        return {"pending": "progress", "success": "success", "failed": "danger"}[self.value]

    @property
    def hint(self) -> str:
        return {
            "pending": "Not yet processed",
            "success": "Successfully delivered",
            "failed": "Delivery failed",
        }[self.value]
