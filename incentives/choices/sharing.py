"""Whether a program may be chosen and whether a link template is open (incentives.md 3.3, 7.1)."""

from __future__ import annotations

from django.db import models


class ProgramStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"


class TemplateStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"

    @property
    def tone(self) -> str:
        return {"active": "success", "inactive": "neutral"}[self.value]

    @property
    def icon(self) -> str:
        return {"active": "circle-check", "inactive": "player-pause"}[self.value]

    @property
    def hint(self) -> str:
        return {
            "active": "Whoever has the link can claim an offer of their own",
            "inactive": "The link pauses: visitors read that it is not active",
        }[self.value]
