"""What was bought: SKUs, families, brands, types, categories, and how many (rewards.md 4.4, 4.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from events.conditions.base import Condition, Names, either
from events.facts import EventFacts, LineFacts, ProductFacts, PurchaseFacts

MOST_SKUS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCondition(Condition):
    """With lines of these products whose quantities sum to at least `min_quantity`.

    A category stands for itself and everything below it. A line matches when any value matches its
    product, and counts once however many do.
    """

    product_ids: frozenset[int] = frozenset()
    family_ids: frozenset[int] = frozenset()
    brand_ids: frozenset[int] = frozenset()
    type_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    min_quantity: Decimal = Decimal(1)

    code: ClassVar[str] = "PRODUCT"

    @property
    def is_empty(self) -> bool:
        return not self._has_values and self.min_quantity <= 1

    @property
    def _has_values(self) -> bool:
        return bool(
            self.product_ids
            or self.family_ids
            or self.brand_ids
            or self.type_ids
            or self.category_ids
        )

    def matches(self, product: ProductFacts) -> bool:
        """Tell whether any value names the product; without values every product is meant."""
        return not self._has_values or self._names(product)

    def _names(self, product: ProductFacts) -> bool:
        return (
            product.id in self.product_ids
            or product.family_id in self.family_ids
            or product.brand_id in self.brand_ids
            or product.type_id in self.type_ids
            or not self.category_ids.isdisjoint(product.category_ids)
        )

    def matching(self, lines: Iterable[LineFacts]) -> tuple[LineFacts, ...]:
        """Return the lines whose products match, each once, in the order of the basket."""
        everything = not self._has_values
        return tuple(
            line
            for line in lines
            if (everything or self._names(line.product)) and line.quantity > 0
        )

    def base_minor(self, lines: Iterable[LineFacts]) -> int:
        """Return M: the sum of the totals of the matching lines (rewards.md 4.6)."""
        return sum(line.total_minor for line in self.matching(lines))

    def holds(self, facts: EventFacts) -> bool:
        if not isinstance(facts, PurchaseFacts):
            return False
        lines = self.matching(facts.lines)
        return bool(lines) and _quantity(lines) >= self.min_quantity

    def needed(self, names: Names) -> str:
        things = either(self._parts(names)) if self._has_values else "any product"
        if self.min_quantity <= 1:
            return things
        return f"at least {quantity_words(self.min_quantity)} of {things}"

    def _parts(self, names: Names) -> list[str]:
        return [
            *(
                f"{name} and everything below it"
                for name in names.all("category", self.category_ids)
            ),
            *(f"the family {name}" for name in names.all("family", self.family_ids)),
            *(f"the brand {name}" for name in names.all("brand", self.brand_ids)),
            *(f"the type {name}" for name in names.all("type", self.type_ids)),
            *names.all("product", self.product_ids),
        ]

    def found(self, facts: EventFacts, names: Names) -> str:
        if not isinstance(facts, PurchaseFacts):
            return "no purchase"
        lines = self.matching(facts.lines)
        if not lines:
            labels = [line.product.name or line.product.sku for line in facts.lines]
            return f"only {either(labels[:5], word='and')}" if labels else "no lines"
        return f"{quantity_words(_quantity(lines))} of them"

    def describe(self, names: Names) -> str:
        return f"Only with {self.needed(names)} in the basket."


def too_many_skus(product_ids: Iterable[int]) -> int | None:
    """Return how many different SKUs are listed when they are more than 50, else None.

    Duplicates are removed before counting; other kinds are neither limited nor counted.
    """
    count = len(set(product_ids))
    return count if count > MOST_SKUS else None


def quantity_words(quantity: Decimal) -> str:
    """Return a quantity without the zeros of its column: 3.000 is 3, 0.250 stays 0.25."""
    return f"{quantity.normalize():f}"


def _quantity(lines: Iterable[LineFacts]) -> Decimal:
    """Count the units; a line of less than one, sold by weight, is one piece (rewards.md 4.4)."""
    return sum((max(line.quantity, Decimal(1)) for line in lines), Decimal(0))
