"""How far the words of a recipient are, and what asks for them (incentives.md 3.11)."""

from __future__ import annotations

from django.db import models


class AcknowledgementState(models.TextChoices):
    INVITED = "invited", "Invited"
    SUBMITTED = "submitted", "Submitted"
    PUBLISHED = "published", "Published"
    HIDDEN = "hidden", "Hidden"

    @property
    def tone(self) -> str:
        """The tone of the state's badge, as the interface's components know it."""
        return {
            "invited": "info",
            "submitted": "warning",
            "published": "success",
            "hidden": "neutral",
        }[self.value]

    @property
    def icon(self) -> str:
        return {
            "invited": "send",
            "submitted": "message-circle",
            "published": "award",
            "hidden": "eye-off",
        }[self.value]

    @property
    def hint(self) -> str:
        return {
            "invited": "Asked to confirm receipt, no answer yet",
            "submitted": "The recipient's words wait for your review",
            "published": "Shown on widgets and on the program's public page",
            "hidden": "Published once, shown nowhere now",
        }[self.value]


class AcknowledgementRequestStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    ANSWERED = "answered", "Answered"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def tone(self) -> str:
        return {"waiting": "info", "answered": "success", "cancelled": "neutral"}[self.value]

    @property
    def icon(self) -> str:
        return {"waiting": "clock", "answered": "circle-check", "cancelled": "ban"}[self.value]

    @property
    def hint(self) -> str:
        return {
            "waiting": "Nobody has answered yet",
            "answered": "The words are on the list of acknowledgements",
            "cancelled": "Withdrawn; its link opens nothing",
        }[self.value]
