"""Closed vocabularies of incentive offers, and the face of each of the seventeen statuses.

Meanings and "set by" are the words of the product's own manual; colours, icons and the side that
moves next are ours (incentives.md 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Side(models.TextChoices):
    PROVIDER = "provider", "Provider"
    RECIPIENT = "recipient", "Recipient"
    SYSTEM = "system", "System"


class OfferStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    OFFERED = "offered", "Offered"
    NEEDS_INFO = "needs_info", "Needs Info"
    INFO_PROVIDED = "info_provided", "Info Provided"
    COUNTER = "counter", "Counter"
    APPROVED = "approved", "Approved"
    PARTIAL_GRANTED = "partial_granted", "Partial Granted"
    APPROVED_CONFIRMED = "approved_confirmed", "Approved Confirmed"
    PRE_CLAIMED = "pre_claimed", "Pre Claimed"
    CLAIMED = "claimed", "Claimed"
    REQUIRES_REVISION = "requires_revision", "Requires Revision"
    COMPLETED = "completed", "Completed"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"
    NO_RESPONSE = "no_response", "No Response"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"

    @property
    def tone(self) -> str:
        """The tone of the status's badge, as the interface's components know it."""
        return TONES[FACES[self].colour]

    @property
    def icon(self) -> str:
        return FACES[self].icon

    @property
    def hint(self) -> str:
        return FACES[self].meaning


CLOSED = frozenset(
    {
        OfferStatus.REJECTED,
        OfferStatus.CANCELLED,
        OfferStatus.EXPIRED,
        OfferStatus.NO_RESPONSE,
        OfferStatus.ACKNOWLEDGED,
    }
)
REOFFERABLE = frozenset({OfferStatus.EXPIRED, OfferStatus.NO_RESPONSE})
FINAL = CLOSED - REOFFERABLE
OPEN = frozenset(OfferStatus) - CLOSED - {OfferStatus.DRAFT}
# Distributions exist from here on, and the confirmed terms are frozen.
CONFIRMED = frozenset(
    {
        OfferStatus.APPROVED_CONFIRMED,
        OfferStatus.CLAIMED,
        OfferStatus.COMPLETED,
        OfferStatus.ACKNOWLEDGED,
    }
)

# A group takes members from the first offer until its distributions are created.
JOINABLE = frozenset(
    {
        OfferStatus.OFFERED,
        OfferStatus.NEEDS_INFO,
        OfferStatus.INFO_PROVIDED,
        OfferStatus.COUNTER,
        OfferStatus.APPROVED,
        OfferStatus.PRE_CLAIMED,
        OfferStatus.PARTIAL_GRANTED,
        OfferStatus.REQUIRES_REVISION,
    }
)


@dataclass(frozen=True, slots=True)
class StatusFace:
    """How a status is shown: what it means, who sets it, its colour, its icon, who moves next.

    `waits_for` is a side, "" for nobody, or "other" for the side that did not set the status.
    """

    meaning: str
    set_by: str
    colour: str
    icon: str
    waits_for: str


FACES: dict[OfferStatus, StatusFace] = {
    OfferStatus.DRAFT: StatusFace(
        "Offer is being prepared", "Provider", "grey", "pencil", "provider"
    ),
    OfferStatus.OFFERED: StatusFace(
        "Offer has been sent to recipient", "Provider", "blue", "send", "recipient"
    ),
    OfferStatus.NEEDS_INFO: StatusFace(
        "Additional information is needed", "Provider/Recipient", "amber", "help", "other"
    ),
    OfferStatus.INFO_PROVIDED: StatusFace(
        "Recipient has provided requested info", "Recipient", "cyan", "info-circle", "provider"
    ),
    OfferStatus.COUNTER: StatusFace(
        "Recipient proposes different terms", "Recipient", "purple", "arrows-exchange", "provider"
    ),
    OfferStatus.APPROVED: StatusFace(
        "Recipient agrees to accept", "Recipient", "teal", "thumb-up", "provider"
    ),
    OfferStatus.PARTIAL_GRANTED: StatusFace(
        "Partial amount confirmed", "Provider", "amber", "percentage", "recipient"
    ),
    OfferStatus.APPROVED_CONFIRMED: StatusFace(
        "Fully approved and confirmed", "Provider", "green", "circle-check", "provider"
    ),
    OfferStatus.PRE_CLAIMED: StatusFace(
        "Recipient claimed, awaiting confirmation", "Recipient", "teal", "hand-stop", "provider"
    ),
    OfferStatus.CLAIMED: StatusFace(
        "Incentive successfully claimed", "Recipient", "green", "gift", "provider"
    ),
    OfferStatus.REQUIRES_REVISION: StatusFace(
        "Offer needs revision", "Provider/Recipient", "amber", "edit", "other"
    ),
    OfferStatus.COMPLETED: StatusFace(
        "Process fully finished", "Provider", "dark-green", "checklist", "recipient"
    ),
    OfferStatus.REJECTED: StatusFace("Offer was rejected", "Recipient", "red", "x", ""),
    OfferStatus.CANCELLED: StatusFace("Offer was cancelled", "Provider", "grey", "ban", ""),
    OfferStatus.EXPIRED: StatusFace("Offer token has expired", "System", "grey", "clock", ""),
    OfferStatus.NO_RESPONSE: StatusFace("No response received", "System", "grey", "clock-off", ""),
    OfferStatus.ACKNOWLEDGED: StatusFace("Offer acknowledged", "Provider", "gold", "award", ""),
}


# The six tones of the interface; the icon and the word tell statuses of one tone apart.
TONES = {
    "grey": "neutral",
    "blue": "info",
    "cyan": "info",
    "purple": "progress",
    "teal": "progress",
    "amber": "warning",
    "green": "success",
    "dark-green": "success",
    "gold": "success",
    "red": "danger",
}


def waits_for(status: str, set_by: str) -> str:
    """Return the side that moves next: "provider", "recipient" or "" for nobody."""
    side = FACES[OfferStatus(status)].waits_for
    if side != "other":
        return side
    return Side.RECIPIENT.value if set_by == Side.PROVIDER else Side.PROVIDER.value


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


class WidgetTheme(models.TextChoices):
    AUTO = "auto", "Automatic: follows the visitor"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class WidgetSize(models.TextChoices):
    COMPACT = "compact", "Compact, 320 × 140"
    CARD = "card", "Card, 400 × 240"
    FULL = "full", "Full width"


class WidgetLanguage(models.TextChoices):
    """The languages of a widget's own words, each in its own name."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    GREEK = "el", "Ελληνικά"
    SPANISH = "es", "Español"
    FRENCH = "fr", "Français"
    ITALIAN = "it", "Italiano"
