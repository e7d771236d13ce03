"""Programs, offers, terms, conversations, groups, distributions, acknowledgements."""

from incentives.models.acknowledgement_requests import (
    AcknowledgementIntent,
    AcknowledgementRequest,
    AcknowledgementTemplate,
)
from incentives.models.acknowledgements import Acknowledgement
from incentives.models.distributions import Distribution, DistributionChange
from incentives.models.groups import GroupMember
from incentives.models.link_templates import LinkTemplate
from incentives.models.links import ClaimIntent
from incentives.models.messages import Message, MessageAttachment
from incentives.models.offers import Offer, OfferStatusChange, OfferTerms
from incentives.models.programs import Program
from incentives.models.requests import IncentiveRequest, RequestStatusChange, RequestTerms
from incentives.models.subjects import Subject, about
from incentives.models.widgets import Widget

__all__ = [
    "Acknowledgement",
    "AcknowledgementIntent",
    "AcknowledgementRequest",
    "AcknowledgementTemplate",
    "ClaimIntent",
    "Distribution",
    "DistributionChange",
    "GroupMember",
    "IncentiveRequest",
    "LinkTemplate",
    "Message",
    "MessageAttachment",
    "Offer",
    "OfferStatusChange",
    "OfferTerms",
    "Program",
    "RequestStatusChange",
    "RequestTerms",
    "Subject",
    "Widget",
    "about",
]
