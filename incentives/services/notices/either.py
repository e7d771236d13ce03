"""The notices that conversations and distributions send, whichever of the two they are about."""

from __future__ import annotations

from datetime import datetime

from incentives.models import Distribution, Offer, Subject
from incentives.services.notices import providers, recipients, requests


def provider_acted(subject: Subject, *, event: str, text: str, at: datetime) -> None:
    """Tell the recipient what the provider wrote or did."""
    if isinstance(subject, Offer):
        recipients.provider_acted(subject, event=event, text=text, at=at)
    else:
        requests.provider_acted(subject, event=event, text=text, at=at)


def recipient_acted(
    subject: Subject, *, event: str, old_status: str, text: str, at: datetime
) -> None:
    """Tell the provider what the recipient wrote or did."""
    if isinstance(subject, Offer):
        providers.recipient_acted(subject, event=event, old_status=old_status, text=text, at=at)
    else:
        requests.recipient_acted(subject, event=event, old_status=old_status, text=text, at=at)


def delivered(distribution: Distribution, *, at: datetime) -> None:
    """E07: tell a recipient what was delivered, once for each success."""
    if isinstance(distribution.subject, Offer):
        recipients.delivered(distribution, at=at)
    else:
        requests.delivered(distribution, at=at)
