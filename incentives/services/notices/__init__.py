"""The e-mails of offers, one for each event and address (incentives.md 5.6).

Each function queues rows of the mail table in the running transaction; they leave once it commits.
"""

from incentives.services.notices.base import access_token, claim_token, event_of, reference_of
from incentives.services.notices.providers import (
    acknowledged,
    expired,
    group_full,
    new_link_wanted,
    provider_addresses,
    recipient_acted,
    silent,
)
from incentives.services.notices.recipients import (
    acknowledgement_invited,
    cancelled,
    claimed_by_link,
    confirmed,
    delivered,
    offered,
    provider_acted,
    reminder,
    verify,
)

__all__ = [
    "access_token",
    "acknowledged",
    "acknowledgement_invited",
    "cancelled",
    "claim_token",
    "claimed_by_link",
    "confirmed",
    "delivered",
    "event_of",
    "expired",
    "group_full",
    "new_link_wanted",
    "offered",
    "provider_acted",
    "provider_addresses",
    "recipient_acted",
    "reference_of",
    "reminder",
    "silent",
    "verify",
]
