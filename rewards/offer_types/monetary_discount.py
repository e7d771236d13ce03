"""Increase Spend / Monetary Discount: an amount or a percentage of the whole purchase."""

from __future__ import annotations

from typing import ClassVar

from rewards.choices import AwardForm, ConditionKind, Goal, PassKind
from rewards.offer_types.base import register
from rewards.offer_types.purchases import Discount

K = ConditionKind


@register
class MonetaryDiscount(Discount):
    """5 % cashback on 47.80 gives 2.39 (rewards.md 3.3)."""

    key: ClassVar = "DISCOUNT"
    label: ClassVar = "Monetary Discount"
    goal: ClassVar = Goal.SPEND
    description: ClassVar = "An amount or a percentage back on a purchase, at once or as cashback."
    conditions: ClassVar = frozenset({K.SEGMENTS, K.LOCATION, K.TIME, K.CLASSIFICATION, K.AMOUNT})
    award_forms: ClassVar = (AwardForm.AMOUNT, AwardForm.PERCENTAGE)
    pass_kind: ClassVar = PassKind.FINANCIAL
