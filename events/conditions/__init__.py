"""The conditions that can be asked of an event: pure, one module for each kind (decision D8)."""

from events.conditions.amount import AmountCondition
from events.conditions.base import NO_NAMES, Condition, Names, Reason, Verdict, either
from events.conditions.classification import ClassificationCondition
from events.conditions.location import LocationCondition
from events.conditions.product import MOST_SKUS, ProductCondition, too_many_skus
from events.conditions.segment import SegmentCondition
from events.conditions.sets import EVERYTHING, ConditionSet
from events.conditions.time import TimeCondition, TimeRow

__all__ = [
    "EVERYTHING",
    "MOST_SKUS",
    "NO_NAMES",
    "AmountCondition",
    "ClassificationCondition",
    "Condition",
    "ConditionSet",
    "LocationCondition",
    "Names",
    "ProductCondition",
    "Reason",
    "SegmentCondition",
    "TimeCondition",
    "TimeRow",
    "Verdict",
    "either",
    "too_many_skus",
]
