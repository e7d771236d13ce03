"""Closed vocabularies of incentive requests, and the face of each of the twelve statuses.

A request runs the other way round: a recipient asks, the provider answers (incentives.md 8). The
sides keep their names, so that conversation, distributions and mails are those of offers.
"""

from __future__ import annotations

from django.db import models

from incentives.choices import TONES, Side, StatusFace


class RequestStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    REQUESTED = "requested", "Requested"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    UNDER_REVIEW = "under_review", "Under Review"
    NEEDS_INFO = "needs_info", "Needs Info"
    INFO_PROVIDED = "info_provided", "Info Provided"
    NEGOTIATING = "negotiating", "Negotiating"
    APPROVED = "approved", "Approved"
    APPROVED_CONFIRMED = "approved_confirmed", "Approved Confirmed"
    COMPLETED = "completed", "Completed"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def tone(self) -> str:
        """The tone of the status's badge, as the interface's components know it."""
        return TONES[REQUEST_FACES[self].colour]

    @property
    def icon(self) -> str:
        return REQUEST_FACES[self].icon

    @property
    def hint(self) -> str:
        return REQUEST_FACES[self].meaning


REQUEST_FACES: dict[RequestStatus, StatusFace] = {
    RequestStatus.DRAFT: StatusFace(
        "Request is being prepared", "Recipient", "grey", "pencil", "recipient"
    ),
    RequestStatus.REQUESTED: StatusFace(
        "Request has been sent to the provider", "Recipient", "blue", "send", "provider"
    ),
    RequestStatus.ACKNOWLEDGED: StatusFace(
        "The provider has received it", "Provider", "cyan", "mail-opened", "provider"
    ),
    RequestStatus.UNDER_REVIEW: StatusFace(
        "The provider is looking at it", "Provider", "purple", "eye", "provider"
    ),
    RequestStatus.NEEDS_INFO: StatusFace(
        "Additional information is needed", "Provider", "amber", "help", "recipient"
    ),
    RequestStatus.INFO_PROVIDED: StatusFace(
        "Recipient has provided requested info", "Recipient", "cyan", "info-circle", "provider"
    ),
    RequestStatus.NEGOTIATING: StatusFace(
        "Other terms are being discussed",
        "Provider/Recipient",
        "purple",
        "arrows-exchange",
        "other",
    ),
    RequestStatus.APPROVED: StatusFace(
        "Both sides agree on the terms", "Provider/Recipient", "teal", "thumb-up", "provider"
    ),
    RequestStatus.APPROVED_CONFIRMED: StatusFace(
        "Fully approved and confirmed", "Provider", "green", "circle-check", "provider"
    ),
    RequestStatus.COMPLETED: StatusFace(
        "Process fully finished", "Provider", "dark-green", "checklist", ""
    ),
    RequestStatus.DECLINED: StatusFace("Request was declined", "Provider", "red", "x", ""),
    RequestStatus.CANCELLED: StatusFace(
        "Recipient withdrew the request", "Recipient", "grey", "ban", ""
    ),
}
REQUEST_CLOSED = frozenset(
    {RequestStatus.COMPLETED, RequestStatus.DECLINED, RequestStatus.CANCELLED}
)
# Distributions exist from here on, and the confirmed terms are frozen.
REQUEST_CONFIRMED = frozenset({RequestStatus.APPROVED_CONFIRMED, RequestStatus.COMPLETED})
# A group takes members from its submission until the provider has confirmed.
REQUEST_JOINABLE = (
    frozenset(RequestStatus) - REQUEST_CLOSED - REQUEST_CONFIRMED - {RequestStatus.DRAFT}
)


def waits_for(status: str, set_by: str) -> str:
    """Return the side that moves next: "provider", "recipient" or "" for nobody."""
    side = REQUEST_FACES[RequestStatus(status)].waits_for
    if side != "other":
        return side
    return Side.RECIPIENT.value if set_by == Side.PROVIDER else Side.PROVIDER.value
