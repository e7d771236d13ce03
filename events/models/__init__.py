"""What happened, and the rows of the conditions that can be asked of it."""

from events.models.events import (
    Achievement,
    BusinessEvent,
    Classification,
    ContactChange,
    Purchase,
    PurchaseLine,
    Referral,
    SubscriptionReport,
)
from events.models.returns import GoodsReturn, ReturnedLine
from events.models.rules import (
    AmountCondition,
    ClassificationCondition,
    ConditionSet,
    LocationCondition,
    ProductCondition,
    SegmentCondition,
    TimeCondition,
)

__all__ = [
    "Achievement",
    "AmountCondition",
    "BusinessEvent",
    "Classification",
    "ClassificationCondition",
    "ConditionSet",
    "ContactChange",
    "GoodsReturn",
    "LocationCondition",
    "ProductCondition",
    "Purchase",
    "PurchaseLine",
    "Referral",
    "ReturnedLine",
    "SegmentCondition",
    "SubscriptionReport",
    "TimeCondition",
]
