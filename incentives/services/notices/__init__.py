"""The e-mails of offers, one for each event and address (incentives.md 5.6).

Each function queues rows of the mail table in the running transaction; they leave once it commits.
"""

from incentives.services.notices.acknowledgements import (
    INTENT_NOUN,
    acknowledged,
    acknowledgement_address,
    acknowledgement_invited,
)
from incentives.services.notices.base import (
    access_token,
    claim_token,
    event_of,
    extend_links,
    reference_of,
    reference_of_member,
)
from incentives.services.notices.groups import group_full, invited, joined, leads, removed
from incentives.services.notices.providers import (
    expired,
    new_link_wanted,
    provider_addresses,
    recipient_acted,
    silent,
)
from incentives.services.notices.recipients import (
    cancelled,
    claimed_by_link,
    confirmed,
    delivered,
    offered,
    provider_acted,
    reminder,
    verify,
)
from incentives.services.notices.templates import template_used_up

__all__ = [
    "INTENT_NOUN",
    "access_token",
    "acknowledged",
    "acknowledgement_address",
    "acknowledgement_invited",
    "cancelled",
    "claim_token",
    "claimed_by_link",
    "confirmed",
    "delivered",
    "event_of",
    "expired",
    "extend_links",
    "group_full",
    "invited",
    "joined",
    "leads",
    "new_link_wanted",
    "offered",
    "provider_acted",
    "provider_addresses",
    "recipient_acted",
    "reference_of",
    "reference_of_member",
    "reminder",
    "removed",
    "silent",
    "template_used_up",
    "verify",
]
