"""Increase Spend / Products Discount: an award on the lines that match, or one unit free."""

from __future__ import annotations

from typing import ClassVar

from events.facts import PurchaseFacts
from rewards.choices import AwardForm, ConditionKind, Goal, PassKind
from rewards.configuration import Offer
from rewards.offer_types.base import register
from rewards.offer_types.purchases import Discount

K = ConditionKind


@register
class ProductsDiscount(Discount):
    """Of espresso 5.00, tea 2.20 and cake, 10 % on hot drinks is 0.72 (rewards.md 3.3)."""

    key: ClassVar = "BUNDLE"
    label: ClassVar = "Products Discount"
    goal: ClassVar = Goal.SPEND
    description: ClassVar = (
        "An amount or a percentage back on certain products, or one of them free of charge."
    )
    conditions: ClassVar = frozenset(K)
    required: ClassVar = (frozenset({K.PRODUCTS}),)
    award_forms: ClassVar = tuple(AwardForm)
    pass_kind: ClassVar = PassKind.PROMOTION

    def base_minor(self, offer: Offer, facts: PurchaseFacts) -> int:
        """Return M, the sum of the totals of the matching lines, each once (rewards.md 4.6)."""
        if offer.award.form != AwardForm.PERCENTAGE:
            return 0
        return offer.conditions.base_minor(facts.lines)
