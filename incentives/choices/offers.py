"""The seventeen statuses of an offer, and the face of each (incentives.md 4.1).

Meanings and "set by" are the words of the product's own manual; colours, icons and the side that
moves next are ours.
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
