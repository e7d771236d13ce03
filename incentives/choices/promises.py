"""What is promised, to whom, and how it reaches them (incentives.md 3.4)."""

from __future__ import annotations

from django.db import models


class EntityType(models.TextChoices):
    INDIVIDUAL = "individual", "Individual"
    COMPANY = "company", "Company"
    ORGANIZATION = "organization", "Organization"


class EntityStage(models.TextChoices):
    PROSPECT_CUSTOMER = "prospect_customer", "Prospect Customer"
    EXISTING_CUSTOMER = "existing_customer", "Existing Customer"
    PARTNER = "partner", "Partner"
    LEAD = "lead", "Lead"


class IncentiveType(models.TextChoices):
    CASHBACK = "cashback", "Cashback"
    DISCOUNT = "discount", "Discount"
    GIFT_CARD = "gift_card", "Gift Card"
    OTHER = "other", "Other"


class OfferType(models.TextChoices):
    SINGLE = "single", "Single"
    GROUP = "group", "Group"


class DeliveryMethod(models.TextChoices):
    EMAIL = "email", "Email"
    LINK = "link", "Shared Link"


class ValueUnit(models.TextChoices):
    CURRENCY = "currency", "Amount of money"
    PERCENT = "percent", "Percentage"
    NONE = "none", "No number (description only)"


class TermsKind(models.TextChoices):
    WISH = "wish", "Wish"
    OFFER = "offer", "Offer"
    COUNTER = "counter", "Counter-offer"
    PARTIAL_GRANT = "partial_grant", "Partial grant"
