"""Programs, offers, terms, conversations, groups, distributions, acknowledgements."""

from incentives.models.acknowledgements import Acknowledgement
from incentives.models.distributions import Distribution, DistributionChange
from incentives.models.groups import GroupMember
from incentives.models.links import ClaimIntent
from incentives.models.messages import Message, MessageAttachment
from incentives.models.offers import Offer, OfferStatusChange, OfferTerms
from incentives.models.programs import Program

__all__ = [
    "Acknowledgement",
    "ClaimIntent",
    "Distribution",
    "DistributionChange",
    "GroupMember",
    "Message",
    "MessageAttachment",
    "Offer",
    "OfferStatusChange",
    "OfferTerms",
    "Program",
]
