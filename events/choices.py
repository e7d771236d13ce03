"""Closed vocabularies of events."""

from django.db import models


class EventType(models.TextChoices):
    PURCHASE = "purchase", "Purchase"
    REFERRAL = "referral", "Referral"
    ACHIEVEMENT = "achievement", "Achievement"
    CONTACT = "contact", "Contact event"
    SUBSCRIPTION = "subscription", "Subscription"


class EventStatus(models.TextChoices):
    POSTED = "posted", "Posted"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def tone(self) -> str:
        return "success" if self is EventStatus.POSTED else "neutral"


class EvaluationState(models.TextChoices):
    PENDING = "pending", "Pending"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"

    @property
    def tone(self) -> str:
        return {"pending": "info", "done": "success", "skipped": "neutral"}[self.value]


class ContactEventKind(models.TextChoices):
    SIGN_UP = "sign_up", "Signed up"
    PROFILE_UPDATED = "profile_updated", "Profile updated"


class ClassificationType(models.TextChoices):
    PURCHASE = "purchase", "Purchase"
    ACHIEVEMENT = "achievement", "Achievement"
