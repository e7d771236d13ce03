"""Increase Visits / Happy Hour: a discount for coming at certain times or to certain places."""

from __future__ import annotations

from typing import ClassVar

from rewards.choices import AwardForm, ConditionKind, Goal
from rewards.offer_types.base import register
from rewards.offer_types.purchases import Discount

K = ConditionKind


@register
class HappyHour(Discount):
    """Weekdays 15:00–18:00: 14:59:59 no, 15:00:00 yes, 18:00:00 no (rewards.md 3.3)."""

    key: ClassVar = "HAPPYHOUR"
    label: ClassVar = "Happy Hour"
    goal: ClassVar = Goal.VISITS
    description: ClassVar = "An amount or a percentage back at quiet hours or at chosen places."
    conditions: ClassVar = frozenset({K.SEGMENTS, K.LOCATION, K.TIME, K.CLASSIFICATION, K.AMOUNT})
    required: ClassVar = (frozenset({K.LOCATION, K.TIME}),)
    award_forms: ClassVar = (AwardForm.AMOUNT, AwardForm.PERCENTAGE)
