"""Reading the incentive side; every function is scoped by business or by one offer."""

from incentives.models import Offer
from incentives.selectors.conversation import (
    attachment_of,
    message_count,
    message_of,
    thread,
    unread,
    unread_count,
)
from incentives.selectors.distributions import changes_of, distributions_of, outcome_counts
from incentives.selectors.offers import (
    StatusChoice,
    active_programs_of,
    available_statuses,
    detail_actions,
    history_of,
    members_of,
    offer_by_pk,
    offer_by_slug,
    offer_of,
    offers_of,
    open_twin,
    programs_of,
    row_actions,
    situation_of,
    values_of,
)
from incentives.words import next_step as _next_step
from incentives.words import plain_words as _plain_words

__all__ = [
    "StatusChoice",
    "active_programs_of",
    "attachment_of",
    "available_statuses",
    "changes_of",
    "detail_actions",
    "distributions_of",
    "history_of",
    "members_of",
    "message_count",
    "message_of",
    "next_step",
    "offer_by_pk",
    "offer_by_slug",
    "offer_of",
    "offers_of",
    "open_twin",
    "outcome_counts",
    "plain_words",
    "programs_of",
    "row_actions",
    "situation_of",
    "thread",
    "unread",
    "unread_count",
    "values_of",
]


def plain_words(offer: Offer) -> list[str]:
    """Say the stored offer in sentences, in its business's time zone."""
    return _plain_words(
        values_of(offer), provider=offer.business.name, zone=offer.business.time_zone
    )


def next_step(offer: Offer, side: str) -> str:
    """Say what happens next with the offer, to the provider or to the recipient."""
    return _next_step(status=offer.status, set_by=offer.status_set_by, side=side)
